/** Forgetting beside all that goes on meanwhile and comes afterwards: lists, senders, checks, other keys. */
import { expect, test } from '@jest/globals';
import { forgetPerson } from '../../src/campaign/forget-person.ts';
import { secret } from '../../src/config/secret.ts';
import { forgettingStore } from '../../src/ledger/forget.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { forgettingBench, KEY, wamid } from './forgetting.ts';
import { all, newNumber, only, rejected, uncertain, useLedger } from './support.ts';

const bench = useLedger({ forgetKey: KEY });
const { campaignBy, forget, found, keyed, loading, record, storeDeliveries, turnedAway } =
  forgettingBench(bench);
const HOUR = 3_600_000;

test('who was asked an hour ago is not asked within 24 h, in another spelling of the number either', async () => {
  const senderId = await bench.sender();
  const long = '+5511987654321';
  await bench.campaign(senderId, [long]);
  await record(long, await bench.claim(senderId), 'br');
  await bench.advance(HOUR);
  await forget('+551187654321');
  expect(await found([long.slice(1), '551187654321'])).toEqual([]);
  const id = await campaignBy(keyed(), senderId, ['+551187654321']);
  expect(await turnedAway(senderId, id)).toMatchObject([
    { state: 'pending', reason: 'pair-limit' },
  ]);
  await bench.advance(24 * HOUR);
  expect(await turnedAway(senderId, id)).toMatchObject([{ state: 'sending' }]);
});

test.each([
  ['declined', 'answer'],
  ['revoked', 'automatic'],
] as const)(
  'who has %s (%s) is not asked within seven days, and afterwards is',
  async (status, source) => {
    const senderId = await bench.sender();
    const to = newNumber();
    const person = to.slice(1);
    const at = new Date((await bench.rows<{ at: Date }>('select now_() as at'))[0]?.at ?? 0);
    await bench.ledger.replies.bookAnswers([
      { senderId, key: wamid(to, 'no'), person, status, source, at },
    ]);
    await bench.advance(HOUR);
    await forget(to);
    expect(await found([person])).toEqual([]);
    const id = await campaignBy(keyed(), senderId, [to]);
    const [barred] = await turnedAway(senderId, id);
    expect(barred?.state).not.toBe('sending');
    await bench.advance(168 * HOUR);
    const later = await campaignBy(keyed(), senderId, [to]);
    expect(await turnedAway(senderId, later)).toMatchObject([{ state: 'sending' }]);
  },
);

test('who took a permission back is barred for as long, and has not opted out', async () => {
  const senderId = await bench.sender();
  const to = newNumber();
  const { replies, people, book } = bench.ledger;
  const person = to.slice(1);
  const word = { senderId, person, at: new Date() };
  await replies.bookAnswers([
    { ...word, key: wamid(to, 'no'), status: 'revoked', source: 'person' },
  ]);
  await bench.advance(400 * HOUR);
  expect(await forget(to)).toMatchObject({ optedOut: false });
  const id = await campaignBy(keyed(), senderId, [to]);
  const [barred] = await turnedAway(senderId, id);
  expect(barred?.state).not.toBe('sending');
  expect(await all(people.suppressions({ to }))).toEqual([]);
  expect(await all(book.entries({ to }))).toMatchObject([{ state: 'revoked', until: null }]);
});

test('who was being sent to by a process that died is not waited for longer than its claim', async () => {
  const senderId = await bench.sender();
  const to = newNumber();
  const id = await bench.campaign(senderId, [to]);
  await bench.claim(senderId);
  await bench.rows(
    `update requests set lease_until = now() - interval '1 s' where campaign_id = $1`,
    [id],
  );
  const { sending } = bench.ledger;
  const done = await forgetPerson(
    {
      ledger: { forgetting: keyed().forgetting, sending },
      spool: { forget: async () => 0 },
      uncertainCheckAfterMs: 1,
      intakeQueue: { remove: async () => 0 },
      eventQueue: { remove: async () => 0 },
      defaultCountry: undefined,
    },
    { name: to, clock: { ...systemClock, sleep: async () => {} } },
  );
  expect(done).toMatchObject({ ok: true, value: { requests: 1 } });
  expect(await bench.states(id)).toEqual(['uncertain']);
});

test('nobody is forgotten without the key, or by another one, and no line comes in', async () => {
  const senderId = await bench.sender();
  const p = { name: newNumber(), clock: systemClock };
  await forget(newNumber());
  const without = bench.with({ forgetKey: undefined });
  expect(await without.forgetting.forget(p)).toMatchObject({
    ok: false,
    error: { code: 'SETTING_MISSING', where: 'FORGET_KEY' },
  });
  const another = keyed(secret('another'));
  expect(await another.forgetting.forget(p)).toMatchObject({
    ok: false,
    error: { code: 'SETTING_INVALID', where: 'FORGET_KEY' },
  });
  await expect(campaignBy(without, senderId, [newNumber()])).rejects.toThrow('SETTING_MISSING');
  await expect(campaignBy(another, senderId, [newNumber()])).rejects.toThrow('SETTING_INVALID');
  expect(await another.intake.admit()).toMatchObject({ error: { code: 'SETTING_INVALID' } });
  expect(await keyed().intake.admit()).toMatchObject({ ok: true });
});

test('a request that is being sent is waited for', async () => {
  const senderId = await bench.sender();
  const to = newNumber();
  await bench.campaign(senderId, [to]);
  const claim = only(await bench.claim(senderId));
  const waits: string[] = [];
  const done = await forget(to, {
    onWait: (what) => void waits.push(what),
    clock: {
      ...systemClock,
      // Its answer comes while it is waited for.
      sleep: () => record(to, [claim], 'late'),
    },
  });
  expect(waits).toEqual(['sending']);
  expect(done).toMatchObject({ requests: 1, skipped: 0 });
  expect(await found([to.slice(1), wamid(to, 'late')])).toEqual([]);
});

test('others who have what it needs for longer than it waits are no database out of reach', async () => {
  const client = await bench.database.pool.connect();
  await client.query('begin');
  await client.query('select from forgetting for update');
  const waits: string[] = [];
  const { database } = bench;
  const done = await forgettingStore(database, KEY, 50).forget({
    name: newNumber(),
    onWait: (what) => void waits.push(what),
    clock: { ...systemClock, sleep: async () => void (await client.query('rollback')) },
  });
  client.release();
  expect(waits).toEqual(['busy']);
  expect(done).toMatchObject({ ok: true });
});

test('a delivery that a process is applying is waited for', async () => {
  const to = newNumber();
  const body = { entry: [{ changes: [{ value: { contacts: [{ wa_id: to.slice(1) }] } }] }] };
  await storeDeliveries([body]);
  await bench.rows('select take_webhooks(1000, 1000000000, 60000, 0)');
  const waits: string[] = [];
  await forget(to, {
    onWait: (what) => void waits.push(what),
    clock: {
      ...systemClock,
      sleep: async () => {
        await bench.rows('delete from webhook_queue');
      },
    },
  });
  expect(waits).toEqual(['applying']);
  expect(await found([to.slice(1)])).toEqual([]);
});

test('an uncertain request of theirs is looked at and asked no more', async () => {
  const senderId = await bench.sender();
  const to = newNumber();
  const id = await bench.campaign(senderId, [to]);
  const claim = only(await bench.claim(senderId));
  await bench.ledger.sending.record([uncertain(claim)]);
  await forget(to);
  const looked = await bench.ledger.evidence.takeCheck({ senderId, putOffMs: 1, paceMs: 0 });
  expect(looked).toBeUndefined();
  await bench.ledger.evidence.retry({ campaignId: id, states: ['uncertain'] });
  expect(await bench.states(id)).toEqual(['uncertain']);
  // What the spool had of it, without a number, still settles it.
  const answer = { ...rejected(claim), errorMessage: `no ${to}`, raw: to };
  await bench.ledger.sending.record([answer]);
  expect(await bench.states(id)).toEqual(['rejected']);
  expect(await found([to.slice(1)])).toEqual([]);
});

test('a loader that looked before somebody was forgotten looks again, and writes what bars them first', async () => {
  const to = newNumber();
  // As where nobody was forgotten yet: then no line is looked up.
  await bench.rows('update forgetting set proof = null, generation = generation + 1');
  const ledger = keyed();
  await bench.ledger.people.suppress({ people: [{ to }], source: 'operator' });
  const { add } = await loading(ledger, await bench.sender());
  expect(await add([newNumber()])).toMatchObject({ ok: true });
  await forget(to);
  expect(await add([to], 2)).toMatchObject({ ok: true });
  expect(await all(ledger.people.suppressions({ to }))).toHaveLength(1);
});

test('two people without a number in one list are no doubles', async () => {
  const [a, b] = [newNumber(), newNumber()];
  const { add, end } = await loading(keyed(), await bench.sender());
  await add([a, b]);
  await forget(a);
  await forget(b);
  expect(await end(2)).toMatchObject({ ok: true, value: 0 });
});
