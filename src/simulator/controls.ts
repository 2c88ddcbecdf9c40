/**
 * `/_sim/...`: reading the book and changing the world while it runs. Without a password, which is
 * why the simulator listens on loopback unless told otherwise.
 */
import { z } from 'zod';
import { type Answer, json } from './answer.ts';
import { applyChange } from './apply-change.ts';
import { changeSchema, scheduleSchema } from './changes.ts';
import { faultSchema } from './faults.ts';
import { firstIssue, pathOf } from './load-profile.ts';
import type { RecordFilter } from './record.ts';
import { notFound } from './routes.ts';
import { statsOf } from './stats.ts';
import { addToSchedule, advanceCalendar } from './webhooks/begin.ts';
import { callbackUrlSchema } from './webhooks/settings.ts';
import type { World } from './world.ts';

/** What the controls act on. */
export interface ControlContext {
  readonly world: World;
  /** Starts over from the profile. */
  reset(keepTemplates: boolean): void;
}

/** What tells it from a server that leads to Meta. */
const ABOUT = { simulator: 'callpermit' };

const clockSchema = z.strictObject({ advanceMs: z.number().min(0) });
const resetSchema = z.strictObject({ keepTemplates: z.boolean().default(false) });
/** The app's own URL, saved without a question; `null` ends the webhooks. */
const targetSchema = z.strictObject({
  url: callbackUrlSchema.nullable(),
  appSecret: z.string().min(1).optional(),
});
const filterSchema = z.object({
  to: z.string().optional(),
  outcome: z.enum(['accepted', 'refused', 'dropped']).optional(),
});

/** Answers one control call. */
export function answerControl(
  context: ControlContext,
  method: string,
  pathname: string,
  query: URLSearchParams,
  body: unknown,
): Answer {
  const { world } = context;
  switch (`${method} ${pathname}`) {
    case 'GET /_sim/about':
      return json(200, ABOUT);
    case 'GET /_sim/requests':
      return withInput(filterSchema, Object.fromEntries(query), (filter) =>
        stream(world.log.records(filter as RecordFilter), query.get('format') === 'ndjson'),
      );
    case 'GET /_sim/stats':
      return json(200, statsOf(world, query.get('people') !== 'false'));
    case 'GET /_sim/state':
      return json(200, stateOf(world));
    case 'GET /_sim/webhooks':
      return json(200, world.webhooks.outbox.stats());
    case 'POST /_sim/webhooks':
      return withInput(targetSchema, body, ({ url, appSecret }) => {
        world.webhooks.targets.url = url ?? undefined;
        if (appSecret !== undefined) world.webhooks.targets.appSecret = appSecret;
        return json(200, { success: true });
      });
    case 'GET /_sim/people':
      return stream(world.webhooks.book.standings(), query.get('format') === 'ndjson');
    case 'POST /_sim/faults':
      return withInput(z.array(faultSchema), Array.isArray(body) ? body : [body], (rules) => {
        if (query.has('add')) world.faults.add(rules);
        else world.faults.set(rules);
        return json(200, { success: true, faults: world.faults.size });
      });
    case 'POST /_sim/schedule':
      return withInput(z.array(scheduleSchema), Array.isArray(body) ? body : [body], (entries) => {
        addToSchedule(world, entries);
        return json(200, { success: true });
      });
    case 'POST /_sim/state':
      return withInput(z.array(changeSchema), Array.isArray(body) ? body : [body], (changes) => {
        for (const change of changes) {
          const missing = applyChange(world, change);
          if (missing !== undefined) return json(404, { error: { message: `${missing}.` } });
        }
        return json(200, { success: true });
      });
    case 'POST /_sim/clock':
      return withInput(clockSchema, body, ({ advanceMs }) => {
        advanceCalendar(world, advanceMs);
        return json(200, { now: new Date(world.clock.now()).toISOString() });
      });
    case 'POST /_sim/reset':
      return withInput(resetSchema, body ?? {}, ({ keepTemplates }) => {
        context.reset(keepTemplates);
        return json(200, { success: true });
      });
    default:
      return notFound();
  }
}

function withInput<T extends z.ZodType>(
  schema: T,
  input: unknown,
  act: (value: z.output<T>) => Answer,
): Answer {
  const parsed = schema.safeParse(input);
  if (parsed.success) return act(parsed.data);
  const issue = firstIssue(parsed.error);
  const where = issue === undefined ? '' : pathOf(issue);
  return json(400, { error: { message: `${where}: ${issue?.message ?? 'not valid'}`, where } });
}

function stateOf(world: World): unknown {
  return {
    now: new Date(world.clock.now()).toISOString(),
    senders: [...world.senders.values()].map((s) => ({
      phoneNumberId: s.phoneNumberId,
      businessAccountId: s.businessAccountId,
      messagesPerSecond: s.messagesPerSecond,
      calling: s.calling,
      blockedBy: s.blockedBy ?? null,
    })),
    templates: world.templates.all().map(({ id, name, language, status, category }) => ({
      id,
      name,
      language,
      status,
      category,
    })),
    faults: world.faults.size,
  };
}

function stream(records: Iterable<unknown>, ndjson: boolean): Answer {
  return ndjson
    ? { kind: 'stream', contentType: 'application/x-ndjson', chunks: ndjsonChunks(records) }
    : { kind: 'stream', contentType: 'application/json', chunks: jsonChunks(records) };
}

/** In pieces of 500 lines: 100,000 requests are some 40 MB, which no single string should hold. */
function* ndjsonChunks(records: Iterable<unknown>): Generator<string> {
  let lines: string[] = [];
  for (const record of records) {
    lines.push(JSON.stringify(record));
    if (lines.length < 500) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

function* jsonChunks(records: Iterable<unknown>): Generator<string> {
  yield '{"data":[';
  let separator = '';
  for (const chunk of ndjsonChunks(records)) {
    yield separator + chunk.trimEnd().replaceAll('\n', ',');
    separator = ',';
  }
  yield ']}';
}
