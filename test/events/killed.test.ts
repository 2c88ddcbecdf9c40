/** A process that dies between a change and its being told: another one tells it, and nothing is lost. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { isSignedBy, type Receiver, startReceiver } from './receiver.ts';

const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
let database: TestDatabase;
let receiver: Receiver;

beforeAll(async () => {
  database = await createTestDatabase();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await database.drop();
});

it('tells each change, whenever its teller is killed', async () => {
  const settings = {
    ...{ DATABASE_URL: database.connectionString, PORT: '0', API_KEYS: 'key' },
    ...{ EVENTS_URL: receiver.url, EVENTS_SECRET: SECRET, EVENTS_ALLOW_PRIVATE: '1' },
  };
  const opened = openDatabase(database.connectionString);
  const ledger = createLedger(opened, { pairLimit: { perDay: 1, perWeek: 2 } });
  const query = (text: string, values: readonly unknown[] = []) =>
    opened.pool.query(text, [...values]);
  await query(
    `insert into senders (id, account, rate_allowed, rate_now) select 's' || n, 'waba', 80, 80 from generate_series(1, 60) n`,
  );
  let changed = 0;
  const change = async (n: number) => {
    for (let i = 0; i < n; i += 1) {
      changed += 1;
      await query('update senders set closed_at = now() where id = $1', [`s${changed}`]);
    }
  };
  const started: ReturnType<typeof spawnCallpermit>[] = [];
  const start = () => {
    const one = spawnCallpermit(['api', '--json'], settings);
    started.push(one);
    return one;
  };
  const ids = () =>
    receiver.arrivals.map(({ event }) => (event.data as { senderId: string }).senderId);
  try {
    // In the middle of an answer that does not come.
    receiver.manner = () => 'hang';
    const first = start();
    await first.untilLine(/"state":"ready"/);
    while ((await ledger.events.subscriptions()).length === 0);
    await change(20);
    await receiver.until(10);
    first.kill('SIGKILL');
    await first.untilExit();
    // While nobody is there: sending goes on, and events are written.
    await change(20);
    receiver.manner = () => 200;
    const before = receiver.arrivals.length;
    await ledger.advanceClock(60_000);
    // Right after it began to tell.
    const second = start();
    await receiver.until(before + 3);
    second.kill('SIGKILL');
    await second.untilExit();
    await change(20);
    await ledger.advanceClock(60_000);
    const third = start();
    while (new Set(ids()).size < 60) await receiver.until(receiver.arrivals.length + 1);
    third.kill('SIGTERM');
    expect((await third.untilExit()).code).toBe(0);
    expect(new Set(ids()).size).toBe(60);
    // Each by the same id, however often it came.
    expect(new Set(receiver.arrivals.map(({ id }) => id)).size).toBe(60);
    expect(receiver.arrivals.every((one) => isSignedBy(SECRET, one))).toBe(true);
  } finally {
    for (const one of started) one.kill('SIGKILL');
    await opened.close();
  }
}, 600_000);
