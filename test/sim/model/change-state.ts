/** How a row changes its state, in one place: back to waiting, accepted, and whose allowance that is. */
import type { Rules } from './rules.ts';
import {
  type Ask,
  change,
  changeCampaign,
  isOpen,
  personOf,
  type Row,
  type Tables,
} from './tables.ts';

/** Names of one person in the books: digits of the number, and the wa_id where Meta has told it. */
export function namesOf(t: Tables, to: string): readonly string[] {
  const digits = to.replace('+', '');
  const names = new Set([digits]);
  const waId = t.waIds.get(to);
  if (waId === undefined) return [digits];
  names.add(waId);
  for (const [number, other] of t.waIds) if (other === waId) names.add(number.replace('+', ''));
  return [...names];
}

/** What a sender has asked a person, under whatever name. */
export function asksOf(t: Tables, sender: string, to: string): readonly Ask[] {
  return namesOf(t, to).flatMap((name) => t.pairs.get(`${sender} ${name}`) ?? []);
}

/** Takes the allowance of a claim. */
export function reserve(t: Tables, row: Row, at: number): void {
  const key = `${row.sender} ${personOf(t, row.to)}`;
  const held = t.pairs.get(key) ?? [];
  if (held.some((ask) => ask.request === row.id && ask.fence === row.fence)) return;
  t.pairs.set(key, [...held, { request: row.id, fence: row.fence, at }]);
}

/** Gives the allowance of one claim back, and nobody else's. */
export function giveBackAllowance(
  t: Tables,
  row: Pick<Row, 'id' | 'sender' | 'to' | 'fence'>,
): void {
  for (const name of namesOf(t, row.to)) {
    const key = `${row.sender} ${name}`;
    const held = t.pairs.get(key);
    if (held !== undefined)
      t.pairs.set(
        key,
        held.filter((ask) => ask.request !== row.id || ask.fence !== row.fence),
      );
  }
}

/** A row waits again: in a cancelled campaign it ends, in a completed one as the rules say. */
export function putBack(t: Tables, rules: Rules, id: string, patch: Partial<Row> = {}): Row {
  const row = t.rows.get(id) as Row;
  const campaign = t.campaigns.get(row.campaign);
  const state = campaign?.state === 'cancelled' ? 'cancelled' : 'pending';
  if (state === 'pending' && campaign?.state === 'completed' && rules.backInCompleted === 'reopens')
    changeCampaign(t, row.campaign, { state: 'running' });
  return change(t, id, { claimedBy: null, claimId: null, checkAt: null, ...patch, state });
}

/** A row is accepted; whatever was given back meanwhile is used after all. */
export function accept(t: Tables, id: string, clock: number, patch: Partial<Row>): Row {
  const row = change(t, id, {
    claimedBy: null,
    checkAt: null,
    errorCode: null,
    reason: null,
    ...patch,
    state: 'accepted',
  });
  if (row.fence > 0) reserve(t, row, row.reservedAt || clock);
  return row;
}

/** Completes a campaign that has nothing open; gives whether it did. */
export function completeIfDone(t: Tables, id: string): boolean {
  if (t.campaigns.get(id)?.state !== 'running') return false;
  for (const row of t.rows.values()) if (row.campaign === id && isOpen(row)) return false;
  changeCampaign(t, id, { state: 'completed' });
  return true;
}
