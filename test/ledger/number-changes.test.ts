/**
 * A change of number tells who has the new one: each user id that it gives is theirs, whenever that was first seen there. Each
 * story is told in all orders and gives the same books.
 */
import { describe, expect, test } from '@jest/globals';
import {
  type Ask,
  asked,
  at,
  change,
  type Fact,
  fact,
  inAllOrders,
  newId,
  word,
} from './name-stories.ts';
import { useLedger } from './support.ts';

const bench = useLedger();

interface Expected {
  readonly asks?: readonly Ask[];
  readonly facts: readonly Fact[];
  readonly book?: Record<string, unknown>;
  readonly limited?: readonly string[];
  readonly listed?: readonly string[];
  /** Of these who is asked afterwards. */
  readonly among?: readonly string[];
  readonly asked?: readonly string[];
}

async function check({ asks = [], facts, among, asked: who, ...expected }: Expected) {
  const { told, senderId, casts, ...found } = await inAllOrders(bench, facts, { asks, most: 720 });
  expect(told).toHaveLength(1);
  expect(found).toMatchObject(expected);
  if (among !== undefined) expect(await asked(bench, senderId, casts, among)).toEqual(who);
}

/** Asked at A as u1, who has B and is u2 from second 4 on: no former user id is told. */
const moved = [fact('seen', 1, ['A', 'u1']), change(4, ['A'], ['B', 'u2'])];
const asks: readonly Ask[] = [[0, 'A']];
const isOneBarred = {
  ...{ asks, limited: ['A', 'B', 'u1', 'u2'], listed: ['B'] },
  ...{ among: ['A', 'B'], asked: ['A'] },
};

describe('a change without a former user id: who opts out at the new number is not asked there', () => {
  test.each<[string, readonly Fact[]]>([
    ['seen there before', [fact('seen', 3, ['B', 'u2']), fact('stop', 6, ['B', 'u2'])]],
    ['seen in the same second', [fact('seen', 4, ['B', 'u2']), fact('stop', 6, ['B', 'u2'])]],
    ['seen afterwards', [fact('seen', 5, ['B', 'u2']), fact('stop', 6, ['B', 'u2'])]],
    ['by the stop alone, a second before', [fact('stop', 3, ['B', 'u2'])]],
    ['by what they wrote, a second before', [fact('written', 3, ['B', 'u2'])]],
    ['and said no before', [word(3, ['B', 'u2'], 'declined'), fact('stop', 6, ['B', 'u2'])]],
    [
      'and said yes afterwards',
      [
        ...[fact('seen', 3, ['B', 'u2']), fact('stop', 6, ['B', 'u2'])],
        word(7, ['B', 'u2'], 'permanent'),
      ],
    ],
    ['and stopped at the old number', [fact('stop', 2, ['A', 'u1']), fact('seen', 3, ['B', 'u2'])]],
  ])('%s', async (_, more) => check({ ...isOneBarred, facts: [...moved, ...more] }));
});
