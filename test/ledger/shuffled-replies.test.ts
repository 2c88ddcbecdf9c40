/** Invariant 9, and 6: whatever the order in which Meta tells, and however often, the books are the same. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer, CallFact, LinkedNames, NameChange } from '../../src/core/ports/index.ts';
import { accepted, newNumber, useLedger } from './support.ts';

const bench = useLedger();
const T0 = Date.UTC(2026, 10, 1, 12);
const at = (minute: number) => new Date(T0 + minute * 60_000);

type Fact =
  | { readonly kind: 'answer'; readonly fact: Omit<Answer, 'senderId'> }
  | { readonly kind: 'call'; readonly fact: Omit<CallFact, 'senderId'> }
  | { readonly kind: 'link'; readonly fact: LinkedNames }
  | { readonly kind: 'change'; readonly fact: NameChange }
  | {
      readonly kind: 'stop';
      readonly fact: {
        readonly person: string;
        readonly value: 'stop' | 'resume';
        readonly at: Date;
      };
    };

interface Story {
  readonly facts: readonly Fact[];
  readonly names: Readonly<Record<string, string>>;
}

async function tell(senderId: string, { kind, fact }: Fact) {
  const { replies } = bench.ledger;
  if (kind === 'answer') await replies.bookAnswers([{ ...fact, senderId }]);
  else if (kind === 'call') await replies.bookCalls([{ ...fact, senderId }]);
  else if (kind === 'link') await replies.learnNames([fact]);
  else if (kind === 'change') await replies.changeNames([fact]);
  else await replies.setPreferences([{ ...fact, category: 'marketing_messages' }]);
}

async function bookOf(name: string) {
  const found = [];
  for await (const { state, until, source } of bench.ledger.book.entries({ to: name }))
    found.push({ state, until, source });
  const suppressed = [];
  for await (const one of bench.ledger.people.suppressions({ to: name }))
    suppressed.push(one.source);
  const calls = (await bench.ledger.book.history(name)).filter(({ kind }) => kind === 'call');
  return { found, suppressed: suppressed.length > 0, calls };
}

let last = 0;
function names() {
  last += 1;
  return {
    one: newNumber().slice(1),
    two: newNumber().slice(1),
    id: `US.1${last}`,
    next: `US.2${last}`,
    parent: `US.ENT.3${last}`,
    stranger: `US.4${last}`,
  };
}

const word = (
  minute: number,
  person: string,
  more: Partial<Omit<Answer, 'senderId'>> = {},
): Fact => ({
  kind: 'answer',
  fact: {
    ...{ key: `wamid.${minute}.${person}`, person, at: at(minute) },
    ...({ status: 'temporary', source: 'profile', expiresAt: at(minute + 10_080) } as const),
    ...more,
  },
});
const link = (minute: number, a: string, b: string): Fact => ({
  kind: 'link',
  fact: { a, b, at: at(minute) },
});

/** What is told of one person and a stranger, who gets a number that the person left. */
function story(): Story {
  const n = names();
  return {
    names: n,
    facts: [
      link(1, n.id, n.one),
      link(1, n.parent, n.one),
      word(2, n.one),
      word(3, n.id, { status: 'declined', source: 'answer' }),
      word(4, n.parent, { status: 'permanent' }),
      {
        kind: 'change',
        fact: {
          ...{ key: `wamid.change.${n.id}`, what: 'number', at: at(10) },
          ...{ before: [n.one, n.id], after: [n.two, n.next] },
        },
      },
      link(12, n.next, n.two),
      // Asked after the change, Meta knew of nothing; then they said yes.
      word(15, n.next, { key: `query ${n.next}`, status: 'none', source: 'query' }),
      word(11, n.next, { status: 'permanent' }),
      word(20, n.next, { status: 'temporary', expiresAt: at(50_000) }),
      // The number that was left is a stranger's by now.
      link(30, n.stranger, n.one),
      word(31, n.stranger, { status: 'revoked', source: 'person' }),
      { kind: 'stop', fact: { person: n.next, value: 'stop', at: at(21) } },
      { kind: 'stop', fact: { person: n.two, value: 'resume', at: at(22) } },
    ],
  };
}

/** The same of one whose user id alone changes. */
function otherUserId(): Story {
  const { one, id, next, parent } = names();
  const call = (minute: number, person: string, more: Partial<CallFact>): Fact => ({
    kind: 'call',
    fact: {
      ...{ id: `wacid.${one}`, person, at: at(minute) },
      ...{ byBusiness: true, isConnected: false, isOver: false, ...more },
    },
  });
  return {
    names: { one, id, next, parent },
    facts: [
      link(1, id, one),
      link(1, parent, id),
      word(2, id, { status: 'declined', source: 'answer' }),
      word(3, one),
      call(4, id, {}),
      call(6, one, { isConnected: true, isOver: true, durationS: 7 }),
      {
        kind: 'change',
        fact: {
          ...{ key: `wamid.change.${id}`, what: 'user-id', at: at(10) },
          ...{ before: [id], after: [one, next] },
        },
      },
      link(10, next, one),
      word(12, parent, { status: 'permanent' }),
      word(15, next, { status: 'revoked', source: 'person' }),
      { kind: 'stop', fact: { person: next, value: 'stop', at: at(21) } },
      { kind: 'stop', fact: { person: id, value: 'resume', at: at(9) } },
    ],
  };
}

/**
 * Of one who has another number, told without a former user id; what is told of the new user id at the new number comes before
 * it, in its second, or after it, by Meta's times.
 */
function moved(more: (names: { next: string; parent: string; two: string }) => readonly Fact[]) {
  return (): Story => {
    const { one, two, id, next, parent } = names();
    return {
      names: { one, two, id, next },
      facts: [
        link(1, id, one),
        {
          kind: 'change',
          fact: {
            ...{ key: `wamid.change.${one}`, what: 'number', at: at(4) },
            ...{ before: [one], after: [two, next, parent] },
          },
        },
        ...more({ two, next, parent }),
      ],
    };
  };
}

const stop = (minute: number, person: string): Fact => ({
  ...{ kind: 'stop', fact: { person, value: 'stop', at: at(minute) } },
});

/** Every order of so many. */
function orders(n: number): number[][] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((one) =>
    [...Array(n).keys()].map((i) => [...one.slice(0, i), n - 1, ...one.slice(i)]),
  );
}

/** The books of all names, told without the names. */
async function told({ facts, names: n }: Story, order: readonly number[], doubled: boolean) {
  const senderId = await bench.sender();
  await bench.rows('delete from senders where id <> $1', [senderId]).catch(() => []);
  for (const i of order) {
    await tell(senderId, facts[i] as Fact);
    if (doubled) await tell(senderId, facts[i] as Fact);
  }
  const books: Record<string, unknown> = {};
  for (const [role, name] of Object.entries(n)) {
    const { found, suppressed, calls } = await bookOf(name);
    books[role] = {
      found: found.filter((one) => one.source !== null || one.state !== 'none'),
      suppressed,
      calls: calls.map(({ at: time, what }) => ({ at: time, what })),
    };
  }
  return books;
}

describe('invariant 9', () => {
  test('any order of learning gives the same books', async () => {
    const straight = await told(story(), [...story().facts.keys()], false);
    expect(straight).toMatchObject({
      two: { found: [{ state: 'temporary', until: at(50_000) }], suppressed: false },
      next: { found: [{ state: 'temporary' }] },
      id: { found: [{ state: 'temporary' }] },
      stranger: { found: [{ state: 'revoked', source: 'person' }] },
      one: { found: [{ state: 'revoked' }] },
    });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...story().facts.keys()], { minLength: story().facts.length }),
        fc.boolean(),
        async (order, doubled) => {
          expect(await told(story(), order, doubled)).toEqual(straight);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('any order gives the same books where the user id alone changes', async () => {
    const all = [...otherUserId().facts.keys()];
    const straight = await told(otherUserId(), all, false);
    const person = { found: [{ state: 'revoked' }], suppressed: true, calls: [{ at: at(6) }] };
    expect(straight).toMatchObject({ one: person, id: person, next: person, parent: person });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.boolean(),
        async (order, doubled) => {
          expect(await told(otherUserId(), order, doubled)).toEqual(straight);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each<[string, Parameters<typeof moved>[0]]>([
    [
      'seen there before the change',
      ({ next, two }) => [
        ...[link(3, next, two), stop(6, next)],
        word(7, next, { status: 'permanent' }),
      ],
    ],
    [
      'seen there long before it, as the parent too',
      ({ next, two, parent }) => [...[link(-60, next, two), link(3, parent, two)], stop(6, next)],
    ],
    ['seen there in its second', ({ next, two }) => [link(4, next, two), stop(6, next)]],
    ['seen there afterwards', ({ next, two }) => [link(5, next, two), stop(6, next)]],
    ['whose stop comes before it', ({ next, two }) => [link(3, next, two), stop(3, next)]],
    [
      'whose no comes before it',
      ({ next, two }) => [
        ...[link(3, next, two), word(3, next, { status: 'declined', source: 'answer' })],
        stop(6, next),
      ],
    ],
  ])(
    'who has another number, with no former user id told, is one person in every order: %s',
    async (_, more) => {
      const all = moved(more)().facts;
      const straight = await told(moved(more)(), [...all.keys()], false);
      for (const name of ['one', 'two', 'id', 'next'])
        expect(straight).toMatchObject({
          [name]: { ...(straight.two as object), suppressed: true },
        });
      for (const [i, order] of orders(all.length).entries())
        expect(await told(moved(more)(), order, i % 2 === 0)).toEqual(straight);
    },
  );

  test('a permission does not survive another number, a decline does', async () => {
    const senderId = await bench.sender();
    for (const status of ['permanent', 'declined'] as const) {
      const { one, two } = names();
      await bench.ledger.replies.bookAnswers([
        { senderId, key: `w.${one}`, person: one, status, source: 'answer', at: at(1) },
      ]);
      await bench.ledger.replies.changeNames([
        { key: `c.${one}`, what: 'number', before: [one], after: [two], at: at(5) },
      ]);
      const { found } = await bookOf(two);
      expect(found).toMatchObject([{ state: status === 'permanent' ? 'none' : 'declined' }]);
    }
  });

  test.each(['word', 'change'] as const)(
    'an opt-out that was typed is of who had the number then, also where the %s is told first',
    async (first) => {
      const { one, two, stranger } = names();
      const write = () =>
        bench.ledger.people.suppress({ people: [{ to: one, at: at(2) }], source: 'typed' });
      if (first === 'word') await write();
      await bench.ledger.replies.changeNames([
        { key: `c.${one}`, what: 'number', before: [one], after: [two], at: at(5) },
      ]);
      await bench.ledger.replies.learnNames([{ a: stranger, b: one, at: at(8) }]);
      if (first === 'change') await write();
      expect((await bookOf(two)).suppressed).toBe(true);
    },
  );

  test.each([
    ['first', [1, 8]],
    ['last', [8, 1]],
  ])(
    'who had a number before it was left goes along, also where that is told %s',
    async (_, told) => {
      const { one, two, id } = names();
      const senderId = await bench.sender();
      for (const minute of told)
        await bench.ledger.replies.learnNames([{ a: id, b: one, at: at(minute) }]);
      await bench.ledger.replies.changeNames([
        { key: `c.${one}`, what: 'number', before: [one], after: [two], at: at(5) },
      ]);
      await bench.ledger.replies.bookAnswers([
        { senderId, key: `w.${id}`, person: id, status: 'declined', source: 'answer', at: at(2) },
      ]);
      expect((await bookOf(two)).found).toMatchObject([{ state: 'declined' }]);
    },
  );

  test('that Meta knows of no permission takes back a yes, and no no, whichever is told first', async () => {
    const senderId = await bench.sender();
    for (const status of ['permanent', 'declined'] as const) {
      for (const first of ['word', 'query'] as const) {
        const { one } = names();
        const word = { key: `w.${one}`, status, source: 'answer', at: at(1) } as const;
        const query = { key: `query ${one}`, status: 'none', source: 'query', at: at(5) } as const;
        const told = first === 'word' ? [word, query] : [query, word];
        for (const fact of told)
          await bench.ledger.replies.bookAnswers([{ ...fact, senderId, person: one }]);
        const { found } = await bookOf(one);
        expect(found).toMatchObject([{ state: status === 'permanent' ? 'none' : 'declined' }]);
      }
    }
  });

  test('of what Meta says when it is asked the last answer stands, once in the history, and asks for no other', async () => {
    const { one } = names();
    const senderId = await bench.sender();
    for (const minute of [1, 5, 9])
      await bench.ledger.replies.bookAnswers([
        {
          ...{ senderId, key: `query ${one}`, person: one, at: at(minute) },
          ...({ status: 'temporary', source: 'query' } as const),
        },
      ]);
    const words = (await bench.ledger.book.history(one)).filter(({ kind }) => kind === 'word');
    expect(words.map((word) => word.at)).toEqual([at(9)]);
    const checks = await bench.rows('select from permission_checks where person = $1', [one]);
    expect(checks).toHaveLength(0);
  });

  test('what two processes learn of the same names at the same moment, both know', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const { one, id, parent } = names();
      await Promise.all([
        bench.ledger.replies.learnNames([
          { a: id, b: one, at: at(1) },
          { a: parent, b: one, at: at(1) },
        ]),
        bench.ledger.replies.learnNames([{ a: parent, b: id, at: at(1) }]),
      ]);
      const [found] = await bench.rows<{ names: string[] }>('select names_of($1) as names', [one]);
      expect(found?.names).toEqual([one, id, parent].toSorted());
    }
  });

  test('whoever was asked by number is not asked again by user id', async () => {
    const number = newNumber();
    const senderId = await bench.sender();
    await bench.campaign(senderId, [number]);
    const [claim] = await bench.claim(senderId);
    if (claim === undefined) throw new Error('nobody was claimed');
    await bench.ledger.sending.record([accepted(claim)]);
    await bench.ledger.replies.learnNames([{ a: 'US.777', b: number.slice(1), at: at(1) }]);
    await bench.campaign(senderId, ['+US.777']);
    expect(await bench.claim(senderId)).toEqual([]);
  });
});
