/** The storm: acts drawn from the seed, carried out at their instants against real processes. */
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './fleet.ts';
import { type Act, type ActKind, drawActs } from './plan.ts';
import type { RedisStore, Store } from './stores.ts';
import type { Witness } from './witness.ts';

/** What the storm rages against. */
export interface StormSetup {
  readonly kills: number;
  readonly seed: number;
  readonly queue: 'redis' | 'postgres';
  readonly senders: readonly Service[];
  readonly api: Service;
  readonly postgres: Store;
  readonly redis: RedisStore | undefined;
  readonly witness: Witness;
  /** Longer than a lease, in ms. */
  readonly longestFreezeMs: number;
  /** Every act with its time, for whoever looks for the cause of something. */
  readonly journal: string;
  readonly signal: AbortSignal;
  readonly onAct: (kills: number) => void;
  /** Resolves once there was work again: on a slow machine processes would die before they did any. */
  readonly untilWork: () => Promise<void>;
}

/** What it did. */
export interface StormLog {
  readonly acts: Readonly<Record<ActKind, number>>;
  /** Claims of processes that were killed or frozen, as `<request>.<fence>`. */
  readonly inFlight: ReadonlySet<string>;
}

/**
 * A look soon, for the claims of a frozen process that wakes early; and a late one, for a statement of
 * a killed process may still commit (more than a second later on a busy disk). Leases last longer.
 */
const LOOKS_MS = [500, 5_000] as const;

/** Rages until so many processes are killed and whatever was down is up again. */
export async function storm(p: StormSetup): Promise<StormLog> {
  const acts: Record<ActKind, number> = {
    'kill-sender': 0,
    'kill-api': 0,
    'kill-redis': 0,
    'kill-postgres': 0,
    'wipe-queue': 0,
    'freeze-sender': 0,
    'stop-sender': 0,
  };
  const inFlight = new Set<string>();
  const under = new Map<Promise<void>, ActKind>();
  const failures: unknown[] = [];
  let kills = 0;

  function begin(kind: ActKind, work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => void failures.push(error))
      .finally(() => under.delete(tracked));
    under.set(tracked, kind);
  }
  const isUnder = (kind: ActKind) => [...under.values()].includes(kind);

  async function noteClaims(pid: number): Promise<void> {
    for (const ms of LOOKS_MS) {
      await sleep(ms);
      for (const ref of await p.witness.inFlight(pid)) inFlight.add(ref);
    }
  }

  async function outage(store: Store, forMs: number): Promise<void> {
    await store.kill9();
    await sleep(forMs);
    await store.restart();
  }

  /** Carries one act out; `false` when there is nothing it could hit just now. */
  function carryOut(act: Act): boolean {
    const { kind } = act;
    if (kind === 'kill-postgres' || kind === 'kill-redis') {
      const store = kind === 'kill-postgres' ? p.postgres : p.redis;
      if (store === undefined || isUnder(kind)) return false;
      begin(kind, outage(store, act.forMs));
      return true;
    }
    if (kind === 'wipe-queue') {
      if (isUnder('kill-redis') || isUnder(kind)) return false;
      begin(kind, p.redis?.flush() ?? p.witness.wipeQueue());
      return true;
    }
    if (kind === 'kill-api') {
      if (p.api.pid() === undefined) return false;
      p.api.kill9();
      return true;
    }
    const running = p.senders.filter((sender) => sender.pid() !== undefined);
    const sender = running[Math.floor(act.which * running.length)];
    const pid = sender?.pid();
    if (sender === undefined || pid === undefined) return false;
    if (kind === 'kill-sender') {
      sender.kill9();
      begin(kind, noteClaims(pid));
    } else if (isUnder(kind)) {
      return false;
    } else if (kind === 'freeze-sender') {
      begin(
        kind,
        Promise.all([sender.freeze(act.forMs), noteClaims(pid)]).then(() => undefined),
      );
    } else {
      begin(kind, sender.stop());
    }
    return true;
  }

  const drawn = drawActs(p.seed, p.queue, p.longestFreezeMs);
  try {
    while (kills < p.kills) {
      const act = drawn.next().value;
      await p.untilWork();
      await sleep(act.afterMs, undefined, { signal: p.signal });
      if (failures.length > 0) throw failures[0];
      if (!carryOut(act)) continue;
      acts[act.kind] += 1;
      if (act.kind.startsWith('kill-')) kills += 1;
      const which = act.kind.endsWith('sender') ? ` ${act.which.toFixed(3)}` : '';
      await appendFile(
        p.journal,
        `${new Date().toISOString()} ${act.kind}${which} ${act.forMs} ms\n`,
      );
      p.onAct(kills);
    }
  } finally {
    // Also when it is broken off: what is down comes up again before it is stopped for good.
    await Promise.all(under.keys());
  }
  if (failures.length > 0) throw failures[0];
  return { acts, inFlight };
}
