/** Processes of the sending side: begun, killed, frozen, told to stop, begun again under another name. */

import type { Clock, Spool, WorkEvent } from '../../src/core/ports/index.ts';
import { type RunningSenders, runSenders } from '../../src/sending/run-senders.ts';
import { silentLogger } from '../../src/telemetry/log.ts';
import type { Chance } from './chance.ts';
import { clockOf } from './clock.ts';
import { type Meta, REQUEST_TIMEOUT_MS } from './graph.ts';
import type { Profile } from './plan.ts';
import type { Ledger } from './ports.ts';
import type { Queue } from './queue.ts';
import { type Life, newLife, type Timeline } from './timeline.ts';

/** One process. */
export interface Process extends Life {
  running: RunningSenders | undefined;
  /** Told to stop. */
  stopped: boolean;
  /** It has ended as told. */
  closed: boolean;
  readonly hear: (event: WorkEvent) => void;
}

/** All processes, those that are gone too. */
export interface Fleet {
  readonly all: readonly Process[];
  /** Those that run now, frozen ones too. */
  living(): readonly Process[];
  start(): void;
  kill(one: Process): void;
  stop(one: Process): void;
  freeze(one: Process, p: { readonly suspend: boolean; readonly ms: number }): void;
  wake(one: Process): void;
  /** It was not killed, and where it was told to stop it has ended so. */
  toldAll(worker: string): boolean;
  /** What the ledger tells those who listen. */
  tell(event: WorkEvent): void;
}

/** When an uncertain request is checked, ms. */
const CHECK_AFTER_MS = 20_000;

/** Makes a fleet without processes. */
export function createFleet(p: {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly profile: Profile;
  readonly meta: Meta;
  readonly queue: Queue;
  readonly ledgerOf: (life: Life) => Ledger;
  readonly spoolOf: (life: Life) => Spool;
}): Fleet {
  const { timeline, chance, profile } = p;
  const all: Process[] = [];

  function setupOf(one: Process, clock: Clock) {
    return {
      clock,
      worker: one.name,
      ledger: p.ledgerOf(one),
      queue: p.queue.portOf(one),
      queueComplaint: () => Promise.resolve(null),
      spool: p.spoolOf(one),
      log: silentLogger,
      senders: profile.senders.map((phoneNumberId) => ({
        phoneNumberId,
        businessAccountId: profile.account === 'shared' ? 'waba' : `waba-${phoneNumberId}`,
        token: { kind: 'none' as const },
        messagesPerSecond: profile.rate,
      })),
      meta: (senderId: string) => p.meta.portOf(one, one.name, senderId),
      listen: (onEvent: (event: WorkEvent) => void) => {
        listeners.set(one, onEvent);
        return {
          close: () => {
            listeners.delete(one);
            return Promise.resolve();
          },
        };
      },
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      uncertainCheckAfterMs: CHECK_AFTER_MS,
      uncertainPolicy: profile.policy,
      checksPerSecond: 1,
    };
  }
  const listeners = new Map<Process, (event: WorkEvent) => void>();

  function start(): void {
    const one: Process = {
      ...newLife(`w${all.length + 1}`),
      running: undefined,
      stopped: false,
      closed: false,
      hear: (event) => listeners.get(one)?.(event),
    };
    all.push(one);
    const skewMs = chance.between(-2_000, 2_000);
    const clock = clockOf(timeline, one, { skewMs, chance });
    runSenders(setupOf(one, clock)).then(
      (running) => {
        one.running = running;
        if (one.stopped) close(one);
      },
      // One that finds no database at its start ends, and is begun again.
      () => {
        one.alive = false;
        timeline.schedule({ inMs: 1_000, what: 'begun again', run: start });
      },
    );
  }

  function close(one: Process): void {
    void one.running?.close().then(() => {
      one.closed = true;
      one.alive = false;
      p.queue.died(one);
    });
  }

  return {
    all,
    living: () => all.filter((one) => one.alive && !one.stopped),
    start,
    kill(one) {
      one.alive = false;
      p.queue.died(one);
    },
    stop(one) {
      one.stopped = true;
      close(one);
    },
    freeze(one, how) {
      timeline.freeze(one, how);
    },
    wake: (one) => timeline.wake(one),
    toldAll(worker) {
      const one = all.find(({ name }) => name === worker);
      return one?.closed === true || (one?.alive === true && !one.stopped);
    },
    tell(event) {
      for (const one of listeners.keys())
        timeline.schedule({
          inMs: chance.between(0.2, 20),
          what: 'told',
          owner: one,
          run: () => one.hear(event),
        });
    },
  };
}
