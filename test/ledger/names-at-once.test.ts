/** Names are learned behind one lock, rows of requests are held by whoever records them: nobody holds one and waits for the other. */
import { expect, test } from '@jest/globals';
import { accepted, newNumber, useLedger } from './support.ts';

const bench = useLedger();

test('records, statuses, words, calls and changes of the same people at once: none waits in a circle', async () => {
  const senderId = await bench.sender(1_000_000);
  const { sending, evidence, replies } = bench.ledger;
  const numbers = Array.from({ length: 60 }, newNumber);
  const digits = numbers.map((to) => to.slice(1));
  const now = Date.now();
  const time = (second: number) => new Date(now + second * 1_000);
  const call = { byBusiness: false, isConnected: true, isOver: true, durationS: 9 };
  // So that each has a past: the number was somebody else's, and they called.
  const came = digits.map((person, i) => ({
    ...{ key: `came.${person}`, what: 'number' as const, before: [`US.7${i}`] },
    ...{ after: [person, `US.8${i}`], at: time(i - 3_600) },
  }));
  await replies.changeNames(came);
  await bench.campaign(senderId, numbers);
  const claimed = await bench.claim(senderId);
  expect(claimed).toHaveLength(60);
  const shuffled = <T>(all: readonly T[]) => all.toSorted(() => Math.random() - 0.5);
  const inParts = async <T>(
    all: readonly T[],
    tell: (some: readonly T[], turn: number) => Promise<unknown>,
  ) => {
    for (let turn = 0; turn < 6; turn += 1) {
      const order = shuffled(all);
      for (let i = 0; i < order.length; i += 12) await tell(order.slice(i, i + 12), turn);
    }
  };
  const told = claimed.map(({ request, fence, to }, i) => ({
    i,
    request,
    fence,
    person: to.slice(1),
  }));
  await Promise.all([
    inParts(told, (some) =>
      sending.record(some.map((one) => ({ ...accepted(one), waId: `9${one.person}` }))),
    ),
    ...[1, 2].map(() =>
      inParts(told, (some, turn) =>
        evidence.applyStatuses(
          some.map(({ i, request, fence }) => ({
            ...{ senderId, request, fence, wamid: `wamid.${request}.${fence}` },
            ...{ status: 'delivered', userId: `US.6${turn}${i}`, at: time(100) },
          })),
        ),
      ),
    ),
    ...[1, 2].map((who) =>
      inParts(told, (some, turn) =>
        replies.bookAnswers(
          some.map(({ i, person }) => ({
            ...{ senderId, key: `${who}.${turn}.${person}`, status: 'declined', source: 'answer' },
            ...{ person: who === 1 ? person : `US.8${i}`, at: time(200 + turn) },
          })),
        ),
      ),
    ),
    inParts(told, (some) =>
      replies.bookCalls(
        some.map(({ person }) => ({
          ...call,
          senderId,
          id: `call.${person}`,
          person,
          at: time(300),
        })),
      ),
    ),
    inParts(told, (some) =>
      replies.changeNames(
        some.map(({ i, person }) => ({
          ...{ key: `again.${person}`, what: 'number' as const, before: [person, `US.8${i}`] },
          ...{ after: [`7${person}`], at: time(400 + i) },
        })),
      ),
    ),
  ]);
  while ((await replies.learnLeftNames(1_000)) > 0);
  const [circles] = await bench.rows<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  expect(circles).toEqual({ deadlocks: '0' });
});

test('while persons are put together records and statuses wait for nobody, and what they tell of names is learned afterwards', async () => {
  const senderId = await bench.sender();
  const [one, two] = [newNumber(), newNumber()];
  await bench.campaign(senderId, [one, two]);
  const [first, second] = await bench.claim(senderId);
  if (first === undefined || second === undefined) throw new Error('nothing was claimed');
  const { sending, evidence, replies } = bench.ledger;
  const client = await bench.database.pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtextextended('callpermit names', 0))`);
    await sending.record([{ ...accepted(first), waId: '8888888001' }, accepted(second)]);
    await evidence.applyStatuses([
      {
        ...{ senderId, request: second.request, fence: second.fence, userId: 'US.8888888002' },
        ...{
          wamid: `wamid.${second.request}.${second.fence}`,
          status: 'delivered',
          at: new Date(),
        },
      },
    ]);
    expect(await replies.learnLeftNames(10)).toBe(0);
    await client.query('commit');
  } finally {
    client.release();
  }
  const persons = async () =>
    (
      await bench.rows<{ person: string }>(
        'select person_of(n) as person from unnest($1::text[]) n',
        [[first.to, 'US.8888888002']],
      )
    ).map(({ person }) => person);
  expect(await persons()).toEqual([first.to.slice(1), 'US.8888888002']);
  expect(await replies.learnLeftNames(1)).toBe(1);
  expect(await replies.learnLeftNames(10)).toBe(1);
  expect(await replies.learnLeftNames(10)).toBe(0);
  expect(await persons()).toEqual(['8888888001', second.to.slice(1)]);
});
