import { describe, expect, test } from '@jest/globals';
import { disagreements } from '../../scripts/demo/books.ts';
import type { SimulatorStats } from '../../src/simulator/index.ts';
import { counts } from './support.ts';

const result = {
  id: 'c',
  state: 'completed',
  counts: counts({ accepted: 90, rejected: 3, uncertain: 2, skipped: 1 }),
  refusedLines: 4,
  doubles: 1,
};

function server(accepted: number, twice = 0): Pick<SimulatorStats, 'accepted' | 'askedTwice'> {
  const none = { overAllowance: 0, postedMoreThanOnce: 0, persons: [] };
  return { accepted, askedTwice: { ...none, acceptedMoreThanOnce: twice } };
}

describe('the three books of the demo', () => {
  test('agree when all lines are accounted for and the uncertain explain the difference', () => {
    expect(disagreements(100, result, server(90))).toEqual([]);
    expect(disagreements(100, result, server(92))).toEqual([]);
  });

  test.each([
    ['a line is missing', 101, result, server(90)],
    ['the server accepted more than we know of', 100, result, server(93)],
    ['the server accepted fewer than we say', 100, result, server(89)],
    ['somebody was asked twice', 100, result, server(90, 1)],
    [
      'somebody was not asked',
      100,
      { ...result, counts: counts({ ...result.counts, accepted: 89, pending: 1 }) },
      server(89),
    ],
  ])('disagree when %s', (_name, lines, sent, stats) => {
    expect(disagreements(lines, sent, stats)).toHaveLength(1);
  });
});
