/**
 * A change of number tells who has the new one: each user id that it gives is theirs, whenever that was first seen there. Each
 * story is told in all orders and gives the same books.
 */
import { describe, expect, test } from '@jest/globals';
import type { StatusEvent } from '../../src/core/ports/index.ts';
import {
  type Ask,
  at,
  change,
  checkStory,
  type Expected,
  type Fact,
  fact,
  newId,
  word,
} from './name-stories.ts';
import { accepted, newNumber, only, useLedger } from './support.ts';

const bench = useLedger();

const check = (story: Expected) => checkStory(bench, story);

/** Asked at A as u1, who has B and is u2 from second 4 on: no former user id is told. */
const moved = [fact('seen', 1, ['A', 'u1']), change(4, ['A'], ['B', 'u2'])];
const asks: readonly Ask[] = [[0, 'A']];
// Nobody has been heard of at A since: what its last owner said still holds there.
const isOneBarred = {
  ...{ asks, limited: ['A', 'B', 'u1', 'u2'], listed: ['B'] },
  ...{ among: ['A', 'B'], asked: [] },
};

describe('a change without a former user id: who opts out at the new number is not asked', () => {
  test.each<[string, readonly Fact[]]>([
    ['seen there before', [fact('seen', 3, ['B', 'u2']), fact('stop', 6, ['B', 'u2'])]],
    ['seen in the same second', [fact('seen', 4, ['B', 'u2']), fact('stop', 6, ['B', 'u2'])]],
    ['seen afterwards', [fact('seen', 5, ['B', 'u2']), fact('stop', 6, ['B', 'u2'])]],
    ['by the stop alone, a second before', [fact('stop', 3, ['B', 'u2'])]],
    ['by what they wrote, a second before', [fact('written', 3, ['B', 'u2'])]],
    ['who said no before', [word(3, ['B', 'u2'], 'declined'), fact('stop', 6, ['B', 'u2'])]],
    ['who stopped at the old number', [fact('stop', 2, ['A', 'u1']), fact('seen', 3, ['B', 'u2'])]],
  ])('%s', async (_, more) => check({ ...isOneBarred, facts: [...moved, ...more] }));
});

describe('whom a change names was there before it', () => {
  const seen = fact('seen', 3, ['B', 'u2']);
  test.each<[string, Expected]>([
    [
      'a yes and a no of the new user id are theirs',
      {
        facts: [...moved, seen, word(6, ['B', 'u2'], 'permanent'), word(7, ['B', 'u2'], 'revoked')],
        book: { B: [['revoked', 'person', at(7), 'B']], u1: [['revoked', 'person', at(7), 'B']] },
      },
    ],
    [
      'who is seen there later is another person',
      {
        facts: [...moved, seen, fact('seen', 6, ['B', 'u9']), fact('stop', 7, ['B', 'u9'])],
        listed: ['B'],
        book: { u1: [], u2: [] },
        ...{ among: ['B'], asked: [] },
      },
    ],
    [
      'also where the former user id was told',
      {
        facts: [
          ...[fact('seen', 1, ['A', 'u1']), change(4, ['A', 'u1'], ['B', 'u2']), seen],
          ...[word(6, ['B', 'u9'], 'permanent'), fact('stop', 7, ['u2'])],
        ],
        book: { B: [['permanent', 'profile', at(6), 'B']], u1: [], u2: [] },
        listed: ['u2'],
      },
    ],
    [
      'who had it before them is another person too',
      {
        facts: [...moved, seen, fact('stop', 0, ['B', 'u7'])],
        ...{ listed: ['u7'], among: ['B'], asked: ['B'] },
      },
    ],
    [
      'and they move on',
      {
        facts: [...[...moved, seen, change(8, ['B'], ['C', 'u3'])], fact('stop', 7, ['C', 'u3'])],
        ...{ listed: ['C'], among: ['A', 'B', 'C'], asked: [] },
      },
    ],
    [
      'and they come back to their first number',
      {
        facts: [...[...moved, seen, change(8, ['B'], ['A', 'u3'])], fact('stop', 7, ['A', 'u3'])],
        ...{ listed: ['A'], among: ['A', 'B'], asked: [] },
      },
    ],
    [
      'and are who they were there',
      {
        facts: [...moved, seen, change(8, ['B'], ['A', 'u1']), fact('stop', 9, ['A', 'u1'])],
        ...{ listed: ['A'], among: ['A', 'B'], asked: [] },
      },
    ],
    [
      'the same change told again, first without a user id, is no other one',
      {
        facts: [
          ...[fact('seen', 1, ['A', 'u1']), change(4, ['A'], ['B']), change(5, ['A'], ['B', 'u2'])],
          ...[seen, fact('stop', 6, ['B', 'u2'])],
        ],
        ...{ listed: ['B'], among: ['A', 'B'], asked: [] },
      },
    ],
    [
      'told again after they have left, it is not of who came next',
      {
        facts: [
          ...[...moved, change(6, ['A'], ['B', 'u2']), change(5, ['B', 'u2'], ['C', 'u3'])],
          fact('stop', 7, ['B', 'u9']),
        ],
        ...{ listed: ['B'], among: ['B', 'C'], asked: ['C'] },
      },
    ],
    [
      'nor does it take the number from who was seen there in between',
      {
        facts: [
          ...[...moved, change(6, ['A'], ['B', 'u2']), fact('seen', 5, ['B', 'u9'])],
          fact('stop', 7, ['u2']),
        ],
        ...{ listed: ['u2'], among: ['B'], asked: ['B'] },
      },
    ],
    [
      'a user id alone changes, and was seen before that',
      {
        facts: [
          ...[fact('seen', 1, ['A', 'u1']), newId(4, ['A'], ['u2']), fact('seen', 3, ['A', 'u2'])],
          fact('stop', 6, ['A', 'u2']),
        ],
        ...{ listed: ['A'], among: ['A'], asked: [] },
      },
    ],
  ])('%s', async (_, story) => check(story));
});

describe('of what somebody was asked, a message that failed hides none', () => {
  test.each([
    ['the number that they have', 'the number that they had'],
    ['the number that they had', 'the number that they have'],
  ])('asked first at %s, then at %s', async (first) => {
    for (let turn = 0; turn < 6; turn += 1) {
      const senderId = await bench.sender();
      const numbers = { had: newNumber(), has: newNumber() };
      const order = first.endsWith('had') ? (['had', 'has'] as const) : (['has', 'had'] as const);
      const claims = new Map<string, { request: string; fence: number }>();
      for (const [second, which] of order.entries()) {
        await bench.campaign(senderId, [numbers[which]]);
        const claim = only(await bench.claim(senderId));
        await bench.ledger.sending.record([accepted(claim)]);
        await bench.rows('update requests set accepted_at = accepted_at + $2 where id = $1', [
          ...[claim.request, `${second} seconds`],
        ]);
        claims.set(which, claim);
      }
      const now = Date.now();
      const status = (which: 'had' | 'has', what: 'delivered' | 'failed') => async () => {
        const claim = claims.get(which) as { request: string; fence: number };
        const told: StatusEvent = {
          ...{ senderId, ...claim, wamid: `wamid.${claim.request}.${claim.fence}` },
          ...{ status: what, at: new Date(now), waId: numbers[which].slice(1) },
          ...(what === 'failed'
            ? { error: { code: 131026, message: 'undeliverable' } }
            : { userId: `US.62${turn}${senderId}` }),
        };
        await bench.ledger.evidence.applyStatuses([told]);
      };
      const moves = () =>
        bench.ledger.replies.changeNames([
          {
            ...{ key: `c.${numbers.had}`, what: 'number', at: new Date(now - 86_400_000) },
            ...{ before: [numbers.had.slice(1), `US.61${turn}${senderId}`] },
            ...{ after: [numbers.has.slice(1), `US.62${turn}${senderId}`], senderId },
          },
        ]);
      const tells = [status('has', 'delivered'), status('had', 'failed'), moves];
      for (const i of [0, 1, 2].map((k) => (turn < 3 ? k + turn : 5 - k + turn) % 3))
        await tells[i]?.();
      const book = await bench.rows('select state, request, to_number from book_of($1, $2)', [
        ...[senderId, numbers.has.slice(1)],
      ]);
      expect(book).toEqual([
        { state: 'requested', request: claims.get('has')?.request, to_number: numbers.has },
      ]);
    }
  });
});
