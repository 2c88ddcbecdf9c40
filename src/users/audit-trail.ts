/**
 * Who did what is written down before they get their answer. What may come a thousand times a minute (wrong passwords, single
 * requests of a program) is counted, and written once a second as a number of the minute: a killed process loses that second
 * of it.
 */
import type { Action, AuditStore, Clock } from '../core/ports/index.ts';

const FLUSH_MS = 1_000;
/** As many different ones are counted between two writes; beyond them each is written at once. */
const MOST_COUNTED = 1_000;

/** Writes actions down. */
export interface AuditTrail {
  /** Writes one down. What cannot be written is told to `onLost`, and no failure: the action was done. */
  record(action: Action): Promise<void>;
  /** Counts one of many. */
  count(action: Pick<Action, 'actor' | 'what' | 'outcome' | 'status'>): void;
  /** Writes what was counted. */
  close(): Promise<void>;
}

/** Makes the trail of a process. */
export function auditTrail(p: {
  readonly store: Pick<AuditStore, 'record'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly onLost: (action: Action, error: unknown) => void;
}): AuditTrail {
  let counted = new Map<string, { readonly action: Action; readonly times: number }>();
  let takeBack: (() => void) | undefined;

  async function write(action: Action, times?: number): Promise<void> {
    try {
      await p.store.record(action, times);
    } catch (error) {
      p.onLost(action, error);
    }
  }
  // One behind the other, so that whoever closes waits for what is being written.
  let last = Promise.resolve();
  function flush(): Promise<void> {
    takeBack?.();
    takeBack = undefined;
    const before = counted;
    counted = new Map();
    last = last.then(async () => {
      for (const { action, times } of before.values()) await write(action, times);
    });
    return last;
  }
  return {
    record: (action) => write(action),
    count({ actor, what, outcome, status }) {
      const key = JSON.stringify([actor.kind, actor.name, what, outcome, status]);
      const times = (counted.get(key)?.times ?? 0) + 1;
      counted.set(key, { action: { actor, what, outcome, status }, times });
      if (counted.size >= MOST_COUNTED) void flush();
      else takeBack ??= p.clock.after(FLUSH_MS, () => void flush(), { idle: true });
    },
    close: flush,
  };
}
