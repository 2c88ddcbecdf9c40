import { describe, expect, test } from '@jest/globals';
import { missText } from '../../../scripts/bench/cost/report.ts';
import type { CostLine } from '../../../scripts/bench/cost/run.ts';
import { isMet, ratiosOf, targetsOf } from '../../../scripts/bench/cost/targets.ts';

const cost = {
  sender: 200,
  redis: 5,
  postgres: 95,
  posts: 20_000,
  windowMs: 20_000,
  held: 0.985,
  worstSecond: 1,
  peakMb: 120,
};

function ours(
  p: {
    readonly queue?: 'redis' | 'postgres';
    readonly rate?: number;
    readonly processes?: number;
  } & Partial<typeof cost>,
): CostLine {
  const { queue = 'redis', rate = 1_000, processes = 1, ...rest } = p;
  const measured = { ...cost, ...rest, complaints: [] };
  return { kind: 'ours', queue, rate, processes, measured };
}

function plain(rate: number, by: 'axios' | 'undici' | 'loop' = 'axios'): CostLine {
  return { kind: 'plain', by, rate, measured: { ...cost, sender: 500, redis: 100 } };
}

const missed = (lines: readonly CostLine[]) =>
  targetsOf(lines)
    .filter((target) => !isMet(target))
    .map(missText);

describe('a ratio', () => {
  test('is sender, Redis and Postgres over worker and Redis, and sender over worker', () => {
    const [ratio] = ratiosOf([plain(1_000), ours({})]);
    expect(ratio).toMatchObject({ all: 0.5, sender: 0.4 });
  });

  test('is taken at the same rate only, and over no bare loop', () => {
    expect(ratiosOf([plain(250), plain(1_000, 'loop'), ours({})])).toEqual([]);
  });
});

describe('the targets', () => {
  test('are met by what keeps all of them', () => {
    expect(missed([plain(1_000), ours({}), ours({ queue: 'postgres' })])).toEqual([]);
  });

  test('name each that is missed, with figure and bound', () => {
    expect(missed([ours({ redis: 9.14, held: 0.5, peakMb: 171 })])).toEqual([
      'redis 1000/s, 1 process: Redis 9.1 us, to be at most 8 us',
      'redis 1000/s, 1 process: held 0.500, to be at least 0.97',
      'redis 1000/s, 1 process: peak of a sender 171 MB, to be at most 150 MB',
    ]);
  });

  test('hold the ratio of one process over axios, not of three and not over undici', () => {
    const dear = { sender: 480 };
    expect(missed([plain(1_000, 'undici'), ours(dear), ours({ ...dear, processes: 3 })])).toEqual(
      [],
    );
    expect(missed([plain(1_000), ours({ ...dear, processes: 3 })])).toEqual([]);
    expect(missed([plain(1_000), ours(dear)])).toEqual([
      'redis 1000/s, 1 process, over plain worker over axios, 1000/s: sender + Redis + Postgres over worker + Redis 0.967, to be at most 0.8',
      'redis 1000/s, 1 process, over plain worker over axios, 1000/s: sender over worker 0.960, to be at most 0.7',
    ]);
  });

  test('say nothing of 250/s', () => {
    expect(targetsOf([plain(250), ours({ rate: 250, held: 0 })])).toEqual([]);
  });

  test('are missed where a case gave no figure', () => {
    const paused = { lastAfterMs: Number.NaN, posts: 0, commandMs: 900, heldBefore: 0.1 };
    const measured = { ...paused, complaints: [] };
    expect(missed([{ kind: 'pause', rate: 1_000, processes: 3, measured }])).toEqual([
      'pause at 1000/s, 3 processes: last POST after no figure, to be at most 500 ms',
    ]);
  });
});
