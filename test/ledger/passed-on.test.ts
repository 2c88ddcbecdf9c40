/**
 * What of a number stays with who had it: their allowance, their words, the requests they were sent. Each story is told in all
 * orders and gives the same books.
 */
import { describe, expect, test } from '@jest/globals';
import { statement } from '../../src/ledger/sql.ts';
import {
  at,
  change,
  checkStory,
  type Expected,
  type Fact,
  fact,
  newId,
  word,
} from './name-stories.ts';
import { accepted, newNumber, only, rejected, uncertain, useLedger } from './support.ts';

const bench = useLedger();

const check = (story: Expected, most?: number) => checkStory(bench, story, most);

describe('an allowance is of a person', () => {
  test.each<[string, Expected]>([
    [
      'who left the number is not asked twice, and who has it now is asked',
      {
        asks: [[1, 'A']],
        facts: [change(2, ['A', 'u1'], ['B', 'u2']), fact('seen', 3, ['A', 'u3'])],
        limited: ['B', 'u1', 'u2'],
        ...{ among: ['A', 'B'], asked: ['A'] },
      },
    ],
    [
      'by a user id that is seen on the number later, of which nobody told',
      {
        asks: [[2, 'A']],
        facts: [fact('seen', 1, ['A', 'u1']), fact('seen', 3, ['A', 'u2'])],
        limited: ['u1'],
        ...{ among: ['A'], asked: ['A'] },
      },
    ],
    [
      'a connected call of who has the number now sets nothing back of who had it',
      {
        asks: [[1, 'A']],
        facts: [change(2, ['A', 'u1'], ['B', 'u2']), fact('call', 4, ['A', 'u3'])],
        limited: ['B', 'u1', 'u2'],
        ...{ among: ['A', 'B'], asked: ['A'] },
      },
    ],
    [
      'a call of who had it sets back what they were asked, and not what was asked since',
      {
        asks: [
          [1, 'A'],
          [5, 'A'],
        ],
        facts: [
          ...[fact('call', 2, ['A', 'u1']), change(3, ['A', 'u1'], ['B', 'u2'])],
          fact('seen', 4, ['A', 'u3']),
        ],
        limited: ['A', 'u3'],
        ...{ among: ['A', 'B'], asked: ['B'] },
      },
    ],
    [
      'two change places',
      {
        asks: [
          [1, 'A'],
          [2, 'B'],
        ],
        facts: [
          ...[change(3, ['A', 'u1'], ['B', 'u3']), change(4, ['B', 'u2'], ['A', 'u4'])],
          fact('call', 5, ['A', 'u4']),
        ],
        limited: ['B', 'u1', 'u3'],
        ...{ among: ['A', 'B'], asked: ['A'] },
      },
    ],
  ])('%s', async (_, story) => check(story));
});

test('what was asked of who had the number is no count of who has it, nor says which sender asked them', async () => {
  const [senderId, other] = [await bench.sender(), await bench.sender()];
  const [left, came] = [newNumber(), newNumber()];
  const claim = async () => {
    await bench.campaign(senderId, [left]);
    return only(await bench.claim(senderId));
  };
  await bench.ledger.sending.record([accepted(await claim())]);
  const now = Date.now();
  const time = (minute: number) => new Date(now + minute * 60_000);
  const { replies, evidence } = bench.ledger;
  await replies.changeNames([
    {
      ...{ key: `c.${left}`, what: 'number', at: time(20) },
      ...{ before: [left.slice(1), 'US.601'], after: [came.slice(1), 'US.602'] },
    },
  ]);
  await replies.learnNames([{ a: 'US.603', b: left.slice(1), at: time(30) }]);
  const before = await bench.rows<{ number: string; sender_id: string }>(
    statement('asked_before').text,
    [
      [senderId, other],
      [left, came],
    ],
  );
  expect(before).toEqual([{ number: came, sender_id: senderId }]);
  await bench.advance(3_600_000);
  await bench.ledger.sending.record([uncertain(await claim())]);
  const check = await evidence.takeCheck({ senderId, putOffMs: 60_000, paceMs: 0 });
  expect(check).toMatchObject({ to: left, knownDay: 0, knownWeek: 0 });
  await bench.advance(-3_600_000);
});

test('an allowance that is given back goes back to who was asked, whoever has the number since', async () => {
  const senderId = await bench.sender();
  const [left, came] = [newNumber(), newNumber()];
  await bench.campaign(senderId, [left]);
  const claim = only(await bench.claim(senderId));
  const at_ = new Date(Date.now() + 60_000);
  await bench.ledger.replies.changeNames([
    {
      ...{ key: `c.${left}`, what: 'number', at: at_ },
      ...{ before: [left.slice(1), 'US.611'], after: [came.slice(1), 'US.612'] },
    },
  ]);
  expect(await bench.asked(senderId, came)).toBe(1);
  await bench.ledger.sending.record([rejected(claim)]);
  expect([await bench.asked(senderId, came), await bench.asked(senderId, left)]).toEqual([0, 0]);
});

describe('where a word has number and user id, the user id says whose it is', () => {
  const passedOn = [
    ...[fact('seen', 1, ['A', 'u1']), change(2, ['A', 'u1'], ['B', 'u2'])],
    fact('seen', 3, ['A', 'u3']),
  ];
  test.each<[string, Expected]>([
    [
      'a late yes of who had the number makes nobody else callable',
      {
        facts: [...passedOn, word(5, ['A', 'u1'], 'permanent')],
        book: { A: [], B: [['permanent', 'profile', at(5), 'B']] },
      },
    ],
    [
      'a late stop bars them, and not who has it now',
      {
        facts: [...passedOn, fact('stop', 5, ['A', 'u1'])],
        ...{ listed: ['B'], among: ['A', 'B'], asked: ['A'] },
      },
    ],
    [
      'nor does one that was written',
      {
        facts: [...passedOn, fact('written', 5, ['A', 'u1'])],
        ...{ listed: ['B'], among: ['A', 'B'], asked: ['A'] },
      },
    ],
    [
      'a no of who has it now bars them, and not who had it',
      {
        facts: [...passedOn, word(5, ['A', 'u3'], 'revoked')],
        book: { A: [['revoked', 'person', at(5), 'A']], B: [] },
        ...{ among: ['A', 'B'], asked: ['B'] },
      },
    ],
    [
      'also where nobody told of a change',
      {
        facts: [
          ...[fact('seen', 1, ['A', 'u1']), fact('seen', 3, ['A', 'u3'])],
          ...[word(5, ['A', 'u1'], 'permanent'), word(6, ['A', 'u3'], 'revoked')],
        ],
        book: {
          A: [['revoked', 'person', at(6), 'A']],
          u1: [['permanent', 'profile', at(5), 'u1']],
        },
      },
    ],
  ])('%s', async (_, story) => check(story));
});

describe('a change that is told without the old number', () => {
  test.each<[string, Expected]>([
    [
      'ends the number that the old user id had',
      {
        asks: [[1, 'A']],
        facts: [
          ...[fact('seen', 1, ['A', 'u1']), change(3, ['u1'], ['B', 'u2'])],
          ...[word(2, ['A'], 'revoked'), word(4, ['A'], 'permanent')],
        ],
        book: {
          A: [['permanent', 'profile', at(4), 'A']],
          B: [['revoked', 'person', at(2), 'B']],
        },
        answers: [[1, 'A', 'declined']],
        limited: ['B', 'u1', 'u2'],
      },
    ],
    [
      'also where the user id had changed before, and the new number is withheld',
      {
        facts: [
          ...[fact('seen', 1, ['A', 'u1']), newId(2, ['A', 'u1'], ['A', 'u2'])],
          ...[change(3, ['u2'], ['u3']), word(4, ['A'], 'permanent')],
        ],
        book: { A: [['permanent', 'profile', at(4), 'A']], u3: [], u1: [] },
      },
    ],
  ])('%s', async (_, story) => check(story));
});

describe('two user ids on one number', () => {
  test('are two people where no change was told: the later one has the number, and each their words', async () => {
    await check({
      facts: [
        ...[fact('seen', 1, ['A', 'u1']), fact('seen', 5, ['A', 'u2'])],
        ...[word(2, ['A'], 'revoked'), word(6, ['A'], 'permanent'), fact('stop', 3, ['u1'])],
      ],
      book: {
        A: [['permanent', 'profile', at(6), 'A']],
        u2: [['permanent', 'profile', at(6), 'A']],
        u1: [['revoked', 'person', at(2), 'u1']],
      },
      listed: ['u1'],
    });
  });

  test('a permission of who had the number is none any more: they have another number', async () => {
    await check({
      facts: [
        ...[fact('seen', 1, ['A', 'u1']), fact('seen', 5, ['A', 'u2'])],
        word(2, ['A', 'u1'], 'permanent'),
      ],
      book: { A: [], u2: [], u1: [['none', 'number-change', at(5), 'u1']] },
    });
  });

  test.each<[string, Fact]>([
    ['with both told', newId(5, ['A', 'u1'], ['A', 'u2'])],
    ['with the new one alone told', newId(5, ['A'], ['u2'])],
    ['with the number withheld', newId(5, ['u1'], ['u2'])],
  ])('are one person where the user id changed, %s', async (_, changed) => {
    await check({
      asks: [[2, 'A']],
      facts: [
        ...[fact('seen', 1, ['A', 'u1']), changed, fact('seen', 4, ['A', 'u2'])],
        word(3, ['A', 'u1'], 'revoked'),
      ],
      book: {
        A: [['revoked', 'person', at(3), 'A']],
        u2: [['revoked', 'person', at(3), 'A']],
        u1: [['revoked', 'person', at(3), 'A']],
      },
      limited: ['A', 'u1', 'u2'],
      answers: [[2, 'A', 'declined']],
    });
  });

  test('are one person where the senders that saw them are of two portfolios', async () => {
    const [one, two] = [await bench.sender(), await bench.sender()];
    const { senders, replies } = bench.ledger;
    await senders.budget({ senderId: one, portfolio: 'p1', limit: null });
    await senders.budget({ senderId: two, portfolio: 'p2', limit: null });
    for (const first of [0, 1]) {
      const number = `165020000${first}1`;
      const seen = [
        { a: `US.70${first}1`, b: number, at: at(1), senderId: one },
        { a: `US.70${first}2`, b: number, at: at(2), senderId: two },
        { a: `US.70${first}3`, b: number, at: at(3), senderId: two },
      ];
      for (const link of first === 0 ? seen : seen.toReversed()) await replies.learnNames([link]);
      const persons = await bench.rows<{ person: string }>(
        'select person_of(n) as person from unnest($1::text[]) n',
        [seen.map(({ a }) => a)],
      );
      const names = persons.map(({ person }) => person);
      expect(names[2]).toBe(number);
      expect(names[0]).toBe(names[1]);
      expect(names[1]).not.toBe(number);
    }
    await bench.rows('update senders set portfolio = null where id = any($1)', [[one, two]]);
  });

  test.each([
    ['are one person where nobody said that the senders that saw them are of one business', false],
    ['are two people where both senders are of one account', true],
  ])('%s', async (_, isOne) => {
    const [one, two] = [await bench.sender(), await bench.sender()];
    const { ledger } = bench;
    if (isOne)
      for (const senderId of [one, two])
        await ledger.senders.ensure({ senderId, businessAccountId: one, messagesPerSecond: 9 });
    const number = isOne ? '16502000301' : '16502000302';
    const users = [1, 2].map((i) => `US.80${i}${number}`);
    const [u1 = '', u2 = ''] = users;
    await ledger.replies.learnNames([{ a: u1, b: number, at: at(1), senderId: one }]);
    await ledger.replies.setPreferences([
      { person: u1, category: 'marketing_messages', value: 'stop', at: at(2) },
    ]);
    await ledger.replies.learnNames([{ a: u2, b: number, at: at(3), senderId: two }]);
    const [barred] = await bench.rows(
      'select $2 = any(names_of($1)) as same, exists (select from suppressions s where s.person = any(names_of($1))) as barred',
      [number, u1],
    );
    expect(barred).toEqual({ same: !isOne, barred: !isOne });
  });
});

describe('the answer of a request', () => {
  test('is of who was asked: a no by the number alone after they left it is of who has it then', async () => {
    await check({
      asks: [
        [1, 'A'],
        [4, 'A'],
      ],
      facts: [
        ...[change(3, ['A', 'u1'], ['B', 'u2']), word(5, ['A'], 'revoked')],
        word(2, ['A'], 'permanent'),
      ],
      answers: [
        [1, 'A', 'permanent'],
        [4, 'A', 'declined'],
      ],
      book: { A: [['revoked', 'person', at(5), 'A']], B: [['none', 'number-change', at(3), 'B']] },
    });
  });

  test('is taken back where the word turns out to be of who has the number since', async () => {
    await check({
      asks: [[1, 'A']],
      facts: [change(3, ['A', 'u1'], ['B', 'u2']), word(5, ['A'], 'revoked')],
      answers: [[1, 'A', null]],
    });
  });
});
