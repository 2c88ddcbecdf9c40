/** What the ledger will have to tell by the mere passing of time: so that a run at rest can leap to it. */
import type { Row, SenderRow, Tables } from './model/tables.ts';

/** Jobs of a queue are looked for once they are so old, ms (`sweep.ts`). */
const STALE_MS = [6_000, 15_000, 60_000];
/** A sender moves as long as its last send time is younger than this, ms. */
const MOVES_MS = 3_000;
/** A check may be taken so long before its turn, ms. */
const CHECK_AHEAD_MS = 1_000;

/** When the ledger has something new to tell by the mere passing of time, ms since the epoch. */
export function nextDue(tables: Tables, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  const at = (time: number) => {
    if (time >= now && time < next) next = time;
  };
  for (const row of tables.rows.values()) ofRow(row, at);
  for (const sender of tables.senders.values()) ofSender(sender, at);
  for (const { probeAt } of tables.templates.values()) at(probeAt);
  return next;
}

function ofRow(row: Row, at: (time: number) => void): void {
  if (row.state === 'pending') at(row.dueAt);
  else if (row.state === 'queued') for (const age of STALE_MS) at(row.queuedAt + age);
  else if (row.state === 'sending') at(row.leaseUntil);
  else if (row.state === 'uncertain' && row.checkAt !== null) at(row.checkAt);
}

function ofSender(sender: SenderRow, at: (time: number) => void): void {
  at(sender.nextSlot + MOVES_MS);
  at(sender.nextCheck - CHECK_AHEAD_MS);
  if (sender.breaker !== null) at(sender.breaker.probeAt);
}
