/** What becomes of claims: outcomes, unsent ones, ended leases, streaks, the end of a campaign. */
import type { PauseReason } from '../../../src/core/campaign.ts';
import type { ClaimRef, QueueJob, RecordAnswer, RecordEntry } from '../../../src/core/ports.ts';
import { accept, completeIfDone, giveBackAllowance, putBack } from './change-state.ts';
import type { Rules } from './rules.ts';
import { change, changeCampaign, isOpen, type Mark, type Row, type Turn } from './tables.ts';
import { refuseValues } from './values.ts';

const SETTLED = new Set(['accepted', 'already-granted']);

/** Writes outcomes: each belongs to its fence; a proof of acceptance also counts as the rules say. */
export function record(
  turn: Turn,
  rules: Rules,
  entries: readonly RecordEntry[],
): readonly RecordAnswer[] {
  for (const entry of entries)
    refuseValues(
      [entry.errorMessage, entry.wamid, entry.messageStatus, entry.waId],
      entry.errorCode,
    );
  return entries.flatMap((entry) => {
    const row = turn.now.rows.get(entry.request);
    if (row === undefined) return [];
    const applied = applies(row, rules, entry);
    if (applied) apply(turn, rules, row, entry);
    const { state } = turn.now.rows.get(entry.request) as Row;
    return [{ request: entry.request, fence: entry.fence, applied, state }];
  });
}

function applies(row: Row, rules: Rules, entry: RecordEntry): boolean {
  const isProof = entry.outcome === 'accepted';
  if (entry.fence !== row.fence) {
    if (rules.olderProof === 'kept-as-evidence' || !isProof || entry.fence > row.fence)
      return false;
    return row.state !== 'sending' && !SETTLED.has(row.state);
  }
  if (row.state === 'sending') return true;
  if (isProof) return !SETTLED.has(row.state) || (row.state === 'accepted' && row.wamid === null);
  return row.state === 'uncertain' && entry.outcome !== 'uncertain';
}

function apply({ now, clock }: Turn, rules: Rules, row: Row, entry: RecordEntry): void {
  if (entry.giveBackAllowance) giveBackAllowance(now, row);
  const patch: Partial<Row> = {
    attempts: row.attempts - (entry.countAttempt ? 0 : 1),
    wamid: entry.wamid ?? row.wamid,
    waId: entry.waId ?? row.waId,
    errorCode: entry.errorCode ?? row.errorCode,
    reason: entry.reason ?? null,
  };
  if (entry.waId !== undefined && `+${entry.waId}` !== row.to) now.waIds.set(row.to, entry.waId);
  if (entry.outcome === 'accepted') {
    accept(now, row.id, clock, { ...patch, errorCode: null });
    changeCampaign(now, row.campaign, { streak: null });
  } else if (entry.state === 'pending') {
    putBack(now, rules, row.id, { ...patch, dueAt: clock + (entry.delayMs ?? 0) });
  } else {
    change(now, row.id, {
      ...patch,
      state: entry.state,
      claimedBy: entry.state === 'uncertain' ? row.claimedBy : null,
      checkAt: entry.state === 'uncertain' ? clock + (entry.delayMs ?? 0) : null,
    });
  }
  const digits = row.to.replace('+', '');
  if (entry.state === 'rejected' && entry.reason === 'suppress') now.suppressed.add(digits);
  if (entry.state === 'already-granted') now.granted.add(`${row.sender} ${digits}`);
}

/** Takes back claims of which it is proved that nothing was written. */
export function release(
  { now }: Turn,
  rules: Rules,
  claims: readonly ClaimRef[],
  isTheirs: (row: Row) => boolean,
): void {
  for (const { request, fence } of claims) {
    const row = now.rows.get(request);
    if (row === undefined || row.fence !== fence || !isTheirs(row)) continue;
    const swept = row.state === 'uncertain' && row.reason === 'lease-ended';
    if (row.state !== 'sending' && !swept) continue;
    giveBackAllowance(now, row);
    putBack(now, rules, row.id, { attempts: row.attempts - 1, reason: null });
  }
}

/** Jobs taken and not claimed: `queued` -> `pending`. */
export function giveBack({ now }: Turn, jobs: readonly QueueJob[]): void {
  for (const { request, feed } of jobs) {
    const row = now.rows.get(request);
    if (row?.state === 'queued' && row.feed === feed) change(now, request, { state: 'pending' });
  }
}

/** Claims whose lease ended: somebody may have sent. */
export function sweepLeases({ now, clock }: Turn, checkAfterMs: number): number {
  const ended = [...now.rows.values()].filter(
    (row) => row.state === 'sending' && row.leaseUntil < clock,
  );
  for (const { id } of ended)
    change(now, id, { state: 'uncertain', reason: 'lease-ended', checkAt: clock + checkAfterMs });
  return ended.length;
}

/** Equal failures in a row pause the campaign; those refused within the streak wait again. */
export function streak(
  { now, clock }: Turn,
  rules: Rules,
  p: {
    readonly campaignId: string;
    readonly key: string;
    readonly marks: readonly Mark[];
    readonly enough: number;
    readonly reason: PauseReason;
  },
): boolean {
  const campaign = now.campaigns.get(p.campaignId);
  if (campaign === undefined) return false;
  const before = campaign.streak?.key === p.key ? campaign.streak.marks : [];
  const marks = [...before, ...p.marks];
  changeCampaign(now, p.campaignId, { streak: { key: p.key, marks } });
  const pauses = campaign.state === 'running' && marks.length >= p.enough;
  if (pauses) changeCampaign(now, p.campaignId, { state: 'paused', reason: p.reason });
  const paused =
    pauses || (campaign.state === 'paused' && campaign.reason?.message === p.reason.message);
  if (!paused) return false;
  for (const { request, fence } of marks) {
    const row = now.rows.get(request);
    if (row?.state === 'rejected' && row.fence === fence && String(row.errorCode) === p.key)
      putBack(now, rules, request, { dueAt: clock, attempts: row.attempts - 1 });
  }
  return true;
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

/** `queued` rows whose job may be gone. */
export function staleQueued(
  { seen, clock }: Turn,
  p: { readonly senderId: string; readonly olderThanMs: number; readonly limit: number },
): readonly QueueJob[] {
  return [...seen.rows.values()]
    .filter(
      (row) =>
        row.sender === p.senderId && row.state === 'queued' && row.queuedAt < clock - p.olderThanMs,
    )
    .slice(0, p.limit)
    .map((row) => ({ request: row.id, feed: row.feed, lane: 1 }));
}

/** The last process of a sender ends: what paused campaigns have in its queue waits again. */
export function withdraw({ now, clock }: Turn, senderId: string): void {
  for (const [key, seenAt] of now.workers)
    if (key.startsWith(`${senderId} `) && seenAt >= clock - 15_000) return;
  for (const row of [...now.rows.values()]) {
    const paused = now.campaigns.get(row.campaign)?.state === 'paused';
    if (row.sender === senderId && row.state === 'queued' && paused)
      change(now, row.id, { state: 'pending' });
  }
}

/** Pauses running campaigns whose open requests all wait for a breaker. */
export function pauseBlocked({ now }: Turn): readonly string[] {
  const paused: string[] = [];
  for (const campaign of [...now.campaigns.values()]) {
    if (campaign.state !== 'running') continue;
    const open = [...now.rows.values()].filter(
      (row) => row.campaign === campaign.id && isOpen(row),
    );
    const why = open.map((row) => {
      const sender = now.senders.get(row.sender);
      const key = `${sender?.account} ${campaign.spec.template} ${row.language}`;
      return sender?.breaker?.reason ?? now.templates.get(key)?.reason;
    });
    const waiting = open.some((row) => row.state !== 'uncertain');
    if (!waiting || why.some((reason) => reason === undefined)) continue;
    changeCampaign(now, campaign.id, { state: 'paused', reason: why[0] as PauseReason });
    paused.push(campaign.id);
  }
  return paused;
}

/** Completes what has nothing open. */
export function completeCampaigns({ now }: Turn): readonly string[] {
  return [...now.campaigns.keys()].filter((id) => completeIfDone(now, id));
}
