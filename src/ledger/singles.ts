/**
 * Single requests, made and started by one statement: those of callers who come while one is on its way go together, so that
 * a commit is shared by many. What only the way of lists can judge is left to it.
 */
import { randomBytes } from 'node:crypto';
import type { NewSingle } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import { PATIENT_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { fingerprint } from './fingerprint.ts';
import { beginOf, endOf } from './line-rows.ts';
import { statement } from './sql.ts';

const MAKE = statement('make_singles');

// More would make the first of them wait for the last; 50 take some 10 ms.
const MOST = 50;
// One is written while the next is committed.
const MOST_AT_ONCE = 2;

/** Makes single requests; gives the id of each, `undefined` where the way of lists is to be taken. */
export interface Singles {
  add(p: NewSingle): Promise<string | undefined>;
}

interface Waiting {
  readonly entry: { readonly id: string };
  settle(id: string | undefined): void;
  fail(error: unknown): void;
}

/** Makes {@link Singles} over a database; `newId` names campaigns. */
export function createSingles(
  database: Pick<Database, 'run'>,
  newId: () => string = newCampaignId,
): Singles {
  const waiting: Waiting[] = [];
  let underWay = 0;

  async function make(some: readonly Waiting[]): Promise<void> {
    try {
      const values = [JSON.stringify(some.map(({ entry }) => entry))];
      const rows = await database.run<{ id: string }>(MAKE, values, PATIENT_LIMITS);
      const made = new Set(rows.map(({ id }) => id));
      for (const { entry, settle } of some) settle(made.has(entry.id) ? entry.id : undefined);
    } catch (error) {
      // One that the ledger cannot take: the long way tells whose it is.
      const isOut = error instanceof InfrastructureError;
      for (const { settle, fail } of some) isOut ? fail(error) : settle(undefined);
    }
  }

  function next(): void {
    if (underWay === MOST_AT_ONCE || waiting.length === 0) return;
    underWay += 1;
    void make(waiting.splice(0, MOST)).finally(() => {
      underWay -= 1;
      next();
    });
  }

  return {
    add: (p) =>
      new Promise((settle, fail) => {
        waiting.push({ entry: entryOf(newId(), p), settle, fail });
        next();
      }),
  };
}

// 50 bits in an alphabet without look-alikes: short enough to read out on the phone.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Names a campaign. */
export function newCampaignId(): string {
  return `c${Array.from(randomBytes(10), (byte) => ALPHABET[byte % 32]).join('')}`;
}

function entryOf(id: string, { spec, recipient: r, listSha256 }: NewSingle) {
  const { maxErrors, quietHours, expireAt } = spec;
  return {
    id,
    sender_id: spec.senderId,
    template: spec.template,
    language: spec.language,
    parameter_format: spec.parameterFormat,
    header_parameters: spec.headerParameters,
    body_parameters: spec.bodyParameters,
    idempotency_key: spec.idempotencyKey,
    spec_sha256: fingerprint(spec),
    max_errors: maxErrors !== undefined && 'count' in maxErrors ? maxErrors.count : undefined,
    max_errors_percent:
      maxErrors !== undefined && 'percent' in maxErrors ? maxErrors.percent : undefined,
    weight: spec.weight ?? 1,
    on_pair_limit: spec.onPairLimit ?? 'wait',
    include_granted: spec.includeGranted === true,
    include_declined: spec.includeDeclined === true,
    expire_at: expireAt,
    quiet_from: quietHours?.from,
    quiet_to: quietHours?.to,
    body_sha256: spec.bodySha256,
    name: spec.name,
    list_sha256: listSha256,
    own_language: r.language,
    reference: r.reference,
    to_number: r.to,
    parameters: r.parameters,
    zones: r.zones,
    not_after: endOf(r.notAfter, expireAt ?? null),
    due_at: beginOf(r.notBefore, null),
  };
}
