/** Waiting for what becomes of one request, by looking at the ledger: whoever sends it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignSummary } from '../core/campaign.ts';
import type { Line } from '../core/line.ts';
import type {
  CampaignProgress,
  CampaignStore,
  QueuePort,
  ReasonCount,
  SenderStatus,
  SenderStore,
} from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import { openCount, type RequestResult } from '../core/request.ts';
import { isFinal, type RequestStanding, type WaitsFor } from '../core/single-request.ts';
import { pausedQueues } from './paused-queues.ts';

/** The part of the ledger that is looked at. */
export interface OutcomeTarget {
  readonly ledger: {
    readonly campaigns: Pick<
      CampaignStore,
      'get' | 'progress' | 'reasons' | 'results' | 'transition'
    >;
    readonly senders: Pick<SenderStore, 'list'>;
  };
  readonly queue: Pick<QueuePort, 'isPaused'>;
}

// A request takes some 100 ms where all is well; one that takes longer takes much longer.
const QUICK_MS = 50;
const QUICK_LOOKS = 40;
const SLOW_MS = 250;
/** So long after the end of a wait it is tried to read how the request stands: it is in the ledger, and nothing else is news. */
const LAST_MS = 5_000;
/** Every so many looks the daily budget is looked at too: it is not in the request's own row. */
const BUDGET_LOOKS = 10;

/**
 * Waits until a single request is final, is paused, is due only later (its standing says when), or
 * until `waitMs` have passed. A database that is away is waited for, at its end for five seconds more.
 * @param p.signal ends the wait early
 * @param p.inLine looks wait for their turn in it, where many wait at once
 */
export async function awaitOutcome(
  target: OutcomeTarget,
  id: string,
  p: { readonly waitMs: number; readonly signal?: AbortSignal; readonly inLine?: Line },
): Promise<RequestStanding> {
  const { campaigns } = target.ledger;
  const { inLine = (work) => work() } = p;
  const end = performance.now() + p.waitMs;
  const isOver = () => performance.now() >= end || p.signal?.aborted === true;
  // Whoever is over by the time of its turn lets the next one look: no wait lasts much longer than it was to.
  const isDone = async (look: number) => isOver() || hasNothingDue(target, id, look);
  for (let look = 1; !isOver(); look += 1) {
    if ((await whileThere(() => inLine(() => isDone(look)))) === true) break;
    const left = Math.max(0, end - performance.now());
    const pause = Math.min(left, look < QUICK_LOOKS ? QUICK_MS : SLOW_MS);
    await sleep(pause, undefined, p.signal ? { signal: p.signal } : {}).catch(() => undefined);
  }
  const standing = await lastLook(() => inLine(() => standingOf(target, id)));
  if (standing === undefined) throw new Error(`request ${id} vanished from the ledger`);
  // The sweep would complete it too, within a second; an answer that says "running" would puzzle.
  if (standing.state !== 'running' || standing.status === 'uncertain' || !isFinal(standing))
    return standing;
  const moved = await campaigns.transition({ id, from: ['running'], to: 'completed' });
  return { ...standing, state: moved?.state ?? standing.state };
}

/** Looks until the database answers, for a while. */
async function lastLook<T>(look: () => Promise<T>): Promise<T> {
  const end = performance.now() + LAST_MS;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof InfrastructureError) || performance.now() >= end) throw error;
    }
    await sleep(SLOW_MS);
  }
}

/** How a single request stands now; `undefined` when there is none of this id. */
export async function standingOf(
  { ledger, queue }: OutcomeTarget,
  id: string,
): Promise<RequestStanding | undefined> {
  const campaign = await ledger.campaigns.get(id);
  if (campaign?.single !== true) return undefined;
  // Before the row: one that is still waiting afterwards was not the last to fit into the budget.
  const sender = (await ledger.senders.list()).find((s) => s.senderId === campaign.senderId);
  const [why] = await ledger.campaigns.reasons(id);
  for await (const row of ledger.campaigns.results({ id })) {
    const isPaused = async () => (await pausedQueues(queue, [campaign.senderId])).length > 0;
    return { ...row, ...(await waitOf(row, { why, sender, isPaused })), ...standsAs(campaign) };
  }
  return undefined;
}

function standsAs({ id, state, reason }: Pick<CampaignSummary, 'id' | 'state' | 'reason'>) {
  return { id, state, reason };
}

/** What a request waits for, with the queues that somebody paused. */
export async function waitOf(
  row: RequestResult,
  p: {
    readonly why?: Pick<ReasonCount, 'reason' | 'nextAt'> | undefined;
    readonly sender: SenderStatus | undefined;
    readonly isPaused: () => Promise<boolean>;
  },
): Promise<Pick<RequestStanding, 'waits_for' | 'due_at'>> {
  const { waits, due } = waiting(row, p.why, p.sender);
  const isHeld =
    (row.status === 'pending' || row.status === 'queued') &&
    (waits === null || waits === 'sender-process') &&
    (await p.isPaused());
  return { waits_for: isHeld ? 'paused-queue' : waits, due_at: due?.toISOString() ?? null };
}

/** Whether there is nothing to wait for within the next minutes. */
async function hasNothingDue(target: OutcomeTarget, id: string, look: number): Promise<boolean> {
  const progress = await target.ledger.campaigns.progress(id);
  if (progress === undefined || isIdle(progress)) return true;
  if (look % BUDGET_LOOKS !== 0) return false;
  const standing = await standingOf(target, id);
  return standing?.waits_for === 'daily-budget' && standing.due_at !== null;
}

function isIdle({ state, counts, later, uncertainOpen }: CampaignProgress): boolean {
  if (state === 'paused' || state === 'completed' || state === 'cancelled') return true;
  return state === 'running' && (later > 0 || openCount(counts) + uncertainOpen === 0);
}

/** What a request waits for, and until when, by its row and why it waits. */
export function waiting(
  row: RequestResult,
  why: Pick<ReasonCount, 'reason' | 'nextAt'> | undefined,
  sender: SenderStatus | undefined,
): { readonly waits: WaitsFor | null; readonly due: Date | null } {
  const due = why?.nextAt ?? null;
  if (row.status === 'uncertain') return { waits: due === null ? null : 'evidence', due };
  if (row.status !== 'pending' && row.status !== 'queued') return { waits: null, due: null };
  if (due !== null && why?.reason === 'pair-limit') return { waits: 'pair-limit', due };
  if (due !== null && why?.reason === 'quiet-hours') return { waits: 'quiet-hours', due };
  if (due !== null && row.error_code !== null) return { waits: 'retry', due };
  const budget = sender?.budget ?? null;
  if (budget !== null && budget.remaining <= 0)
    return { waits: 'daily-budget', due: budget.freesAt };
  return { waits: (sender?.processes ?? 0) === 0 ? 'sender-process' : null, due };
}

/** What a look at the ledger gives; `undefined` while the database is away. */
export async function whileThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof InfrastructureError) return undefined;
    throw error;
  }
}
