/** Rows of the real tables with the names of the model's, for the invariants and for who compares the two. */
import type { Ask, Breaker, CampaignRow, Row, SenderRow, Tables } from '../model/tables.ts';

/** One row of `changes.sql`; null: nothing of that kind was written. */
export interface ChangesRow {
  readonly next: string;
  readonly requests: number;
  readonly rows: readonly Row[] | null;
  readonly campaigns: readonly CampaignOfSql[] | null;
  readonly senders: readonly (SenderRow & Probed)[] | null;
  readonly templates:
    | readonly ({ readonly key: string; readonly breaker: Breaker | null } & Probed)[]
    | null;
  readonly pairs: readonly { readonly key: string; readonly asks: readonly Ask[] }[] | null;
  readonly wa_ids: readonly { readonly number: string; readonly waId: string }[] | null;
  readonly suppressed: readonly string[] | null;
  /** All of them. */
  readonly granted: readonly string[] | null;
  readonly dead_claims: readonly string[] | null;
  /** All of them. */
  readonly workers:
    | readonly { readonly key: string; readonly seenAt: number; readonly rate: number }[]
    | null;
}

interface Probed {
  readonly probes: number;
}

/** Marks are `<request>.<fence>` there. */
interface CampaignOfSql extends Omit<CampaignRow, 'streak'> {
  readonly streak: { readonly key: string; readonly marks: readonly string[] } | null;
}

/** Removes the requests that are none of these. */
export function removeOthers(tables: Tables, rows: readonly Row[]): void {
  const left = new Set(rows.map((row) => row.id));
  for (const id of [...tables.rows.keys()]) if (!left.has(id)) tables.rows.delete(id);
}

/** Without a time it is never looked at by itself. */
function probed(breaker: Breaker): Breaker {
  return breaker.probeAt === 0 ? { ...breaker, probeAt: Number.POSITIVE_INFINITY } : breaker;
}

/** Takes over what was written. */
export function applyChanges(tables: Tables, found: ChangesRow): void {
  for (const row of found.rows ?? []) tables.rows.set(row.id, row);
  for (const { key, breaker, probes } of found.templates ?? []) {
    tables.probes.set(key, probes);
    if (breaker === null) tables.templates.delete(key);
    else tables.templates.set(key, probed(breaker));
  }
  for (const { streak, ...campaign } of found.campaigns ?? []) {
    const marks = streak?.marks.map((mark) => {
      const [request = '', fence] = mark.split('.');
      return { request, fence: Number(fence) };
    });
    tables.campaigns.set(campaign.id, {
      ...campaign,
      streak: streak && { key: streak.key, marks: marks ?? [] },
    });
  }
  for (const { probes, ...sender } of found.senders ?? []) {
    tables.probes.set(sender.id, probes);
    const { breaker } = sender;
    tables.senders.set(sender.id, { ...sender, breaker: breaker && probed(breaker) });
  }
  for (const { key, asks } of found.pairs ?? []) tables.pairs.set(key, asks);
  for (const { number, waId } of found.wa_ids ?? []) tables.waIds.set(number, waId);
  for (const person of found.suppressed ?? []) tables.suppressed.add(person);
  tables.granted.clear();
  for (const pair of found.granted ?? []) tables.granted.add(pair);
  for (const id of found.dead_claims ?? []) tables.deadClaims.add(id);
  tables.workers.clear();
  for (const { key, ...worker } of found.workers ?? []) tables.workers.set(key, worker);
}
