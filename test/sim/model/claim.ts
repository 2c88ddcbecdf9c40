/** Feeding and claiming: the way from waiting to a send time. */
import type { ClaimedRequest, QueueJob, TurnedAway } from '../../../src/core/ports.ts';
import { asksOf, namesOf, reserve } from './change-state.ts';
import type { Rules } from './rules.ts';
import { change, type Row, type Tables, type Turn } from './tables.ts';

/** People may be asked so often by one sender: the defaults of the settings. */
const PER_DAY = 1;
const PER_WEEK = 2;
const DAY_MS = 86_400_000;
/** No send time is given out closer than this, ms: its answer has a way to go. */
const LEAD_MS = 4;
/** A step is so much longer than 1/rate. */
const STEP = 1.02;

function templateKey(t: Tables, row: Row): string {
  const account = t.senders.get(row.sender)?.account;
  return `${account} ${t.campaigns.get(row.campaign)?.spec.template} ${row.language}`;
}

function isClosed(t: Tables, row: Row): boolean {
  return t.senders.get(row.sender)?.breaker !== null || t.templates.has(templateKey(t, row));
}

function isBarred(t: Tables, row: Row): boolean {
  return namesOf(t, row.to).some(
    (name) => t.suppressed.has(name) || t.granted.has(`${row.sender} ${name}`),
  );
}

/** When the person's allowance has room again; `undefined`: now. */
function freesAt(t: Tables, row: Row, clock: number): number | undefined {
  const week = asksOf(t, row.sender, row.to)
    .map((ask) => ask.at)
    .filter((at) => at > clock - 7 * DAY_MS)
    .sort((a, b) => a - b);
  const day = week.filter((at) => at > clock - DAY_MS);
  const times = [
    ...(day.length >= PER_DAY ? [(day[day.length - PER_DAY] as number) + DAY_MS] : []),
    ...(week.length >= PER_WEEK ? [(week[week.length - PER_WEEK] as number) + 7 * DAY_MS] : []),
  ];
  return times.length === 0 ? undefined : Math.max(...times);
}

/** `pending` -> `queued`: what is due, of running campaigns whose sender and template are open. */
export function feed(turn: Turn, p: { senderId: string; limit: number }): readonly QueueJob[] {
  const { now, seen, clock } = turn;
  const due = [...seen.rows.values()].filter(
    (row) =>
      row.sender === p.senderId &&
      row.state === 'pending' &&
      row.dueAt <= clock &&
      seen.campaigns.get(row.campaign)?.state === 'running' &&
      !isClosed(seen, row),
  );
  const jobs: QueueJob[] = [];
  for (const { id } of due.sort((a, b) => a.dueAt - b.dueAt || Number(a.id) - Number(b.id))) {
    if (jobs.length === p.limit) break;
    const row = now.rows.get(id);
    if (row?.state !== 'pending') continue;
    change(now, id, { state: 'queued', feed: row.feed + 1, queuedAt: clock });
    jobs.push({ request: id, feed: row.feed + 1, lane: 1 });
  }
  return jobs;
}

/** What a claim came to. */
export interface Claimed {
  readonly claimed: readonly ClaimedRequest[];
  readonly againSlots: readonly number[];
  readonly room: number;
  readonly nextSlot: number;
  readonly rate: number;
  readonly closed: boolean;
}

/**
 * `queued` -> `sending` under a new fence, a lease and a send time, the allowance taken; only where the
 * campaign runs, sender and template are open and the person may be asked.
 * @param p.again send times wanted for claims in hand, before any new ones
 */
export function claim(
  { now, seen, clock }: Turn,
  rules: Rules,
  p: {
    readonly senderId: string;
    readonly jobs: readonly QueueJob[];
    readonly worker: string;
    readonly claimId?: string;
    readonly again: number;
    readonly horizonMs: number;
    readonly leaseMs: number;
  },
): Claimed {
  const read = rules.claimReads === 'as-of-its-lock' ? now : seen;
  const sender = now.senders.get(p.senderId);
  if (sender === undefined || sender.breaker !== null || read.senders.get(p.senderId)?.breaker)
    return { claimed: [], againSlots: [], room: 0, nextSlot: clock, rate: 0, closed: true };
  const step = (1_000 * STEP) / sender.rate;
  const first = Math.max(sender.nextSlot, sender.holdUntil, clock + LEAD_MS);
  const free = Math.max(0, 1 + Math.floor((clock + p.horizonMs - first) / step));
  const again = Math.min(p.again, free);
  const claimed: ClaimedRequest[] = [];
  const people = new Set<string>();
  for (const job of p.jobs.slice(0, free - again)) {
    const row = now.rows.get(job.request);
    const before = seen.rows.get(job.request);
    if (row?.state !== 'queued' || before?.state !== 'queued' || row.feed !== job.feed) continue;
    if (row.sender !== p.senderId || read.campaigns.get(row.campaign)?.state !== 'running')
      continue;
    if (isClosed(read, row) || isBarred(read, row)) continue;
    const names = namesOf(read, row.to);
    if (names.some((name) => people.has(name)) || freesAt(now, row, clock) !== undefined) continue;
    for (const name of names) people.add(name);
    const slot = first + (again + claimed.length) * step;
    const held = change(now, row.id, {
      state: 'sending',
      fence: row.fence + 1,
      attempts: row.attempts + 1,
      claimedBy: p.worker,
      claimId: p.claimId ?? null,
      leaseUntil: slot + p.leaseMs,
      reservedAt: clock,
    });
    reserve(now, held, clock);
    claimed.push(toClaimed(now, held, job, slot));
  }
  const given = again + claimed.length;
  const nextSlot = first + given * step;
  if (given > 0) now.senders.set(sender.id, { ...sender, nextSlot });
  return {
    claimed,
    againSlots: Array.from({ length: again }, (_, i) => first + i * step),
    room: free - again,
    nextSlot,
    rate: sender.rate,
    closed: false,
  };
}

function toClaimed(t: Tables, row: Row, job: QueueJob, slotAtMs: number): ClaimedRequest {
  const spec = t.campaigns.get(row.campaign)?.spec;
  if (spec === undefined) throw new Error(`there is no campaign ${row.campaign}`);
  return {
    request: row.id,
    fence: row.fence,
    job,
    campaignId: row.campaign,
    senderId: row.sender,
    to: row.to,
    template: spec.template,
    language: row.language,
    parameterFormat: spec.parameterFormat,
    headerParameters: spec.headerParameters,
    bodyParameters: spec.bodyParameters,
    parameters: row.words,
    attempts: row.attempts,
    slotAtMs,
  };
}

/** What becomes of jobs a claim left. */
export function turnAway(
  { now, clock }: Turn,
  p: { readonly senderId: string; readonly jobs: readonly QueueJob[] },
): readonly TurnedAway[] {
  return p.jobs.map((job) => {
    const row = now.rows.get(job.request);
    if (row?.state !== 'queued' || row.feed !== job.feed) return { job, fate: 'foreign' };
    const campaign = now.campaigns.get(row.campaign)?.state;
    if (campaign === 'cancelled')
      return { job, fate: change(now, row.id, { state: 'cancelled' }).state };
    if (campaign !== 'running')
      return { job, fate: change(now, row.id, { state: 'pending' }).state };
    if (isBarred(now, row))
      return { job, fate: change(now, row.id, { state: 'skipped', reason: 'barred' }).state };
    if (isClosed(now, row)) return { job, fate: change(now, row.id, { state: 'pending' }).state };
    const free = freesAt(now, row, clock);
    if (free === undefined) return { job, fate: 'later' };
    return { job, fate: change(now, row.id, { state: 'pending', dueAt: free }).state };
  });
}
