/** One test of many seeds; each of its files runs every second seed, so that both run side by side. */
import { expect, test } from '@jest/globals';
import { runSeeds } from './seeds.ts';

const SEEDS = 1_000;
/** Some 15 ms a seed; ten times as long and more on a busy machine. */
const BUSY_MS = 600_000;

/**
 * Seeds from `first` on, every second one. A failing one prints itself and the least that shows the same;
 * `npm run sim -- --seed N` runs it again.
 */
export function testSeedsOnModel(p: { readonly first: number; readonly order: string }): void {
  test(
    `${SEEDS} seeds of 300 events, ${p.order}`,
    async () => {
      const failures: string[] = [];
      const report = await runSeeds({
        first: p.first,
        step: 2,
        seeds: SEEDS,
        events: 300,
        onFailure: (text) => failures.push(text),
      });
      expect(failures.join('\n\n')).toBe('');
      expect(report.posts).toBeGreaterThan(SEEDS * 5);
    },
    BUSY_MS,
  );
}
