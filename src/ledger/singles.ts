/**
 * Single requests, made and started by one statement: those of callers who come while one is on its way go together, so that
 * a commit is shared by many. What only the way of lists can judge is left to it.
 */
import { randomBytes } from 'node:crypto';
import type { ListLine } from '../core/people/recipient.ts';
import type { NewSingle } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import { LOOP_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { fingerprint } from './fingerprint.ts';
import type { ForgottenGate } from './forgotten.ts';
import { beginOf, endOf } from './line-rows.ts';
import { statement } from './sql.ts';

const MAKE = statement('make_singles');

// More would make the first of them wait for the last.
const MOST = 50;
// One is written while the next is committed.
const MOST_AT_ONCE = 2;

/** Makes a single request; gives its id, `undefined` where the way of lists is to be taken. */
export type MakeSingle = (p: NewSingle) => Promise<string | undefined>;

interface Waiting {
  readonly entry: { readonly id: string };
  readonly line: ListLine;
  settle(id: string | undefined): void;
  fail(error: unknown): void;
}

/** Makes {@link MakeSingle} over a database; `newId` names campaigns. */
export function createSingles(
  database: Pick<Database, 'run'>,
  forgotten: ForgottenGate,
  newId: () => string = newCampaignId,
): MakeSingle {
  const waiting: Waiting[] = [];
  let underWay = 0;

  async function idsOf(some: readonly Waiting[]): Promise<ReadonlySet<string>> {
    const stands = await forgotten.admit();
    if (!stands.ok) return new Set();
    const { generation, isUnused } = stands.value;
    if (!isUnused) await forgotten.restore(some.map(({ line }) => line));
    const values = [JSON.stringify(some.map(({ entry }) => entry)), generation];
    const rows = await database.run<{ id: string }>(MAKE, values, LOOP_LIMITS);
    return new Set(rows.map(({ id }) => id));
  }

  async function make(some: readonly Waiting[]): Promise<void> {
    const lost = (error: unknown) => {
      if (!(error instanceof InfrastructureError)) throw error;
      // Perhaps they are made, and only the answer is lost: their ids say so.
      return idsOf(some);
    };
    try {
      const made = await idsOf(some).catch(lost);
      for (const { entry, settle } of some) settle(made.has(entry.id) ? entry.id : undefined);
    } catch (error) {
      // One that the ledger cannot take: the long way tells whose it is, and what is wrong with it.
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

  return (p) =>
    new Promise((settle, fail) => {
      const line = { kind: 'recipient', recipient: p.recipient } as const;
      waiting.push({ entry: entryOf(newId(), p), line, settle, fail });
      next();
    });
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
