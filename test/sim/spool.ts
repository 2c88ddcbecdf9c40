/** The folder in which processes leave what they could not write before they ended; it outlives them. */
import type { Leftover, Spool } from '../../src/core/ports/index.ts';
import { ok } from '../../src/core/result.ts';
import type { Chance } from './chance.ts';
import type { Life, Timeline } from './timeline.ts';

interface File {
  readonly path: string;
  readonly left: Leftover;
  taker: Life | undefined;
  takenAt: number;
}

/** As `openSpool`: who was taking a file and is gone, or slow, is followed by another. */
const TAKEN_FOR_MS = 60_000;

/** Makes an empty folder; gives the spool of one process. */
export function createSpools(timeline: Timeline, chance: Chance): (life: Life) => Spool {
  const files = new Set<File>();
  let saved = 0;

  const disk = (life: Life) =>
    new Promise<void>((resolve) => {
      timeline.schedule({ inMs: chance.between(1, 20), what: 'disk', owner: life, run: resolve });
    });
  const isFree = ({ taker, takenAt }: File, life: Life) =>
    taker === undefined ||
    taker === life ||
    !taker.alive ||
    timeline.now() - takenAt >= TAKEN_FOR_MS;
  const countOf = ({ outcomes, unread }: Leftover) => outcomes.length + unread.length;

  return (life) => ({
    async save(left) {
      await disk(life);
      saved += 1;
      const path = `spool/${saved}`;
      files.add({ path, left, taker: undefined, takenAt: 0 });
      return ok({ path, count: countOf(left), standing: 'ours' as const });
    },
    async take(record) {
      let taken = 0;
      for (const file of [...files].filter((one) => isFree(one, life))) {
        file.taker = life;
        file.takenAt = timeline.now();
        await record(file.left);
        files.delete(file);
        taken += countOf(file.left);
      }
      return taken;
    },
    waiting: async () =>
      [...files].map(({ path, left }) => ({
        ...{ path, count: countOf(left), standing: 'ours' as const },
      })),
  });
}
