/**
 * A list is handed over: the one way in, for the command line, HTTP, the Node client and single requests. The
 * cheap and the likeliest to fail comes first: options, list, template; only then is the ledger opened, so that
 * a wrong name is told in a second and without a trace. Nothing is sent from here; senders do that.
 */
import type { SenderConfig } from '../config/config.ts';
import { given } from '../core/given.ts';
import type { ListRules, ListSource, NewCampaign } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { sayBudgets } from './budget.ts';
import { readingRules, readTerms } from './campaign-terms.ts';
import { startCampaign } from './control.ts';
import { type Expected, expectedOf, ratesOf } from './expected.ts';
import { type Fit, fitTemplates } from './fit-templates.ts';
import type { HandOverOptions } from './hand-over-options.ts';
import { ensureSenders, type HandOverTarget, sendersFor } from './hand-over-target.ts';
import { listDigest } from './list-digest.ts';
import { judged, type ListListener, type Refusal, type TakenList, takeList } from './take-list.ts';

/** A list, and all that is said of it. */
export interface HandOver {
  readonly options: HandOverOptions;
  readonly list: ListSource;
  /** Hex, of the body that the list came in: the key is bound to it before a line is read. */
  readonly bodySha256?: string;
  /** One person, now: ahead of every list, and without a forecast. */
  readonly single?: boolean;
  readonly listener?: HandOverListener;
  /** Ends the waiting for another load; the list itself is ended by its source. */
  readonly signal?: AbortSignal;
}

/** Hears what happens meanwhile. */
export interface HandOverListener extends ListListener {
  /** What preflight found that does not stop it. */
  onWarning?(warning: string): void;
}

/** A list in the ledger. */
export interface HandedOver extends TakenList, Expected {
  readonly warnings: readonly string[];
  /** Whether it was started by this. */
  readonly started: boolean;
}

/** Hands a list over, and starts its campaign unless another word was given or it runs already. */
export async function handOver(
  target: HandOverTarget,
  p: HandOver,
): Promise<Result<HandedOver, Refusal>> {
  try {
    const done = await prepared(target, p);
    return done.ok ? done : err({ refusedLines: [], ...done.error });
  } finally {
    await p.list.close();
  }
}

async function prepared(
  target: HandOverTarget,
  p: HandOver,
): Promise<Result<HandedOver, Problem | Refusal>> {
  const { options } = p;
  const terms = readTerms(options);
  if (!terms.ok) return terms;
  const senders = sendersFor(target, options.sender);
  if (!senders.ok) return senders;
  const rules = readingRules(options, target.config.defaultCountry);
  const { ignoreColumns } = rules;
  const isAll = ignoreColumns === 'all';
  const head = await p.list.look(isAll ? without(rules, 'ignoreColumns') : rules);
  if (!head.ok) return head;
  const { template, language, skipPreflight } = options;
  const { columns } = head.value;
  const fit = await fitTemplates(target, {
    senders: senders.value,
    template,
    language,
    columns,
    ignoreOthers: isAll,
    skipPreflight,
  });
  if (!fit.ok) return fit;
  for (const warning of fit.value.warnings) p.listener?.onWarning?.(warning);
  const { bodyParameters, headerParameters, languages } = fit.value;
  const needed = new Set([...headerParameters, ...(bodyParameters ?? [])]);
  const reading: ListRules = {
    ...rules,
    ...(isAll ? { ignoreColumns: columns.filter((column) => !needed.has(column)) } : {}),
    ...given({ languages, zones: terms.value.quietHours === undefined ? undefined : true }),
    headerParameters,
  };
  const spec: NewCampaign = {
    // A dry run leaves no trace: the key stays free for the real one.
    ...(options.dryRun ? without(terms.value, 'idempotencyKey') : terms.value),
    ...specOf(senders.value, template, fit.value),
    ...given({ single: p.single === true ? true : undefined, bodySha256: await bodyOf(p, rules) }),
  };
  return taken(target, p, { spec, reading, rules, senders: senders.value, fit: fit.value });
}

/** What is known of a list before the ledger is opened. */
interface Prepared {
  readonly spec: NewCampaign;
  readonly reading: ListRules;
  /** What the same list by another is another list by. */
  readonly rules: ListRules;
  readonly senders: readonly SenderConfig[];
  readonly fit: Fit;
}

async function taken(
  target: HandOverTarget,
  p: HandOver,
  { spec, reading, rules, senders, fit }: Prepared,
): Promise<Result<HandedOver, Problem | Refusal>> {
  const { dryRun = false, start = true } = p.options;
  const ledger = await target.ledger();
  await ensureSenders(ledger.senders, senders);
  const { listener, signal } = p;
  const loaded = await takeList(
    { ledger, ...given({ clock: target.clock }) },
    {
      ...{ list: p.list, options: p.options, into: spec, reading, rules, senders },
      ...given({ listener, signal }),
    },
  );
  if (!loaded.ok) return loaded;
  const { limits, warnings } = fit;
  const done = { ...loaded.value, warnings, started: false };
  if (dryRun) return ok({ ...done, ...(await judged(ledger, done, { senders, limits })) });
  await sayBudgets({ senders: ledger.senders, configs: senders, limits });
  // Only a draft: a repeated word must not wake what a person has paused since.
  if (done.state !== 'draft') return ok(done);
  const expected = p.single ? {} : await expectedOf(ledger.campaigns, done.id, ratesOf(senders));
  if (!start) return ok({ ...done, ...expected });
  const started = await startCampaign({ ledger, config: target.config }, done.id);
  return started.ok
    ? ok({ ...done, ...expected, state: started.value.state, started: true })
    : started;
}

/** Of a campaign's own making: who asks, and how the template is filled. */
export function specOf(senders: readonly SenderConfig[], template: string, fit: Fit) {
  const [senderId = '', ...others] = senders.map((s) => s.phoneNumberId);
  const { language, parameterFormat, headerParameters, bodyParameters } = fit;
  return {
    senderId,
    ...(others.length === 0 ? {} : { senderIds: [senderId, ...others] }),
    template,
    language,
    parameterFormat,
    headerParameters,
    bodyParameters,
  };
}

/** Of a list that is here as a whole: its key is bound to it before a line is written. */
async function bodyOf({ bodySha256, list, options }: HandOver, rules: ListRules) {
  if (bodySha256 !== undefined || options.idempotencyKey === undefined || options.dryRun)
    return bodySha256;
  return list.digest === undefined ? undefined : listDigest(await list.digest(), rules);
}

function without<T extends object, K extends keyof T>(from: T, name: K): Omit<T, K> {
  const { [name]: _, ...others } = from;
  return others;
}
