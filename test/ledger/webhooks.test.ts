/** Deliveries of webhooks in the ledger: stored once, given to one taker at a time, finished once, dropped by the day. */
import { createHash, randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readDelivery } from '../../src/webhook/read-delivery.ts';
import { useLedger } from './support.ts';

const bench = useLedger();
const DAY_MS = 86_400_000;

const store = () => bench.ledger.webhooks;

function delivery(body: string = JSON.stringify({ id: randomUUID() })) {
  return { digest: createHash('sha256').update(body).digest(), body };
}

const take = (most = 1_000, more: { mostBytes?: number; leaseMs?: number } = {}) =>
  store().take({ most, mostBytes: 1e9, leaseMs: 60_000, ...more });

/** Takes and finishes whatever earlier tests left. */
async function empty(): Promise<void> {
  await bench.rows('delete from webhook_queue');
}

const partitions = async () =>
  (
    await bench.rows<{ name: string }>(
      `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'webhook_deliveries'::regclass order by 1`,
    )
  ).map(({ name }) => name);

const dayName = async (ahead: number) => {
  const [row] = await bench.rows<{ name: string }>(
    `select 'webhook_deliveries_' || to_char((now_() at time zone 'UTC')::date + $1::int, 'YYYYMMDD') as name`,
    [ahead],
  );
  return row?.name;
};

test('a day without a partition is made by the first delivery, also of many at once', async () => {
  expect(await partitions()).toEqual([]);
  await Promise.all(Array.from({ length: 8 }, () => store().store([delivery()])));
  expect(await partitions()).toEqual([await dayName(0)]);
  expect(await take()).toHaveLength(8);
  await empty();
});

test('the same delivery is one row: in a batch, in batches at once, and on the days after', async () => {
  const same = delivery();
  await Promise.all(
    Array.from({ length: 20 }, () => store().store([same, delivery(same.body), same])),
  );
  await bench.advance(DAY_MS);
  await store().store([same]);
  await bench.advance(6 * DAY_MS);
  await store().store([same]);
  const rows = await bench.rows('select day from webhook_deliveries where digest = $1', [
    same.digest,
  ]);
  expect(rows).toHaveLength(1);
  await empty();
});

test('a body is given as it came', async () => {
  const body = '{"a":"\\u00e9\\u0000 \\"quoted\\" {x,y} \\\\ NULL","b":"é 😀"}';
  await store().store([delivery(body)]);
  const [taken] = await take();
  expect(taken).toMatchObject({ body, tries: 1, receivedAt: expect.any(Date) });
  await empty();
});

test('what is said after the clock was moved on is as of when it was said, and its age that of the machine', async () => {
  await bench.advance(DAY_MS);
  const said = Math.floor((await bench.ledger.advanceClock(0)).getTime() / 1_000);
  const text = { from: '15550100777', id: 'wamid.A', timestamp: String(said), type: 'text' };
  const messages = [{ ...text, text: { body: 'stop' } }];
  const value = { metadata: { phone_number_id: '1' }, messages };
  const entry = [{ id: '2', changes: [{ field: 'messages', value }] }];
  await store().store([delivery(JSON.stringify({ object: 'whatsapp_business_account', entry }))]);
  const [taken] = await take();
  if (taken === undefined) throw new Error('nothing was taken');
  const read = readDelivery(taken.body, taken.receivedAt);
  expect(read.updates).toMatchObject([{ kind: 'text', at: new Date(said * 1_000) }]);
  const { lastReceivedAt } = await store().standing();
  for (const time of [taken.arrivedAt, lastReceivedAt])
    expect(Math.abs(Date.now() - (time?.getTime() ?? 0))).toBeLessThan(60_000);
  await empty();
});

test('two takers never get the same one, and the oldest come first', async () => {
  const all = Array.from({ length: 200 }, () => delivery());
  for (const each of all) await store().store([each]);
  const shares = await Promise.all(Array.from({ length: 10 }, () => take(30)));
  const taken = shares.flat().map(({ body }) => body);
  expect(new Set(taken).size).toBe(taken.length);
  const rest = await take();
  expect(new Set([...taken, ...rest.map(({ body }) => body)]).size).toBe(200);
  const order = all.map(({ body }) => body);
  for (const share of [...shares, rest]) {
    const places = share.map(({ body }) => order.indexOf(body));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  }
  await empty();
});

test('a taker gets as many bytes as it asked for, and one at least', async () => {
  for (let i = 0; i < 5; i += 1)
    await store().store([delivery(`{"n":${i},"x":"${'x'.repeat(90)}"}`)]);
  expect(await take(1_000, { mostBytes: 1 })).toHaveLength(1);
  expect(await take(1_000, { mostBytes: 150 })).toHaveLength(2);
  expect(await take()).toHaveLength(2);
  await empty();
});

test('an ended lease gives it out again, and says how often it was taken', async () => {
  await store().store([delivery()]);
  expect(await take(9, { leaseMs: -1 })).toMatchObject([{ tries: 1 }]);
  expect(await take()).toMatchObject([{ tries: 2 }]);
  expect(await take()).toEqual([]);
  await empty();
});

test('finished once it is counted once, whoever else finishes it', async () => {
  await store().store([delivery()]);
  const [one] = await take(9, { leaseMs: -1 });
  const [again] = await take();
  if (one === undefined || again === undefined) throw new Error('nothing was taken');
  expect(one.id).toBe(again.id);
  const finish = () =>
    store().finish({
      deliveries: [one],
      unread: [
        { delivery: one.id, day: one.day, where: 'entry[0]', why: 'nul \u0000 \ud800', raw: 'r' },
      ],
      counts: [
        { about: 'field', what: `a\u0000${'y'.repeat(9_000)}`, senderId: '1', n: 2 },
        { about: 'kind', what: 'once', senderId: '', n: 3 },
      ],
    });
  await Promise.all([finish(), finish(), finish()]);
  const { tallies, unread } = await store().standing();
  expect(tallies.find(({ what }) => what === 'once')).toMatchObject({ n: 3, about: 'kind' });
  expect(tallies.find(({ about }) => about === 'field')).toMatchObject({ n: 2, senderId: '1' });
  expect(unread).toBe(1);
  expect(await store().unreadParts({ most: 5 })).toEqual([
    {
      delivery: one.id,
      day: one.day,
      where: 'entry[0]',
      why: 'nul \ufffd \ufffd',
      raw: 'r',
      at: expect.any(Date),
    },
  ]);
  expect(await take()).toEqual([]);
});

test('what waits and since when is told, and counts add up', async () => {
  const before = await store().standing();
  expect(before).toMatchObject({ waiting: 0, oldestWaitingAt: null });
  await store().store([delivery()]);
  await store().store([delivery()]);
  const after = await store().standing();
  expect(after.waiting).toBe(2);
  expect(Number(after.oldestWaitingAt)).toBeLessThanOrEqual(Number(after.lastReceivedAt));
  const refused = { about: 'refused', what: 'unsigned', senderId: '', n: 4 };
  await Promise.all([store().count([refused]), store().count([refused, refused])]);
  const { tallies } = await store().standing();
  expect(tallies).toContainEqual({ ...refused, n: 12, lastAt: expect.any(Date) });
  await empty();
});

test('days that are too old go with their unread parts, by processes at once, while others store', async () => {
  const newest = await partitions();
  await store().store([delivery()]);
  await bench.advance(40 * DAY_MS);
  await Promise.all([
    ...Array.from({ length: 5 }, () => store().keepDays(30)),
    ...Array.from({ length: 20 }, () => store().store([delivery()])),
  ]);
  await store().keepDays(30);
  const kept = await partitions();
  expect(kept).toEqual([await dayName(0), await dayName(1), await dayName(2)]);
  expect(newest.length).toBeGreaterThan(0);
  expect(await store().unreadParts({ most: 5 })).toEqual([]);
  expect((await store().standing()).waiting).toBe(20);
});

test('a day that somebody reads is left for the next time, and who stores hardly waits', async () => {
  await bench.advance(3 * DAY_MS);
  const client = await bench.database.pool.connect();
  try {
    await client.query('begin');
    await client.query('select count(*) from webhook_deliveries');
    const keeping = store().keepDays(1);
    // Behind a drop that waited longer it would end at its own bound of four seconds.
    for (let isOver = false; !isOver; ) {
      isOver = await Promise.race([keeping.then(() => true), store().store([delivery()])]).then(
        (over) => over === true,
      );
    }
    expect(await partitions()).toContain(await dayName(-3));
  } finally {
    await client.query('rollback');
    client.release();
  }
  await store().keepDays(1);
  expect(await partitions()).not.toContain(await dayName(-3));
});
