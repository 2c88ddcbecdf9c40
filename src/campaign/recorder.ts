/**
 * Outcomes on their way into the ledger, in micro-batches (measured: 200 rows a statement write
 * 24-37 thousand rows/s, one by one 2.5 thousand). An outcome waits in memory while the database is
 * away, for as long as it takes: it must not be lost, and no job completes before it is committed.
 */
import type { Clock, RecordAnswer, RecordEntry, RoadStore } from '../core/ports.ts';
import { InfrastructureError } from '../core/problem.ts';

/** Takes outcomes and says when they are committed. */
export interface Recorder {
  /** Resolves once committed. Rejects only after {@link Recorder.abandon}. */
  record(entry: RecordEntry): Promise<RecordAnswer>;
  /** Outcomes not yet committed. */
  pending(): number;
  /** Gives up on what could not be committed: those rows become `uncertain` by the sweep. */
  abandon(): void;
}

const BATCH = 200;
// Long enough to gather some, short enough not to be felt.
const LINGER_MS = 50;

interface Waiting {
  readonly entry: RecordEntry;
  readonly done: (answer: RecordAnswer) => void;
  readonly failed: (error: unknown) => void;
}

/** Makes a recorder over the ledger's road. `onOutage` hears of each failed try, `onUp` of success. */
export function createRecorder(p: {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly road: Pick<RoadStore, 'record'>;
  readonly onOutage: (error: unknown) => void;
  readonly onUp: () => void;
}): Recorder {
  const waiting: Waiting[] = [];
  let running = false;
  let abandoned = false;

  async function flush(): Promise<void> {
    try {
      await p.clock.sleep(LINGER_MS);
      while (waiting.length > 0 && !abandoned) await flushOnce(waiting.slice(0, BATCH));
    } finally {
      // In the same turn as the last look at `waiting`, so that nothing pushed since is left lying.
      running = false;
    }
  }

  async function flushOnce(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await p.road.record(batch.map((w) => w.entry));
      p.onUp();
      waiting.splice(0, batch.length);
      const byRef = new Map(answers.map((answer) => [`${answer.request}.${answer.fence}`, answer]));
      for (const { entry, done, failed } of batch) {
        const answer = byRef.get(`${entry.request}.${entry.fence}`);
        if (answer === undefined)
          failed(new Error(`request ${entry.request} is not in the ledger`));
        else done(answer);
      }
    } catch (error) {
      if (error instanceof InfrastructureError) {
        p.onOutage(error);
        await p.clock.sleep(500);
        return;
      }
      // A bug must not hold up the outcomes beside it for ever.
      waiting.splice(0, batch.length);
      for (const { failed } of batch) failed(error);
    }
  }

  return {
    record(entry) {
      return new Promise((done, failed) => {
        if (abandoned) {
          failed(new InfrastructureError('database', 'the outcome could not be recorded in time'));
          return;
        }
        waiting.push({ entry, done, failed });
        if (running) return;
        running = true;
        void flush();
      });
    },
    pending: () => waiting.length,
    abandon() {
      abandoned = true;
      const error = new InfrastructureError(
        'database',
        'the outcome could not be recorded in time',
      );
      for (const { failed } of waiting.splice(0)) failed(error);
    },
  };
}
