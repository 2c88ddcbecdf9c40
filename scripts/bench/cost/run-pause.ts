/** The pause: how long POSTs go on coming after `callpermit campaign pause`. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { countWithin } from '../arrivals.ts';
import { monotonicMs } from '../clock.ts';
import { endAll } from '../ground.ts';
import { enqueue, firstArrival, MAIN, toldIn } from '../senders.ts';
import { LATENCY_MS, type PauseCase } from './cases.ts';
import { type CostGround, keepArrivals } from './measure.ts';

/** What the pause came to. */
export interface Paused {
  /** From the commit of the pause to the last POST's arrival, ms; NaN where too little was sent before it. */
  readonly lastAfterMs: number;
  /** POSTs that arrived after the commit. */
  readonly posts: number;
  /** From the start of the command, with Node's own, to that commit, ms. */
  readonly commandMs: number;
  /** POSTs in the second before the commit / allowed: it is a pause only where something was going on. */
  readonly heldBefore: number;
  readonly complaints: readonly string[];
}

/** At its rate by then. */
const BEFORE_MS = 3_000;
/** The list is to last for as long as the command may take on a busy machine ... */
const COMMAND_LIMIT_MS = 10_000;
/** ... and its notice comes before its end. */
const NOTICE_LIMIT_MS = 5_000;
/** What comes after this is counted as the last POST, but no longer waited for. */
const AFTER_MS = 3_000;
/** Less was under way: the case says nothing. */
const LEAST_HELD_BEFORE = 0.5;

/** Runs it. */
export async function runPause(c: PauseCase, n: number, at: CostGround): Promise<Paused> {
  const { ground, signal } = at;
  await ground.redis.flush();
  await ground.server.begin(LATENCY_MS);
  const { surroundings, campaign } = await enqueue(ground, {
    ...c,
    queue: 'redis',
    n,
    forMs: BEFORE_MS + COMMAND_LIMIT_MS + AFTER_MS,
  });
  signal.throwIfAborted();
  const listener = new pg.Client({ connectionString: surroundings.env.DATABASE_URL });
  await listener.connect();
  const senders = Array.from({ length: c.processes }, () =>
    ground.start(MAIN, ['sender'], surroundings),
  );
  try {
    const committed = commitOf(listener, campaign);
    await listener.query('listen callpermit');
    await firstArrival(ground, senders, signal);
    await sleep(BEFORE_MS, undefined, { signal });
    const askedMs = monotonicMs();
    const { code } = await ground.run(MAIN, ['campaign', 'pause', campaign], surroundings);
    if (code !== 0) throw new Error(`campaign pause ended with ${code}: see the logs (--keep)`);
    const committedMs = await Promise.race([committed, noNotice()]);
    await sleep(AFTER_MS, undefined, { signal });
    const arrivals = await keepArrivals(ground, n);
    const pauseMs = committedMs - ground.server.zeroMs;
    const heldBefore = countWithin(arrivals, pauseMs - 1_000, pauseMs) / c.rate;
    const { complaints } = await toldIn(ground, n);
    return {
      lastAfterMs:
        heldBefore < LEAST_HELD_BEFORE ? Number.NaN : Math.max(0, (arrivals.at(-1) ?? 0) - pauseMs),
      posts: countWithin(arrivals, pauseMs, Number.POSITIVE_INFINITY),
      commandMs: committedMs - askedMs,
      heldBefore,
      complaints,
    };
  } finally {
    await Promise.all([endAll(senders), listener.end()]);
  }
}

/**
 * When the pause is committed, as senders hear of it (`tell_campaign`): the command's own end comes later, after its
 * connections are closed. The notice arrives within a millisecond or so.
 */
function commitOf(listener: pg.Client, campaign: string): Promise<number> {
  return new Promise((resolve) => {
    listener.on('notification', ({ payload = '{}' }) => {
      const told = JSON.parse(payload) as { readonly id?: unknown; readonly state?: unknown };
      if (told.id === campaign && told.state === 'paused') resolve(monotonicMs());
    });
  });
}

async function noNotice(): Promise<never> {
  await sleep(NOTICE_LIMIT_MS, undefined, { ref: false });
  throw new Error('campaign pause has ended, and nobody was told of it');
}
