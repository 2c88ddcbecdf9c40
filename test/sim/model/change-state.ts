/** How a request goes back to waiting, and how it is accepted: each in one place. */
import { reserve } from './people.ts';
import { change, changeCampaign, isOpen, type Row, type Tables } from './tables.ts';

/**
 * A request waits again. In a cancelled campaign it ends, a completed one runs again, and where Meta is known
 * to have taken an attempt of this epoch there is nothing left to ask.
 */
export function putBack(t: Tables, id: string, patch: Partial<Row> = {}): Row {
  const row = t.rows.get(id) as Row;
  if (isProven(row)) return accept(t, id, {});
  const campaign = t.campaigns.get(row.campaign);
  const state = campaign?.state === 'cancelled' ? 'cancelled' : 'pending';
  if (state === 'pending' && campaign?.state === 'completed')
    changeCampaign(t, row.campaign, { state: 'running' });
  return change(t, id, { checkAt: null, ...patch, claimId: null, state });
}

/** A request ends otherwise, or is not known for now: unless an attempt of this epoch is proven. */
export function end(t: Tables, id: string, patch: Partial<Row>): Row {
  return isProven(t.rows.get(id) as Row) ? accept(t, id, {}) : change(t, id, patch);
}

function isProven({ proofFence, epochFence }: Row): boolean {
  return proofFence !== null && proofFence > epochFence;
}

/** A request is accepted. */
export function accept(t: Tables, id: string, patch: Partial<Row>): Row {
  const reset = { claimId: null, checkAt: null, errorCode: null, reason: null };
  return change(t, id, { ...reset, ...patch, state: 'accepted' });
}

/** An attempt's allowance is used after all, whatever was given back meanwhile. */
export function useAllowance(t: Tables, row: Row, fence: number, clock: number): void {
  reserve(t, row, { request: row.id, fence, at: row.reservedAt || clock });
}

/** Completes a running campaign that has nothing open; gives whether it did. */
export function completeIfDone(t: Tables, id: string): boolean {
  if (t.campaigns.get(id)?.state !== 'running') return false;
  for (const row of t.rows.values()) if (row.campaign === id && isOpen(row)) return false;
  changeCampaign(t, id, { state: 'completed' });
  return true;
}
