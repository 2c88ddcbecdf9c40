/**
 * Numbers that are passed on: each order in which that and what was said is told gives the same books, a word is of who had
 * the name at its time, and whoever said no last is neither asked nor listed as callable.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  asked,
  at,
  booksOf,
  cast,
  change,
  type Fact,
  inAllOrders,
  type Names,
  type Status,
  tell,
  word,
} from './name-stories.ts';
import { useLedger } from './support.ts';

const bench = useLedger();

const passedOn = (ids: boolean) => {
  const n = (number: string, id: string): Names => (ids ? [number, id] : [number]);
  return {
    a: n('A', 'u1'),
    b: n('B', 'u2'),
    c: n('C', 'u3'),
    d: n('B', 'u4'),
  };
};

describe('a number is passed on', () => {
  const { a, b, c, d } = passedOn(true);
  const bare = passedOn(false);
  test.each<[string, readonly Fact[], Record<string, unknown>]>([
    [
      'a no goes with who said it',
      [change(2, b, c), change(3, a, d), word(1, a, 'revoked')],
      { B: [['revoked', 'person', at(1), 'B']], C: [] },
    ],
    [
      'the yes of who had the number before ends',
      [word(1, b, 'permanent'), change(2, b, c), change(3, a, d), word(1, a, 'revoked')],
      { B: [['revoked', 'person', at(1), 'B']], C: [['none', 'number-change', at(2), 'C']] },
    ],
    [
      'a later yes is of who said it',
      [
        ...[word(1, b, 'permanent'), change(2, b, c), change(3, a, d)],
        ...[word(1, a, 'revoked'), word(5, c, 'permanent')],
      ],
      { B: [['revoked', 'person', at(1), 'B']], C: [['permanent', 'profile', at(5), 'C']] },
    ],
    [
      'a later yes without a former one',
      [word(1, a, 'revoked'), change(2, b, c), change(3, a, d), word(4, c, 'permanent')],
      { B: [['revoked', 'person', at(1), 'B']], C: [['permanent', 'profile', at(4), 'C']] },
    ],
    [
      'without user ids',
      [
        ...[change(2, bare.b, bare.c), word(4, bare.c, 'permanent')],
        ...[change(3, bare.a, bare.d), word(1, bare.a, 'revoked')],
      ],
      { B: [['revoked', 'person', at(1), 'B']], C: [['permanent', 'profile', at(4), 'C']] },
    ],
    [
      'without user ids, and a yes of before',
      [
        ...[word(1, bare.b, 'permanent'), change(2, bare.b, bare.c)],
        ...[change(3, bare.a, bare.d), word(1, bare.a, 'revoked')],
      ],
      { B: [['revoked', 'person', at(1), 'B']], C: [['none', 'number-change', at(2), 'C']] },
    ],
    [
      'two change places',
      [
        ...[word(1, a, 'revoked'), word(1, b, 'permanent'), change(2, a, d)],
        ...[change(3, b, ['A', 'u3']), word(5, ['A', 'u3'], 'permanent')],
      ],
      { B: [['revoked', 'person', at(1), 'B']], A: [['permanent', 'profile', at(5), 'A']] },
    ],
    [
      'a stranger has it then',
      [
        ...[word(1, b, 'permanent'), change(2, b, c), word(3, d, 'revoked')],
        ...[word(4, ['u3'], 'permanent'), { kind: 'stop', second: 5, who: d } as const],
      ],
      { B: [['revoked', 'person', at(3), 'B']], C: [['permanent', 'profile', at(4), 'C']] },
    ],
  ])('%s', async (_, facts, expected) => {
    const { told, book, senderId, casts } = await inAllOrders(bench, facts);
    expect(told).toHaveLength(1);
    expect(book).toMatchObject(expected);
    const { B } = expected as { B: string[][] };
    expect(B[0]?.[0]).toBe('revoked');
    expect(await asked(bench, senderId, casts, ['B'])).toEqual([]);
  });

  test('the same change told again a second later is no other person, nor of who has the number since', async () => {
    const { told, book } = await inAllOrders(bench, [
      ...[word(1, bare.a, 'revoked'), change(2, bare.b, bare.c)],
      ...[change(2, bare.a, bare.d), change(3, bare.b, bare.c)],
    ]);
    expect(told).toHaveLength(1);
    expect(book).toMatchObject({ B: [['revoked', 'person', at(1), 'B']], C: [] });
  });

  test.each(['stop', 'written'] as const)(
    'an opt-out (%s) goes along, and is listed under the same name in any order',
    async (kind) => {
      const { told, listed, senderId, casts } = await inAllOrders(bench, [
        { kind, second: 1, who: b },
        ...[change(2, b, c), change(3, a, d), word(4, d, 'declined')],
      ]);
      expect(told).toHaveLength(1);
      expect(listed).toEqual(['C']);
      expect(await asked(bench, senderId, casts, ['C'])).toEqual([]);
    },
  );

  test.each(['first', 'last'])(
    'a permission for a sender that has no row yet ends too, told %s',
    async (told) => {
      const of = cast();
      const senderId = `9${Date.now()}`;
      const facts = [word(1, b, 'permanent'), change(2, b, c)];
      for (const fact of told === 'first' ? facts : facts.toReversed())
        await tell(bench, senderId, of, fact);
      const { book } = await booksOf(bench, senderId, of, ['C']);
      expect(book).toMatchObject({ C: [['none', 'number-change', at(2), 'C']] });
      const checks = await bench.rows('select why from permission_checks where person = $1', [
        of('C'),
      ]);
      expect(checks).toEqual([{ why: 'another number' }]);
    },
  );
});

/** A true course of events: who has which number when, and what of it is told. */
interface Course {
  readonly facts: readonly Fact[];
  /** The number of each person at the end, and their last word. */
  readonly ends: readonly { readonly number: string; readonly last?: Status }[];
}

/**
 * Draws from small numbers a course of two or three people, over four numbers. With user ids a change may be told without the
 * old number, or not at all.
 */
function courseOf(draws: readonly number[], withIds: boolean, people: number): Course {
  let ids = people;
  const holders = [...'ABC'].slice(0, people).map((number, i) => ({
    ...{ number, id: `u${i + 1}`, said: undefined as Status | undefined, isKnown: false },
  }));
  const facts: Fact[] = [];
  draws.forEach((draw, step) => {
    const one = holders[draw % people];
    if (one === undefined) return;
    const names = (): Names => (withIds ? [one.number, one.id] : [one.number]);
    const free = [...'ABCD'].filter((letter) => holders.every(({ number }) => number !== letter));
    const second = step + 1;
    if (draw % 2 === 0 && free.length > 0) {
      const before = one.id;
      const from = names();
      const told = withIds
        ? (['whole', 'whole', 'no number', 'not'] as const)[(draw / 2) % 4]
        : 'whole';
      one.number = free[Math.floor(draw / 8) % free.length] as string;
      ids += 1;
      one.id = `u${ids}`;
      one.isKnown = told !== 'not';
      if (told === 'not') one.said = undefined;
      else facts.push(change(second, told === 'whole' ? from : [before], names()));
      if (one.said === 'permanent') one.said = undefined;
      return;
    }
    one.said = draw % 3 === 0 ? 'permanent' : 'revoked';
    facts.push(word(second, names(), one.said));
    one.isKnown = true;
  });
  return {
    facts,
    ends: holders.flatMap(({ number, said, isKnown }) =>
      isKnown ? [{ number, ...(said === undefined ? {} : { last: said }) }] : [],
    ),
  };
}

describe('any course of events', () => {
  test.each([
    ['with user ids', true],
    ['by numbers alone', false],
  ])('gives one book in all orders, and the right one: %s', async (_, withIds) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(64), { minLength: 3, maxLength: 5 }),
        fc.integer({ min: 2, max: 3 }),
        async (draws, people) => {
          const { facts, ends } = courseOf(draws, withIds, people);
          const { told, book, senderId, casts } = await inAllOrders(bench, facts, { most: 24 });
          expect(told).toHaveLength(1);
          for (const { number, last } of ends) {
            const rows = book[number] as string[][];
            if (last === 'revoked') expect(rows.map(([state]) => state)).toEqual(['revoked']);
            else if (last === 'permanent')
              expect(rows.map(([state]) => state)).toEqual(['permanent']);
            else expect(rows.map(([state]) => state)).not.toContain('permanent');
          }
          const noes = ends.filter(({ last }) => last === 'revoked').map(({ number }) => number);
          expect(await asked(bench, senderId, casts, noes)).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
  });
});
