/**
 * Numbers that are passed on: each order in which that and what was said is told gives the same books, a word is of who had
 * the name at its time, and whoever said no last is neither asked nor listed as callable.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newNumber, useLedger } from './support.ts';

const bench = useLedger();
const T0 = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
const at = (second: number) => new Date(T0 + second * 1_000);

type Status = 'permanent' | 'temporary' | 'revoked' | 'declined';
type Names = readonly [number: string, userId?: string];

/** What one webhook tells; names are letters for numbers and `u1` for user ids. */
type Fact =
  | { readonly kind: 'word'; readonly second: number; readonly who: Names; readonly says: Status }
  | { readonly kind: 'change'; readonly second: number; readonly from: Names; readonly to: Names }
  | {
      readonly kind: 'stop' | 'resume' | 'written';
      readonly second: number;
      readonly who: Names;
    };

const word = (second: number, who: Names, says: Status): Fact => ({
  ...{ kind: 'word', second, who, says },
});
const change = (second: number, from: Names, to: Names): Fact => ({
  ...{ kind: 'change', second, from, to },
});

let lastCast = 0;
/** Real names for the letters of a story. */
function cast() {
  lastCast += 1;
  const real = new Map<string, string>();
  const turn = lastCast;
  return (letter: string) => {
    const made = /^[A-Z]$/.test(letter) ? newNumber().slice(1) : `US.9${turn}${letter.slice(1)}`;
    const known = real.get(letter) ?? made;
    real.set(letter, known);
    return known;
  };
}
type Cast = ReturnType<typeof cast>;

const given = (names: Names) => names.filter((one) => one !== undefined);

/** As applying a webhook does: names that stand together first. */
async function tell(senderId: string, of: Cast, fact: Fact) {
  const { replies, people } = bench.ledger;
  const time = at(fact.second);
  if (fact.kind === 'change') {
    await replies.changeNames([
      {
        ...{ key: `c.${given(fact.from).map(of).join()}.${fact.second}`, what: 'number', at: time },
        ...{ before: given(fact.from).map(of) },
        after: given(fact.to).map(of),
      },
    ]);
    return;
  }
  const [number, userId] = fact.who;
  const person = of(number);
  if (userId !== undefined && number !== userId)
    await replies.learnNames([{ a: of(userId), b: person, at: time }]);
  if (fact.kind === 'written')
    await people.suppress({ people: [{ to: person, at: time }], source: 'typed' });
  else if (fact.kind !== 'word')
    await replies.setPreferences([
      { person, category: 'marketing_messages', value: fact.kind, at: time },
    ]);
  else
    await replies.bookAnswers([
      {
        ...{ senderId, key: `w.${person}.${fact.second}`, person, status: fact.says, at: time },
        source: fact.says === 'revoked' ? 'person' : 'profile',
      },
    ]);
}

/** The books of all names and the opt-out list, in letters. */
async function booksOf(senderId: string, of: Cast, letters: readonly string[]) {
  const names = letters.map(of);
  const letterOf = (name: string) => letters[names.indexOf(name)];
  const rows = await bench.rows<{ name: string; to: string; state: string } & Sourced>(
    `select n.name, b.state, b.source, b.since, b.to_number as to
     from unnest($2::text[]) n(name) cross join book_of($1, n.name) b where b.booked_as is not null`,
    [senderId, names],
  );
  const book: Record<string, unknown> = {};
  for (const letter of letters)
    book[letter] = rows
      .filter(({ name }) => name === of(letter))
      .map((row) => [row.state, row.source, row.since, letterOf(row.to.slice(1))]);
  const listed = await bench.rows<{ person: string }>(
    'select person from suppressions where person = any($1)',
    [names],
  );
  return { book, listed: listed.map(({ person }) => letterOf(person)).toSorted() };
}

interface Sourced {
  readonly source: string | null;
  readonly since: Date | null;
}

const lettersOf = (facts: readonly Fact[]) =>
  [
    ...new Set(
      facts.flatMap((one) => (one.kind === 'change' ? [...one.from, ...one.to] : [...one.who])),
    ),
  ] as string[];

function orders(n: number): number[][] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((one) =>
    [...Array(n).keys()].map((i) => [...one.slice(0, i), n - 1, ...one.slice(i)]),
  );
}

/** Tells a story in all orders; the one book, and who was not asked of each of some numbers. */
async function inAllOrders(facts: readonly Fact[], most = 120) {
  const senderId = await bench.sender();
  const letters = lettersOf(facts);
  const books = new Map<string, string[]>();
  const casts: Cast[] = [];
  let one: Awaited<ReturnType<typeof booksOf>> | undefined;
  for (const order of orders(facts.length).slice(0, most)) {
    const of = cast();
    casts.push(of);
    for (const i of order) await tell(senderId, of, facts[i] as Fact);
    one = await booksOf(senderId, of, letters);
    const key = JSON.stringify(one);
    books.set(key, [...(books.get(key) ?? []), order.join('')]);
  }
  const told = [...books].map(([book, which]) => `${which.length} as ${which[0]}: ${book}`);
  return { senderId, casts, told, book: one?.book ?? {}, listed: one?.listed ?? [] };
}

/** Which of some letters are asked by any of the casts. */
async function asked(senderId: string, casts: readonly Cast[], letters: readonly string[]) {
  const numbers = new Map(casts.flatMap((of) => letters.map((one) => [`+${of(one)}`, one])));
  await bench.campaign(senderId, [...numbers.keys()]);
  const claimed = [];
  for (;;) {
    const some = await bench.claim(senderId);
    if (some.length === 0) break;
    claimed.push(...some);
  }
  const found = claimed.map(({ to }) => numbers.get(to) ?? `nobody's ${to}`);
  return [...new Set(found)].toSorted();
}

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
    const { told, book, senderId, casts } = await inAllOrders(facts);
    expect(told).toHaveLength(1);
    expect(book).toMatchObject(expected);
    const { B } = expected as { B: string[][] };
    expect(B[0]?.[0]).toBe('revoked');
    expect(await asked(senderId, casts, ['B'])).toEqual([]);
  });

  test('the same change told again a second later is no other person, nor of who has the number since', async () => {
    const { told, book } = await inAllOrders([
      ...[word(1, bare.a, 'revoked'), change(2, bare.b, bare.c)],
      ...[change(2, bare.a, bare.d), change(3, bare.b, bare.c)],
    ]);
    expect(told).toHaveLength(1);
    expect(book).toMatchObject({ B: [['revoked', 'person', at(1), 'B']], C: [] });
  });

  test.each(['stop', 'written'] as const)(
    'an opt-out (%s) goes along, and is listed under the same name in any order',
    async (kind) => {
      const { told, listed, senderId, casts } = await inAllOrders([
        { kind, second: 1, who: b },
        ...[change(2, b, c), change(3, a, d), word(4, d, 'declined')],
      ]);
      expect(told).toHaveLength(1);
      expect(listed).toEqual(['C']);
      expect(await asked(senderId, casts, ['C'])).toEqual([]);
    },
  );

  test.each(['first', 'last'])(
    'a permission for a sender that has no row yet ends too, told %s',
    async (told) => {
      const of = cast();
      const senderId = `9${Date.now()}`;
      const facts = [word(1, b, 'permanent'), change(2, b, c)];
      for (const fact of told === 'first' ? facts : facts.toReversed())
        await tell(senderId, of, fact);
      const { book } = await booksOf(senderId, of, ['C']);
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

/** Draws from small numbers a course of two or three people, over three numbers. */
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
      const from = names();
      one.number = free[Math.floor(draw / 8) % free.length] as string;
      ids += 1;
      one.id = `u${ids}`;
      facts.push(change(second, from, names()));
      if (one.said === 'permanent') one.said = undefined;
    } else {
      one.said = draw % 3 === 0 ? 'permanent' : 'revoked';
      facts.push(word(second, names(), one.said));
    }
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
        fc.array(fc.nat(64), { minLength: 3, maxLength: 4 }),
        fc.integer({ min: 2, max: 3 }),
        async (draws, people) => {
          const { facts, ends } = courseOf(draws, withIds, people);
          const { told, book, senderId, casts } = await inAllOrders(facts);
          expect(told).toHaveLength(1);
          for (const { number, last } of ends) {
            const rows = book[number] as string[][];
            if (last === 'revoked') expect(rows.map(([state]) => state)).toEqual(['revoked']);
            else if (last === 'permanent')
              expect(rows.map(([state]) => state)).toEqual(['permanent']);
            else expect(rows.map(([state]) => state)).not.toContain('permanent');
          }
          const noes = ends.filter(({ last }) => last === 'revoked').map(({ number }) => number);
          expect(await asked(senderId, casts, noes)).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
  });
});
