/**
 * The simulation of the whole, by seeds at random, events in the order of chance. A failing seed prints itself and the
 * least that shows the same; `npm run sim -- --seed N` runs it again. In two files, so that they run side by side.
 */
import { expect, test } from '@jest/globals';
import { runSeeds } from './seeds.ts';

const SEEDS = 1_000;
/** Some 15 ms a seed; ten times as long and more on a busy machine. */
const BUSY_MS = 600_000;

test(
  `${SEEDS} seeds of 300 events, events in the order of chance`,
  async () => {
    const failures: string[] = [];
    const report = await runSeeds({
      first: 2,
      step: 2,
      seeds: SEEDS,
      events: 300,
      onFailure: (words) => failures.push(words),
    });
    expect(failures.join('\n\n')).toBe('');
    expect(report.posts).toBeGreaterThan(SEEDS * 5);
  },
  BUSY_MS,
);
