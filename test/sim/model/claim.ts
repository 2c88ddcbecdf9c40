/** Feeding and claiming: the way from waiting to a send time. */

import { SHARE_LEAST } from '../../../src/core/pace/pacing.ts';
import type {
  BatchToClaim,
  ClaimAnswer,
  ClaimedRequest,
  ClaimRef,
  FedBatch,
  QueuedRow,
  UnclaimedRow,
} from '../../../src/core/ports/index.ts';
import { inMicros, paceOf } from './pace.ts';
import { freesAt, isBarred, reserve } from './people.ts';
import { change, type Row, type Seen, type SenderRow, type Tables, type Turn } from './tables.ts';

function isClosed(t: Seen, row: Row): boolean {
  const sender = t.senders.get(row.sender);
  const template = t.campaigns.get(row.campaign)?.spec.template;
  return (
    sender?.breaker !== null || t.templates.has(`${sender.account} ${template} ${row.language}`)
  );
}

/** `pending` -> `queued`: what is due, of running campaigns whose sender and template are open, in batches. */
export function feed(
  { now, seen, clock }: Turn,
  p: {
    readonly senderId: string;
    readonly limit: number;
    readonly batchSize: number;
    readonly singlesOnly?: boolean;
  },
): readonly FedBatch[] {
  const sender = seen.senders.get(p.senderId);
  if (sender === undefined || sender.holdUntil > clock + HELD_MS) return [];
  const due: Row[] = [];
  for (const row of seen.rows.values())
    if (
      row.state === 'pending' &&
      row.sender === p.senderId &&
      row.dueAt <= clock &&
      (p.singlesOnly !== true || isSingle(seen, row)) &&
      seen.campaigns.get(row.campaign)?.state === 'running' &&
      !isClosed(seen, row)
    )
      due.push(row);
  const chosen = inTurn(seen, due)
    .slice(0, p.limit)
    .flatMap(({ id }) => {
      const row = now.rows.get(id);
      return row?.state !== 'pending' || row.dueAt > clock ? [] : [row];
    });
  return inBatches(now, chosen, p.batchSize, clock);
}

/** Rows of one campaign each, numbered by the first row of each batch. */
function inBatches(
  now: Tables,
  chosen: readonly Row[],
  size: number,
  clock: number,
): readonly FedBatch[] {
  const campaigns = new Map<string, Row[]>();
  for (const row of [...chosen].sort(byId))
    campaigns.set(row.campaign, [...(campaigns.get(row.campaign) ?? []), row]);
  const parts = [...campaigns.values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / size) }, (_, i) =>
      rows.slice(i * size, (i + 1) * size),
    ),
  );
  let last = 0;
  for (const { batch } of now.rows.values()) last = Math.max(last, batch ?? 0);
  return parts
    .sort((a, b) => byId(a[0] as Row, b[0] as Row))
    .map((rows) => {
      last += 1;
      for (const { id } of rows) change(now, id, { state: 'queued', batch: last, queuedAt: clock });
      const [first] = rows as [Row];
      const about = { single: isSingle(now, first), campaign: first.campaign };
      return { batch: last, size: rows.length, ...about };
    });
}

/** Nothing is fed while the sender is held for longer, ms. */
const HELD_MS = 1_000;

const byId = (a: Row, b: Row) => Number(a.id) - Number(b.id);

function isSingle(t: Seen, row: Row): boolean {
  return t.campaigns.get(row.campaign)?.spec.single === true;
}

/** Single requests first, then campaigns in turn. */
function inTurn(t: Seen, due: Row[]): readonly Row[] {
  const fed = new Map<string, number>();
  const turns = new Map<Row, number>();
  for (const row of due.sort((a, b) => a.dueAt - b.dueAt || byId(a, b))) {
    const turn = (fed.get(row.campaign) ?? 0) + 1;
    fed.set(row.campaign, turn);
    turns.set(row, turn);
  }
  const turnOf = (row: Row) => turns.get(row) ?? 0;
  const lane = (row: Row) => (isSingle(t, row) ? 0 : 1);
  return due.sort((a, b) => lane(a) - lane(b) || turnOf(a) - turnOf(b) || byId(a, b));
}

/** What a claim is asked for with. */
export interface Claim {
  readonly senderId: string;
  readonly batches: readonly BatchToClaim[];
  readonly worker: string;
  readonly claimId: string;
  /** Held claims that want another send time, before any of `batches`. */
  readonly again?: readonly ClaimRef[];
  readonly horizonMs?: number;
  readonly reachBackMs?: number;
  readonly leaseMs: number;
}

/**
 * `queued` -> `sending` under a new fence, a lease and a send time, the allowance taken; only where the
 * campaign runs, sender and template are open and the person may be asked: as of when it has its locks. A
 * claim whose id is dead claims nothing.
 */
export function claim({ now, clock }: Turn, p: Claim): ClaimAnswer {
  const sender = now.senders.get(p.senderId);
  const nothing = { claimed: [], left: [], done: [], again: [], lost: [] };
  const answer = { ...nothing, databaseNowMs: clock, nextSlotMs: 0 };
  if (sender === undefined || sender.breaker !== null || now.deadClaims.has(p.claimId))
    return { ...answer, rate: 0, closed: true };
  const pace = paceOf(sender, p.worker, clock, p);
  const { first, step, share } = pace;
  const isSlow = share === undefined || sender.rate < SHARE_LEAST;
  const turn = singlesOf(now, sender, {
    isSlow,
    clock,
    batches: p.batches.map((one) => one.batch),
  });
  const free = turn.isOthers ? 0 : pace.free;
  const wanted = p.again ?? [];
  const holds = wanted.filter(({ request, fence }) => {
    const row = now.rows.get(request);
    return (
      row?.state === 'sending' &&
      row.fence === fence &&
      row.leaseUntil > clock &&
      now.campaigns.get(row.campaign)?.state === 'running' &&
      !isBarred(now, row)
    );
  });
  // Claims that missed their send time do not come before single requests.
  const singles = inTurnToClaim(now, p)
    .slice(0, pace.free)
    .filter(
      (row) => isSingle(now, row) && now.campaigns.get(row.campaign)?.state === 'running',
    ).length;
  const again = holds
    .slice(0, Math.max(0, free - singles))
    .map((one, i) => ({ ...one, slotAtMs: inMicros(first + i * step) }));
  const room = free - again.length;
  const claimed: ClaimedRequest[] = [];
  const chosen = inTurnToClaim(now, p).slice(0, free).slice(0, room);
  for (const row of chosen) {
    if (!isClaimable(now, row, p.senderId, clock)) continue;
    const slot = inMicros(first + (again.length + claimed.length) * step);
    const held = change(now, row.id, {
      state: 'sending',
      fence: row.fence + 1,
      attempts: row.attempts + 1,
      claimId: p.claimId,
      leaseUntil: inMicros(slot + p.leaseMs),
      reservedAt: clock,
    });
    reserve(now, held, { request: held.id, fence: held.fence, at: clock });
    claimed.push(toClaimed(now, held, { slot, clock }));
  }
  const given = again.length + claimed.length;
  now.senders.set(sender.id, { ...pace.after(given), ...turn.after() });
  const nextSlotMs = inMicros(first + given * step);
  const lost = wanted.filter((one) => !holds.includes(one));
  for (const { request, fence } of lost) now.lost.add(`${request}.${fence}`);
  const shared = share === undefined ? {} : { share };
  const { rate } = sender;
  const left = chosen
    .filter(({ id }) => now.rows.get(id)?.state === 'queued')
    .sort(byId)
    .map(({ id, batch }) => ({ request: id, batch: batch ?? 0 }));
  const done = emptyOf(now, p);
  return {
    ...answer,
    ...shared,
    ...pace.told,
    claimed,
    left,
    done,
    again,
    lost,
    nextSlotMs,
    rate,
    closed: false,
  };
}

/** A process that has said which single requests it has is gone if it has not claimed for so long, ms. */
const SINGLES_MS = 2_000;

/**
 * Where send times are a moment apart, processes say which single requests they have, and leave the send times to the
 * one that has the oldest of them.
 */
function singlesOf(
  t: Tables,
  sender: SenderRow,
  p: { readonly isSlow: boolean; readonly batches: readonly number[]; readonly clock: number },
) {
  const oldestOf = (batches: readonly number[]) => {
    const waiting = [...t.rows.values()].filter(
      (row) =>
        row.state === 'queued' &&
        row.sender === sender.id &&
        batches.includes(row.batch ?? 0) &&
        isSingle(t, row) &&
        t.campaigns.get(row.campaign)?.state === 'running',
    );
    return Math.min(...waiting.map(({ id }) => Number(id)));
  };
  const said = sender.singles.filter(({ until }) => until > p.clock);
  const own = oldestOf(p.batches);
  return {
    isOthers: p.isSlow && oldestOf(said.map(({ batch }) => batch)) < own,
    after() {
      if (!p.isSlow) return { singles: sender.singles };
      const until = new Map(said.map((one) => [one.batch, one.until]));
      for (const batch of p.batches) until.set(batch, p.clock + SINGLES_MS);
      const left = [...until].filter(([batch]) => Number.isFinite(oldestOf([batch])));
      return {
        singles: left
          .map(([batch, at]) => ({ batch, until: at }))
          .sort((a, b) => a.batch - b.batch),
      };
    },
  };
}

/** Rows of these batches: single requests first, then the campaigns by what they had, those that stand last. */
function inTurnToClaim(t: Tables, p: Claim): readonly Row[] {
  const served = new Map(p.batches.map((one) => [one.batch, one.served]));
  const rows = [...t.rows.values()].filter(
    (row) => row.state === 'queued' && row.sender === p.senderId && served.has(row.batch ?? 0),
  );
  const number = (row: Row) => row.batch ?? 0;
  const had = new Map<string, number>();
  for (const row of rows)
    had.set(row.campaign, Math.max(had.get(row.campaign) ?? 0, served.get(number(row)) ?? 0));
  const turns = new Map<Row, number>();
  for (const row of rows.sort((a, b) => number(a) - number(b) || byId(a, b))) {
    const turn = (had.get(row.campaign) ?? 0) + 1;
    had.set(row.campaign, turn);
    turns.set(row, turn);
  }
  const stands = (row: Row) => Number(t.campaigns.get(row.campaign)?.state !== 'running');
  const bulk = (row: Row) => Number(!isSingle(t, row));
  const turnOf = (row: Row) => turns.get(row) ?? 0;
  return rows.sort(
    (a, b) =>
      stands(a) - stands(b) ||
      bulk(a) - bulk(b) ||
      turnOf(a) - turnOf(b) ||
      number(a) - number(b) ||
      byId(a, b),
  );
}

/** Those in which nobody waits. */
function emptyOf(t: Tables, p: Claim): readonly number[] {
  const full = new Set<number | null>();
  for (const { state, sender, batch } of t.rows.values())
    if (state === 'queued' && sender === p.senderId) full.add(batch);
  return p.batches.map(({ batch }) => batch).filter((batch) => !full.has(batch));
}

function isClaimable(t: Tables, row: Row, sender: string, clock: number): boolean {
  return (
    row.state === 'queued' &&
    row.sender === sender &&
    t.campaigns.get(row.campaign)?.state === 'running' &&
    !isClosed(t, row) &&
    !isBarred(t, row) &&
    freesAt(t, row, clock) === undefined
  );
}

function toClaimed(
  t: Tables,
  row: Row,
  at: { readonly slot: number; readonly clock: number },
): ClaimedRequest {
  const spec = t.campaigns.get(row.campaign)?.spec;
  if (spec === undefined) throw new Error(`there is no campaign ${row.campaign}`);
  return {
    request: row.id,
    fence: row.fence,
    epoch: row.epoch,
    leaseLeftMs: inMicros(row.leaseUntil - at.clock),
    batch: row.batch ?? 0,
    row: row.row,
    weight: 1,
    campaignId: row.campaign,
    senderId: row.sender,
    to: row.to,
    template: spec.template,
    language: row.language,
    parameterFormat: spec.parameterFormat,
    headerParameters: spec.headerParameters,
    bodyParameters: spec.bodyParameters,
    parameters: row.parameters,
    attempts: row.attempts,
    slotAtMs: at.slot,
  };
}

/** What becomes of rows a claim left. */
export function decideUnclaimed(
  { now, clock }: Turn,
  p: { readonly rows: readonly QueuedRow[] },
): readonly UnclaimedRow[] {
  const fateOf = (one: QueuedRow): UnclaimedRow['fate'] => {
    const row = now.rows.get(one.request);
    if (row?.state !== 'queued' || row.batch !== one.batch) return 'not-queued';
    const move = (patch: Partial<Row>) => change(now, row.id, patch).state;
    const campaign = now.campaigns.get(row.campaign)?.state;
    if (campaign === 'cancelled') return move({ state: 'cancelled' });
    if (campaign !== 'running') return move({ state: 'pending' });
    if (isBarred(now, row)) return move({ state: 'skipped', reason: 'barred' });
    if (isClosed(now, row)) return move({ state: 'pending' });
    const free = freesAt(now, row, clock);
    return free === undefined ? 'later' : move({ state: 'pending', dueAt: free });
  };
  return p.rows.map((row) => ({ ...row, fate: fateOf(row) }));
}

/** What is left of batches: `queued` -> `pending`. */
export function giveBack(
  { now }: Turn,
  p: { readonly senderId: string; readonly batches: readonly number[] },
): readonly number[] {
  const given = new Set<number | null>(p.batches);
  return [...now.rows.values()].flatMap(({ id, state, sender, batch }) => {
    if (state !== 'queued' || sender !== p.senderId || batch === null || !given.has(batch))
      return [];
    change(now, id, { state: 'pending' });
    return [batch];
  });
}

/** The requests that wait in batches. */
export function rowsIn(t: Seen, batches: readonly number[]): readonly string[] {
  const asked = new Set<number | null>(batches);
  const rows = [...t.rows.values()];
  return rows
    .filter(({ state, batch }) => state === 'queued' && asked.has(batch))
    .map(({ id }) => id);
}

/** Batches whose job may be gone. */
export function staleBatches(
  { seen, clock }: Turn,
  p: { readonly senderId: string; readonly olderThanMs: number; readonly limit: number },
): readonly number[] {
  const stale = new Set<number>();
  for (const { sender, state, queuedAt, batch } of seen.rows.values())
    if (state === 'queued' && sender === p.senderId && queuedAt < clock - p.olderThanMs)
      stale.add(batch ?? 0);
  return [...stale].sort((a, b) => a - b).slice(0, p.limit);
}

/** The last process of a sender ends: what paused campaigns have in its queue waits again. */
export function withdraw({ now, clock }: Turn, senderId: string): void {
  for (const [key, { seenAt }] of now.workers)
    if (key.startsWith(`${senderId} `) && seenAt >= clock - 15_000) return;
  for (const row of [...now.rows.values()]) {
    const paused = now.campaigns.get(row.campaign)?.state === 'paused';
    if (row.sender === senderId && row.state === 'queued' && paused)
      change(now, row.id, { state: 'pending' });
  }
}
