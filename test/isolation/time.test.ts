/** Windows of hours, permissions without an end, and times to wait that come while a row is chosen. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { accepted, newNumber, only, rejected } from '../ledger/support.ts';
import { lockOfRequest, ordersOf, useIsolation } from './orders.ts';
import { claim } from './ports.ts';

const bench = useIsolation();
const HOUR_MS = 3_600_000;
/** The week in which Berlin's clocks went forward, on 28 March 2027 at 01:00 UTC, and one before that. */
const BEFORE_SUMMER = Date.UTC(2027, 2, 27, 12);

describe('a session in a zone with summer time', () => {
  let database: Database;
  let ledger: Ledger;

  beforeAll(() => {
    const url = new URL(bench.database.connectionString);
    url.searchParams.set('options', '-c timezone=Europe/Berlin');
    database = openDatabase(url.href);
    ledger = createLedger(database, { pairLimit: { perDay: 5, perWeek: 1 } });
  });
  afterAll(() => database.close());

  /** Sets the ledger's clock. */
  const at = async (ms: number) => {
    const now = await ledger.advanceClock(0);
    await ledger.advanceClock(ms - now.getTime());
  };

  async function expectAskedAfter168Hours(number: string, senderId: string) {
    const id = await bench.campaign(senderId, [number]);
    const tries = async () => {
      const jobs = await ledger.sending.feed({ senderId, limit: 10, batchSize: 250 });
      const { claimed, left } = await claim(ledger, senderId, jobs);
      await ledger.sending.decideUnclaimed({ senderId, rows: left });
      return claimed.length;
    };
    await at(BEFORE_SUMMER + 167.5 * HOUR_MS);
    expect(await tries()).toBe(0);
    return { id, tries };
  }

  test('asks a person again after 168 hours, not after seven days of the wall', async () => {
    await at(BEFORE_SUMMER);
    const senderId = await bench.sender();
    const number = newNumber();
    await bench.campaign(senderId, [number]);
    await ledger.sending.record([accepted(only(await bench.claim(senderId, { ledger })))]);
    const { tries } = await expectAskedAfter168Hours(number, senderId);
    await at(BEFORE_SUMMER + 168.1 * HOUR_MS);
    expect(await tries()).toBe(1);
  });

  test('leaves one who declined alone for 168 hours', async () => {
    await at(BEFORE_SUMMER);
    const senderId = await bench.sender();
    const number = newNumber();
    await ledger.replies.bookAnswers([
      {
        ...{ senderId, key: `wamid.${number}`, person: number.slice(1), status: 'declined' },
        ...{ source: 'answer', at: new Date(BEFORE_SUMMER) },
      },
    ]);
    await expectAskedAfter168Hours(number, senderId);
  });
});

describe('a temporary permission without an end', () => {
  test('is a permission: the person is not asked, and the row says why', async () => {
    const senderId = await bench.sender();
    const number = newNumber();
    await bench.ledger.replies.bookAnswers([
      {
        ...{ senderId, key: `wamid.${number}`, person: number.slice(1), status: 'temporary' },
        ...{ source: 'profile', at: await bench.ledger.advanceClock(0) },
      },
    ]);
    const id = await bench.campaign(senderId, [number]);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 10, batchSize: 250 });
    const { claimed, left } = await claim(bench.ledger, senderId, jobs);
    expect([claimed.length, left.length]).toEqual([0, 1]);
    await bench.ledger.sending.decideUnclaimed({ senderId, rows: left });
    const rows = await bench.rows('select state, reason from requests where campaign_id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ state: 'skipped', reason: 'already-granted' }]);
  });
});

describe('a row that is put off while a feeder has chosen it', () => {
  test.each(
    ordersOf('the feeding', 'the putting off').filter(([, order]) => order.way !== 'waiting'),
  )('%s: it is not fed before its time', async (_, order) => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    const putOff = async (ledger: Ledger) => {
      const jobs = await ledger.sending.feed({ senderId, limit: 10, batchSize: 250 });
      const { claimed } = await claim(ledger, senderId, jobs);
      await ledger.sending.record(
        claimed.map((one) => ({ ...rejected(one, 131000), state: 'pending', delayMs: HOUR_MS })),
      );
      return claimed.length;
    };
    const { a: jobs, b: claimed } = await bench.inOrder(order, {
      a: {
        run: (ledger) => ledger.sending.feed({ senderId, limit: 10, batchSize: 250 }),
        lock: lockOfRequest('0'),
      },
      b: { run: putOff, lock: lockOfRequest('0') },
    });
    // Whoever was first has it: fed now, or tried now and put off.
    expect(jobs.length + claimed).toBe(1);
    expect(await bench.states(id)).toEqual([claimed === 1 ? 'pending' : 'queued']);
  });
});
