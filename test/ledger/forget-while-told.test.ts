/** Meta tells of a person while they are forgotten, and afterwards: they are one person, under all names that it tells. */
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/telemetry/clock.ts';
import { applying, call, reply, stop, store } from './applying.ts';
import { forgettingBench, KEY } from './forgetting.ts';
import { all, newNumber, useLedger } from './support.ts';

const bench = useLedger({ forgetKey: KEY });
const { forget, found } = forgettingBench(bench);

let last = 0;
function person() {
  last += 1;
  const number = newNumber().slice(1);
  const userId = `US.77${1_000_000 + last}`;
  return { number, userId, to: `+${number}`, both: { number, userId }, words: [number, userId] };
}

function signal() {
  let give = () => {};
  const given = new Promise<void>((done) => {
    give = done;
  });
  return { given, give: () => give() };
}

async function isOut(name: string): Promise<boolean> {
  return (await all(bench.ledger.people.suppressions({ to: name }))).length > 0;
}

describe.each(['number', 'userId'] as const)('forgotten by their %s', (by) => {
  test('whom the same process is told of again by both names it knows by both', async () => {
    const senderId = await bench.sender();
    const p = person();
    const { apply } = applying(bench);
    await store(bench, reply(senderId, p.both));
    await apply();
    await forget(by === 'number' ? p.to : p.userId);
    expect(await found(p.words)).toEqual([]);
    await store(bench, stop(senderId, p.both));
    await apply();
    expect([await isOut(p.to), await isOut(p.userId)]).toEqual([true, true]);
    await forget(by === 'number' ? p.userId : p.to);
    expect(await found(p.words)).toEqual([]);
  });

  test('a delivery that comes while they are erased is applied whole, and known by both names', async () => {
    const senderId = await bench.sender();
    const p = person();
    await store(bench, reply(senderId, p.both));
    await applying(bench).apply();
    // What it tells of names is written before they are erased; what they said, afterwards, unless that is waited for.
    const { replies } = bench.ledger;
    const [named, erased] = [signal(), signal()];
    const process = applying(bench, {
      async learnNames(links) {
        await replies.learnNames(links);
        named.give();
      },
      async bookAnswers(answers) {
        await erased.given;
        await replies.bookAnswers(answers);
      },
    });
    const running: Promise<number>[] = [];
    await forget(by === 'number' ? p.to : p.userId, {
      async onErase() {
        await store(bench, reply(senderId, p.both, 'reject'));
        running.push(process.apply());
        await Promise.race([named.given, ...running]);
      },
      onWait: erased.give,
    });
    erased.give();
    await Promise.all(running);
    await process.apply();
    await forget(by === 'number' ? p.userId : p.to);
    expect(await found(p.words)).toEqual([]);
  });
});

test('nobody takes a delivery while somebody is erased', async () => {
  const senderId = await bench.sender();
  const p = person();
  await store(bench, reply(senderId, p.both));
  const client = await bench.database.pool.connect();
  await client.query('begin');
  await client.query("select pg_advisory_xact_lock(hashtextextended('callpermit applying', 0))");
  expect(await applying(bench).apply()).toBe(0);
  await client.query('rollback');
  client.release();
  expect(await applying(bench).apply()).toBe(1);
});

test('of whom Meta tells all the time is forgotten nevertheless', async () => {
  const senderId = await bench.sender();
  const p = person();
  const tell = () => store(bench, reply(senderId, p.both));
  const take = () =>
    bench.rows<{ id: string }>('select id from take_webhooks(1, 1000000000, 60000, 0)');
  await tell();
  let taken = await take();
  let looks = 0;
  const done = await forget(p.to, {
    clock: {
      ...systemClock,
      // At each look one is being applied: before it has ended another one is taken, where they are given out.
      async sleep() {
        looks += 1;
        await tell();
        const next = await take();
        await bench.rows('delete from webhook_queue where id = any($1::bigint[])', [
          taken.map(({ id }) => id),
        ]);
        taken = next;
        if (looks > 50) throw new Error('never');
      },
    },
  });
  expect(done).toMatchObject({ known: true });
  await bench.rows('delete from webhook_queue');
});

test('names that were told together and are to be learned yet are forgotten too', async () => {
  const senderId = await bench.sender();
  const p = person();
  await store(bench, reply(senderId, { userId: p.userId }));
  await applying(bench).apply();
  await bench.rows('insert into names_to_learn (a, b, at) values ($1, $2, now())', [
    p.userId,
    p.number,
  ]);
  await forget(p.to);
  expect(await found(p.words)).toEqual([]);
});

test('that Meta told of them again meanwhile is said', async () => {
  const senderId = await bench.sender();
  const p = person();
  await store(bench, reply(senderId, p.both));
  await applying(bench).apply();
  expect(await forget(p.to)).toMatchObject({ known: true, deliveries: 1, left: 0 });
  // Right behind it, before anybody looks.
  await bench.rows(
    `create function told_again() returns trigger language plpgsql as $$ begin
       insert into suppressions (person, source) values ('${p.number}', 'meta') on conflict do nothing;
       return null; end $$`,
  );
  await bench.rows(
    `create constraint trigger told_again after insert or update on forgotten
     deferrable initially deferred for each row execute function told_again()`,
  );
  const told = await forget(p.to);
  await bench.rows('drop function told_again cascade');
  expect(told).toMatchObject({ known: false, left: 1 });
});

test('in a storm of 400 deliveries twelve people who are forgotten stay one person each', async () => {
  const senderId = await bench.sender();
  const people = Array.from({ length: 12 }, person);
  for (const p of people) await store(bench, reply(senderId, p.both));
  const processes = [applying(bench), applying(bench)];
  await processes[0]?.apply();
  let told = 0;
  const tell = async () => {
    while (told < 400) {
      const p = people[told % people.length] as (typeof people)[number];
      const make = [reply, stop, call][told % 3] ?? reply;
      const who = told % 5 === 0 ? { userId: p.userId } : p.both;
      told += 1;
      await store(bench, make(senderId, who));
    }
  };
  let isOver = false;
  const running = processes.map(async ({ apply }) => {
    while (!isOver) await apply();
  });
  const storm = Promise.all([tell(), tell()]);
  for (const [i, p] of people.entries()) await forget(i % 2 === 0 ? p.userId : p.to);
  await storm;
  isOver = true;
  await Promise.all(running);
  for (const p of people) await store(bench, stop(senderId, p.both));
  await processes[1]?.apply();
  for (const p of people) expect([await isOut(p.to), await isOut(p.userId)]).toEqual([true, true]);
  for (const [i, p] of people.entries()) await forget(i % 2 === 0 ? p.to : p.userId);
  expect(await found(people.flatMap((p) => p.words))).toEqual([]);
}, 120_000);
