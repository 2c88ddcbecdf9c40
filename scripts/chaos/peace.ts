/** Waiting: for work to go on, for the end of a list, for peace after the storm. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosServer } from './start-server.ts';
import type { Standing, Witness } from './witness.ts';

/** A campaign in which nothing moves for so long is stuck: longer than a lease and a stalled job. */
const STUCK_MS = 90_000;

/** All campaigns of a run as one. */
export async function standingOf(witness: Witness, ids: readonly string[]): Promise<Standing> {
  const each: Standing[] = [];
  for (const id of ids) each.push(await witness.standing(id));
  const counts: Record<string, number> = {};
  for (const standing of each)
    for (const [state, n] of Object.entries(standing.counts))
      counts[state] = (counts[state] ?? 0) + n;
  const odd = each.find(({ state }) => state !== 'running' && state !== 'completed');
  return {
    state: odd?.state ?? (each.every((s) => s.state === 'completed') ? 'completed' : 'running'),
    reason: odd?.reason ?? null,
    counts,
    open: each.reduce((sum, s) => sum + s.open, 0),
    unchecked: each.reduce((sum, s) => sum + s.unchecked, 0),
  };
}

/** Waits until the server has been asked some more, or eight seconds. */
export async function untilPosts(p: {
  readonly server: ChaosServer;
  readonly more: number;
  readonly isOpen: () => boolean;
}): Promise<void> {
  const posts = async () => (await p.server.stats()).posts;
  const from = await posts();
  const deadline = performance.now() + 8_000;
  while (p.isOpen() && performance.now() < deadline && (await posts()) < from + p.more)
    await sleep(50);
}

/** Waits until fewer than `open` of a campaign are open, or `ms` have passed. */
export async function untilFew(p: {
  readonly witness: Witness;
  readonly id: string;
  readonly open: number;
  readonly ms: number;
}): Promise<void> {
  const deadline = performance.now() + p.ms;
  while (performance.now() < deadline && (await p.witness.standing(p.id)).open >= p.open)
    await sleep(50);
}

/** Tells how the campaigns stand, every two seconds. */
export async function watch(p: {
  readonly look: () => Promise<Standing>;
  readonly signal: AbortSignal;
  readonly onStanding: (standing: Standing) => void;
}): Promise<void> {
  while (!p.signal.aborted) {
    p.onStanding(await p.look());
    await sleep(2_000, undefined, { signal: p.signal }).catch(() => undefined);
  }
}

/** Waits until nothing is open, and then a while for the checks of the uncertain ones. */
export async function untilQuiet(p: {
  readonly look: () => Promise<Standing>;
  readonly settleMs: number;
  readonly signal: AbortSignal;
  readonly onStanding: (standing: Standing) => void;
  /** Told why it gave up. */
  readonly onStuck: (what: string) => void;
}): Promise<Standing> {
  let movedAt = performance.now();
  let quietAt: number | undefined;
  let before = '';
  for (;;) {
    p.signal.throwIfAborted();
    const standing = await p.look();
    p.onStanding(standing);
    const now = performance.now();
    const picture = JSON.stringify(standing);
    if (picture !== before) movedAt = now;
    before = picture;
    if (standing.state === 'completed') return standing;
    if (standing.state !== 'running') {
      p.onStuck(`a campaign is ${standing.state}: ${standing.reason}`);
      return standing;
    }
    if (now - movedAt > STUCK_MS) {
      p.onStuck(`nothing moves any more: ${picture}`);
      return standing;
    }
    quietAt = standing.open > 0 ? undefined : (quietAt ?? now);
    if (quietAt !== undefined && now - quietAt >= p.settleMs) return standing;
    await sleep(500, undefined, { signal: p.signal }).catch(() => undefined);
  }
}
