/**
 * One person asked now, ahead of every list: for the command, the HTTP API and the Node client
 * alike. It is a campaign of one, so that all that holds for lists holds for it. Nothing is sent from
 * here; senders do that, and the start of the campaign wakes them.
 */
import { createHash } from 'node:crypto';
import { awaitOutcome } from './campaign/await-outcome.ts';
import { flatRecipient } from './core/people/flat-recipient.ts';
import type { NumberReading } from './core/people/phone.ts';
import type { ListLine, Recipient } from './core/people/recipient.ts';
import { type Problem, problem } from './core/problem.ts';
import { err, ok, type Result } from './core/result.ts';
import type { RequestStanding } from './core/single-request.ts';
import { fitTemplate, senderFor, submit } from './submit.ts';
import { type App, knownColumn, type ListRules, openObjectList } from './wiring.ts';

/** One person, and what they are asked with. */
export interface SingleRequest {
  /** The phone number: `+16505551234`; a national one only with `defaultCountry`. */
  readonly to: string | number;
  /** Name of the message template. */
  readonly template: string;
  /** Its language code, e.g. `en` or `pt_BR`. */
  readonly language: string;
  /** In the order of a positional template, or by the names of a named one. */
  readonly parameters?:
    | readonly (string | number)[]
    | Readonly<Record<string, string | number>>
    | undefined;
  /** Your own name for this person; comes back in the result. 255 characters at most. */
  readonly reference?: string | number | undefined;
  /** Phone number id of who asks. */
  readonly sender?: string | undefined;
  /** The same key with the same request is the same request, however often it is made. */
  readonly idempotencyKey?: string | undefined;
  /** What happens where the person was asked too often lately; `wait` by default. */
  readonly onPairLimit?: 'wait' | 'skip' | undefined;
  /** Ask too where a permission still holds. */
  readonly includeGranted?: boolean | undefined;
  /** Ask too where the person declined within the last seven days. */
  readonly includeDeclined?: boolean | undefined;
  /** Not asked after: ISO 8601 with a zone, or a Date. */
  readonly notAfter?: string | Date | undefined;
  /** ISO 3166 alpha-2, for a number without a country code. */
  readonly defaultCountry?: string | undefined;
  /** What digits without a plus are where they can be two numbers. */
  readonly numbers?: NumberReading | undefined;
  /** Do not ask Meta about the template first. */
  readonly skipPreflight?: boolean | undefined;
}

/** A request in the ledger, started. */
export interface MadeRequest {
  /** Names it, and its campaign of one. */
  readonly id: string;
  /** `false` where the idempotency key was known. */
  readonly created: boolean;
  /** What preflight found that does not stop it. */
  readonly warnings: readonly string[];
}

/** A request made and waited for. */
export interface RequestedOne extends MadeRequest, RequestStanding {}

/**
 * Makes the request and waits for its outcome.
 * @param p.waitMs how long at most; it is not lost after that, and 0 only hands it over
 */
export async function requestOne(
  app: App,
  p: SingleRequest & { readonly waitMs: number },
): Promise<Result<RequestedOne, Problem>> {
  const made = await makeRequest(app, p);
  if (!made.ok) return made;
  return ok({ ...made.value, ...(await awaitOutcome(app, made.value.id, p)) });
}

/** Looks at the template, writes the request to the ledger, and starts it. */
export async function makeRequest(
  app: App,
  p: SingleRequest,
): Promise<Result<MadeRequest, Problem>> {
  const sender = senderFor(app.config, p.sender);
  if (!sender.ok) return sender;
  const { template, language } = p;
  const country = p.defaultCountry ?? app.config.defaultCountry;
  const rules = {
    ...(country === undefined ? {} : { defaultCountry: country }),
    numbers: p.numbers ?? ('wa-id' as const),
  };
  const read = await readOne(p, rules);
  if (!read.ok) return read;
  const { columns } = read.value;
  const skip = p.skipPreflight === true;
  const what = { sender: sender.value, template, language };
  const fit = await fitTemplate(app, { ...what, columns, skip });
  if (!fit.ok) return fit;
  // Again, now that it is known which parameter fills the header, whose texts are shorter.
  const { headerParameters, warnings } = fit.value;
  const one = await readOne(p, { ...rules, headerParameters });
  if (!one.ok) return one;
  const { recipient } = one.value;
  const bodySha256 = fingerprint(p, recipient);
  const submitted = await submit(app, listOf(recipient, columns, bodySha256), {
    ...what,
    bodySha256,
    fit: fit.value,
    single: true,
    ...(p.idempotencyKey === undefined ? {} : { idempotencyKey: p.idempotencyKey }),
    ...(p.onPairLimit === undefined ? {} : { onPairLimit: p.onPairLimit }),
    includeGranted: p.includeGranted === true,
    includeDeclined: p.includeDeclined === true,
  });
  if (!submitted.ok) return err(inWordsOfOne(submitted.error, p.idempotencyKey));
  const { id, created } = submitted.value;
  return ok({ id, created, warnings });
}

interface One {
  readonly recipient: Recipient;
  readonly columns: readonly string[];
}

/** The person as the intake of lists reads one, so that the same is refused in the same words. */
async function readOne(
  p: SingleRequest,
  rules: ListRules,
): Promise<Result<One, Problem>> {
  const { to, reference, notAfter, parameters } = p;
  const taken = Object.keys(parameters ?? {}).find((name) => knownColumn(name) !== undefined);
  if (taken !== undefined) {
    const next = 'Make the template with another name for this variable.';
    return err(problem('USAGE', `No parameter can be called "${taken}".`, { where: taken, next }));
  }
  const list = await openObjectList(
    [flatRecipient({ to, reference, notAfter, parameters })],
    rules,
  );
  if (!list.ok) return list;
  for await (const line of list.value.lines) {
    if (line.kind === 'recipient')
      return ok({ recipient: line.recipient, columns: list.value.columns });
    const { column, message } = line.refused;
    const where = column ?? 'to';
    return err(problem('USAGE', `The request cannot be made: ${where}: ${message}.`, { where }));
  }
  throw new Error('expected one line, got none');
}

function listOf(recipient: Recipient, columns: readonly string[], sha256: string) {
  const line: ListLine = { kind: 'recipient', recipient };
  async function* batches(): AsyncGenerator<readonly ListLine[], void> {
    yield [line];
  }
  async function* lines(): AsyncGenerator<ListLine, void> {
    yield line;
  }
  return {
    format: 'objects' as const,
    columns,
    batches: batches(),
    lines: lines(),
    sha256: () => sha256,
    fit: () => {},
    warnings: () => [],
    close: () => Promise.resolve(),
  };
}

/** What the request asks for; another one under the same idempotency key is refused. */
function fingerprint(p: SingleRequest, { to, reference, parameters, notAfter }: Recipient): string {
  const texts = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const whom = [to, reference ?? null, texts, notAfter?.toISOString() ?? null];
  const how = [p.onPairLimit ?? 'wait', p.includeGranted === true, p.includeDeclined === true];
  return createHash('sha256')
    .update(JSON.stringify(['request', whom, how]))
    .digest('hex');
}

function inWordsOfOne({ code, message, next, where }: Problem, key: string | undefined): Problem {
  if (code === 'IDEMPOTENCY_MISMATCH') {
    return problem(code, `The idempotency key "${key}" belongs to another request or campaign.`, {
      next: 'Use a new key for a new request, or repeat the first one unchanged.',
    });
  }
  return { code, message, ...(next ? { next } : {}), ...(where ? { where } : {}) };
}
