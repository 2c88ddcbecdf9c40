/**
 * Unsent claims on their way back, gathered like outcomes: a pause or a stall of this process lets
 * go of many at once. While the database is away they are kept, and never sent.
 */
import type { ClaimRef, Clock, RoadStore } from '../core/ports.ts';

/** Gives claims back. */
export interface Releaser {
  /** Resolves once the row is back, or once {@link Releaser.abandon} gave up on it. */
  release(claim: ClaimRef): Promise<void>;
  /** Gives up: the leases end by themselves and the rows become `uncertain`, though nothing was sent. */
  abandon(): void;
}

const BATCH = 200;
const LINGER_MS = 5;

/** Makes a releaser; `onOutage` hears of each failed try. */
export function createReleaser(p: {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly road: Pick<RoadStore, 'release'>;
  readonly worker: string;
  readonly onOutage: (error: unknown) => void;
}): Releaser {
  const waiting: { readonly claim: ClaimRef; readonly done: () => void }[] = [];
  let running = false;
  let abandoned = false;

  async function flush(): Promise<void> {
    try {
      await p.clock.sleep(LINGER_MS);
      while (waiting.length > 0) {
        const batch = waiting.slice(0, BATCH);
        if (!abandoned && !(await releaseAll(batch.map((w) => w.claim)))) continue;
        waiting.splice(0, batch.length);
        for (const { done } of batch) done();
      }
    } finally {
      // In the same turn as the last look at `waiting`, so that nothing pushed since is left lying.
      running = false;
    }
  }

  async function releaseAll(claims: readonly ClaimRef[]): Promise<boolean> {
    try {
      await p.road.release({ worker: p.worker, claims });
      return true;
    } catch (error) {
      p.onOutage(error);
      await p.clock.sleep(500);
      return false;
    }
  }

  return {
    release(claim) {
      return new Promise((done) => {
        waiting.push({ claim, done });
        if (running) return;
        running = true;
        void flush();
      });
    },
    abandon() {
      abandoned = true;
    },
  };
}
