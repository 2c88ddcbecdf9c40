/**
 * One person asked now, ahead of every list: for the command, the HTTP API and the Node client
 * alike. It is a campaign of one, so that all that holds for lists holds for it. Nothing is sent from
 * here; senders do that, and the start of the campaign wakes them.
 */
import { createHash } from 'node:crypto';
import type { CampaignState } from '../core/campaign.ts';
import { given } from '../core/given.ts';
import { knownColumn } from '../core/people/known-columns.ts';
import { tooMuchOf } from '../core/people/line-bounds.ts';
import type { Recipient, RefusedLine } from '../core/people/recipient.ts';
import { isUserId } from '../core/people/user-id.ts';
import type { ListIntake, ListRules } from '../core/ports/index.ts';
import { isProblemCode, type Problem, problem } from '../core/problem.ts';
import type { RequestResult } from '../core/request.ts';
import { err, ok, type Result } from '../core/result.ts';
import { freshResult, type RequestStanding } from '../core/single-request.ts';
import { readingRules } from './campaign-terms.ts';
import { handOver } from './hand-over.ts';
import type { HandOverTarget } from './hand-over-target.ts';
import { REQUEST_CHECKS, wrongOption } from './option-checks.ts';
import type { SingleRequest } from './request-options.ts';

/** A request in the ledger, started. */
export interface MadeRequest {
  /** Names it, and its campaign of one. */
  readonly id: string;
  /** `false` where the idempotency key was known. */
  readonly created: boolean;
  /** Of its campaign of one. */
  readonly state: CampaignState;
  /** What preflight found that does not stop it. */
  readonly warnings: readonly string[];
  /** How it stood when it was made, where that was this moment. */
  readonly fresh?: RequestResult;
}

/** A request made and waited for. */
export interface RequestedOne extends MadeRequest, RequestStanding {}

/** Where single requests are made: as for lists, and the way in that reads the number. */
export interface RequestTarget extends HandOverTarget {
  readonly lists: ListIntake;
}

/** Looks at the template, writes the request to the ledger, and starts it. */
export async function makeRequest(
  target: RequestTarget,
  p: SingleRequest,
): Promise<Result<MadeRequest, Problem>> {
  const tooMuch = tooMuchOf(p);
  if (tooMuch !== undefined) return err(cannotBeMade({ row: 1, column: 'parameters', ...tooMuch }));
  const wrong = wrongOption(p, REQUEST_CHECKS, ['to', 'template', 'language']);
  if (wrong !== undefined) return err(wrong);
  const { to, reference, notAfter, parameters, ...options } = p;
  const taken = Object.keys(parameters ?? {}).find((name) => knownColumn(name) !== undefined);
  if (taken !== undefined) {
    const next = 'Make the template with another name for this variable.';
    return err(problem('USAGE', `No parameter can be called "${taken}".`, { where: taken, next }));
  }
  const whom = typeof to === 'string' && isUserId(to.trim()) ? { user_id: to } : { to };
  const listOfOne = () => target.lists.objects([{ ...whom, reference, notAfter, parameters }]);
  const rules = readingRules(p, target.config.defaultCountry);
  const one = await readOne(listOfOne(), { ...rules, numbers: p.numbers ?? 'wa-id' });
  if (!one.ok) return one;
  const handed = await handOver(target, {
    options,
    list: listOfOne(),
    bodySha256: fingerprint(p, one.value),
    single: true,
  });
  if (!handed.ok) return err(asProblemOfOne(handed.error, p.idempotencyKey));
  const { id, created, state, warnings, recipient } = handed.value;
  const fresh = recipient && freshResult(recipient);
  return ok({ id, created, state, warnings, ...given({ fresh }) });
}

/** The person as the intake of lists reads one, so that the same input is refused with the same message. */
async function readOne(
  list: ReturnType<ListIntake['objects']>,
  rules: ListRules,
): Promise<Result<Recipient, Problem>> {
  const opened = await list.open(rules);
  if (!opened.ok) return opened;
  for await (const [line] of opened.value.batches)
    if (line !== undefined)
      return line.kind === 'recipient' ? ok(line.recipient) : err(cannotBeMade(line.refused));
  throw new Error('expected one line, got none');
}

function cannotBeMade({ code, column, message }: RefusedLine): Problem {
  const where = column ?? 'to';
  return problem(
    isProblemCode(code) ? code : 'USAGE',
    `The request cannot be made: ${where}: ${message}.`,
    { where, next: `Put "${where}" right and make the request again; nobody was asked.` },
  );
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

function asProblemOfOne(
  { refusedLines, ...failure }: Problem & { readonly refusedLines: readonly RefusedLine[] },
  key: string | undefined,
): Problem {
  // Read once more by what the template says: of a header the text is shorter.
  const [refused] = refusedLines;
  if (refused !== undefined) return cannotBeMade(refused);
  if (failure.code !== 'IDEMPOTENCY_MISMATCH') return failure;
  return problem(
    failure.code,
    `The idempotency key "${key}" belongs to another request or campaign.`,
    {
      next: 'Use a new key for a new request, or repeat the first one unchanged.',
    },
  );
}
