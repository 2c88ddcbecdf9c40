/** The storm: acts drawn from the seed, carried out at their instants until enough is killed. */
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from './acts.ts';
import { type Act, type ActKind, isKill } from './plan.ts';

/** What the storm needs. */
export interface StormSetup {
  readonly kills: number;
  readonly drawn: Iterator<Act, never>;
  readonly actor: Actor;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  readonly onAct: (kills: number) => void;
  /** Resolves once there was work again: on a slow machine processes would die before they did any. */
  readonly untilWork: () => Promise<void>;
}

/** Every act with its time, for the report and for whoever looks for the cause of something. */
export interface Journal {
  /** How often each was done. */
  readonly acts: Record<ActKind, number>;
  note(act: Act, what?: string): Promise<void>;
}

/** Opens a journal that is written to a file. */
export function openJournal(path: string, acts: Record<ActKind, number>): Journal {
  return {
    acts,
    async note(act, what = '') {
      acts[act.kind] += 1;
      const line = `${new Date().toISOString()} ${act.kind} ${act.which.toFixed(3)} ${act.forMs} ms`;
      await appendFile(path, `${line}${what}\n`);
    },
  };
}

/** Rages until so many processes are killed and whatever was down is up again. */
export async function storm(p: StormSetup): Promise<void> {
  let kills = 0;
  try {
    while (kills < p.kills) {
      const act = p.drawn.next().value;
      await p.untilWork();
      await sleep(act.afterMs, undefined, { signal: p.signal });
      if (!p.actor.begin(act)) continue;
      if (isKill(act.kind)) kills += 1;
      await p.journal.note(act);
      p.onAct(kills);
    }
  } finally {
    // Also when it is broken off: what is down comes up again before it is stopped for good.
    await p.actor.settled();
  }
}
