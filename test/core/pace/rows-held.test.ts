/** How many rows and connections a process holds, by Little's law. */
import { expect, test } from '@jest/globals';
import { ABSENT_MS, concurrencyFor, connectionsFor } from '../../../src/core/pace/pacing.ts';

test.each([
  // rate, latency: rows, connections
  [0.1, 200, 2, 10],
  [2, 0, 3, 10],
  [5, 1_000, 15, 15],
  [80, 0, 120, 120],
  [80, 200, 144, 144],
  [80.1, 200, 145, 145],
  [1_000, 200, 1_800, 1_800],
  [1_000, 5_000, 4_000, 4_000],
])('at %p/s and %p ms to an answer: %p rows, %p connections', (rate, ms, rows, connections) => {
  expect([concurrencyFor(rate, ms), connectionsFor(rate, ms)]).toEqual([rows, connections]);
});

test('a process is absent once its send times are surely forfeited, with 50 ms for the clocks', () => {
  expect(ABSENT_MS).toBe(400);
});
