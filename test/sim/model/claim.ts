/** Feeding and claiming: the way from waiting to a send time. */
import type {
  ClaimAnswer,
  ClaimedRequest,
  ClaimRef,
  QueueJob,
  UnclaimedJob,
} from '../../../src/core/ports/index.ts';
import { inMicros, paceOf } from './pace.ts';
import { freesAt, isBarred, reserve } from './people.ts';
import { change, type Row, type Seen, type Tables, type Turn } from './tables.ts';

function isClosed(t: Seen, row: Row): boolean {
  const sender = t.senders.get(row.sender);
  const template = t.campaigns.get(row.campaign)?.spec.template;
  return (
    sender?.breaker !== null || t.templates.has(`${sender.account} ${template} ${row.language}`)
  );
}

/** `pending` -> `queued`: what is due, of running campaigns whose sender and template are open. */
export function feed(
  { now, seen, clock }: Turn,
  p: { readonly senderId: string; readonly limit: number; readonly singlesOnly?: boolean },
): readonly QueueJob[] {
  const due: Row[] = [];
  for (const row of seen.rows.values())
    if (
      row.state === 'pending' &&
      row.sender === p.senderId &&
      row.dueAt <= clock &&
      (p.singlesOnly !== true || row.lane === 0) &&
      seen.campaigns.get(row.campaign)?.state === 'running' &&
      !isClosed(seen, row)
    )
      due.push(row);
  return inTurn(due)
    .slice(0, p.limit)
    .flatMap(({ id, lane }) => {
      const row = now.rows.get(id);
      if (row?.state !== 'pending' || row.dueAt > clock) return [];
      change(now, id, { state: 'queued', feed: row.feed + 1, queuedAt: clock });
      return [{ request: id, feed: row.feed + 1, lane }];
    });
}

/** Single requests first, then campaigns in turn. */
function inTurn(due: Row[]): readonly Row[] {
  const byId = (a: Row, b: Row) => Number(a.id) - Number(b.id);
  const fed = new Map<string, number>();
  const turns = new Map<Row, number>();
  for (const row of due.sort((a, b) => a.dueAt - b.dueAt || byId(a, b))) {
    const turn = (fed.get(row.campaign) ?? 0) + 1;
    fed.set(row.campaign, turn);
    turns.set(row, turn);
  }
  const turnOf = (row: Row) => turns.get(row) ?? 0;
  return due.sort((a, b) => a.lane - b.lane || turnOf(a) - turnOf(b) || byId(a, b));
}

/** What a claim is asked for with. */
export interface Claim {
  readonly senderId: string;
  readonly jobs: readonly QueueJob[];
  readonly worker: string;
  readonly claimId: string;
  /** Held claims that want another send time, before any of `jobs`. */
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
  const answer = { claimed: [], room: 0, again: [], lost: [], databaseNowMs: clock, nextSlotMs: 0 };
  if (sender === undefined || sender.breaker !== null || now.deadClaims.has(p.claimId))
    return { ...answer, rate: 0, closed: true };
  const pace = paceOf(sender, p.worker, clock, p);
  const { first, step, free, share } = pace;
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
  const again = holds
    .slice(0, free)
    .map((one, i) => ({ ...one, slotAtMs: inMicros(first + i * step) }));
  const room = free - again.length;
  const claimed: ClaimedRequest[] = [];
  for (const job of p.jobs.slice(0, room)) {
    const row = now.rows.get(job.request);
    if (row === undefined || !isClaimable(now, row, job, p.senderId, clock)) continue;
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
    claimed.push(toClaimed(now, held, job, { slot, clock }));
  }
  const given = again.length + claimed.length;
  now.senders.set(sender.id, pace.after(given));
  const nextSlotMs = inMicros(first + given * step);
  const lost = wanted.filter((one) => !holds.includes(one));
  for (const { request, fence } of lost) now.lost.add(`${request}.${fence}`);
  const shared = share === undefined ? {} : { share };
  const { rate } = sender;
  return { ...answer, ...shared, claimed, room, again, lost, nextSlotMs, rate, closed: false };
}

function isClaimable(t: Tables, row: Row, job: QueueJob, sender: string, clock: number): boolean {
  return (
    row.state === 'queued' &&
    row.feed === job.feed &&
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
  job: QueueJob,
  at: { readonly slot: number; readonly clock: number },
): ClaimedRequest {
  const spec = t.campaigns.get(row.campaign)?.spec;
  if (spec === undefined) throw new Error(`there is no campaign ${row.campaign}`);
  return {
    request: row.id,
    fence: row.fence,
    epoch: row.epoch,
    leaseLeftMs: inMicros(row.leaseUntil - at.clock),
    job,
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

/** What becomes of jobs a claim left. */
export function decideUnclaimed(
  { now, clock }: Turn,
  p: { readonly jobs: readonly QueueJob[] },
): readonly UnclaimedJob[] {
  const fateOf = (job: QueueJob): UnclaimedJob['fate'] => {
    const row = now.rows.get(job.request);
    if (row?.state !== 'queued' || row.feed !== job.feed) return 'not-queued';
    const move = (patch: Partial<Row>) => change(now, row.id, patch).state;
    const campaign = now.campaigns.get(row.campaign)?.state;
    if (campaign === 'cancelled') return move({ state: 'cancelled' });
    if (campaign !== 'running') return move({ state: 'pending' });
    if (isBarred(now, row)) return move({ state: 'skipped', reason: 'barred' });
    if (isClosed(now, row)) return move({ state: 'pending' });
    const free = freesAt(now, row, clock);
    return free === undefined ? 'later' : move({ state: 'pending', dueAt: free });
  };
  return p.jobs.map((job) => ({ job, fate: fateOf(job) }));
}

/** Jobs taken and not claimed: `queued` -> `pending`. */
export function giveBack({ now }: Turn, jobs: readonly QueueJob[]): void {
  for (const { request, feed } of jobs) {
    const row = now.rows.get(request);
    if (row?.state === 'queued' && row.feed === feed) change(now, request, { state: 'pending' });
  }
}

/** `queued` rows whose job may be gone. */
export function staleQueued(
  { seen, clock }: Turn,
  p: { readonly senderId: string; readonly olderThanMs: number; readonly limit: number },
): readonly QueueJob[] {
  const stale: QueueJob[] = [];
  for (const { id, sender, state, queuedAt, feed, lane } of seen.rows.values())
    if (state === 'queued' && sender === p.senderId && queuedAt < clock - p.olderThanMs)
      stale.push({ request: id, feed, lane });
  return stale.slice(0, p.limit);
}

/** Jobs that are gone are made again under a new feed number. */
export function refeed({ now, clock }: Turn, jobs: readonly QueueJob[]): readonly QueueJob[] {
  return jobs.flatMap(({ request, feed, lane }) => {
    const row = now.rows.get(request);
    if (row?.state !== 'queued' || row.feed !== feed) return [];
    change(now, request, { feed: feed + 1, queuedAt: clock });
    return [{ request, feed: feed + 1, lane }];
  });
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
