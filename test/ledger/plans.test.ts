/**
 * No statement of a ledger that is full reads a whole table, or walks through it by an index. Each is run as the
 * program runs it, past the sixth time on its connection, from when on Postgres may take a plan that knows no values;
 * then the rows that were read are counted by Postgres itself.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/core/ports/index.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { applyStatus } from '../support/apply-status.ts';
import { accepted, newClaimId, newNumber, toClaim, useLedger } from './support.ts';

/** People of the full ledger: a hundred times what any one of the statements may read. */
const FULL = 50_000;
const RUNS = 8;
/** A claim of 20 reads each of its rows several times: 8 runs take some 3,000 rows. */
const MOST_READ = 12_000;
const TABLES = [
  ...['requests', 'pairs', 'permissions', 'wa_ids', 'suppressions', 'campaigns'],
  ...['permission_events', 'calls', 'name_changes', 'preferences'],
];

describe('on a full ledger', () => {
  const bench = useLedger();
  let senderId = '';
  let open = '';

  beforeAll(async () => {
    senderId = await bench.sender();
    const fill = (sql: string, values: readonly unknown[]) => bench.rows(sql, [...values, FULL]);
    await fill(
      `insert into campaigns (id, sender_id, sender_ids, template, language, parameter_format, header_parameters, spec_sha256, single, state)
       select 'old' || g, $1, array[$1], 't', 'en', 'positional', '{}', 'x', true, 'cancelled'
       from generate_series(1, $2::int) g`,
      [senderId],
    );
    await fill(
      `insert into requests (campaign_id, sender_id, row, to_number, language, parameters, state, fence, wamid, wa_id, person)
       select 'old' || g % 50 + 1, $1, 1 + g / 50, '+5531' || (900000000 + g), 'en', '{}', 'accepted', 1, 'wamid.old.' || g,
         '5531' || (80000000 + g), '5531' || (900000000 + g)
       from generate_series(1, $2::int) g`,
      [senderId],
    );
    await fill(
      `insert into pairs (sender_id, person, asks)
       select $1, '5531' || (900000000 + g), array[row(g, 1, now() - g * interval '1 s')::ask]
       from generate_series(1, $2::int) g`,
      [senderId],
    );
    await fill(
      `insert into permissions (sender_id, person, status, at, source)
       select $1, '5531' || (80000000 + g), 'declined', now(), 'webhook' from generate_series(1, $2::int) g`,
      [senderId],
    );
    await fill(
      `insert into wa_ids (number, wa_id)
       select '+5531' || (900000000 + g), '5531' || (80000000 + g) from generate_series(1, $1::int) g`,
      [],
    );
    await fill(
      `insert into suppressions (person, source)
       select '5541' || g, 'operator' from generate_series(1, $1::int) g`,
      [],
    );
    await fill(
      `insert into calls (id, sender_id, person, by_business, at)
       select 'wacid.old.' || g, $1, '5531' || (80000000 + g), true, now() from generate_series(1, $2::int) g`,
      [senderId],
    );
    await fill(
      `insert into name_changes (before, after, at)
       select '5551' || g, '5552' || g, now() from generate_series(1, $1::int) g`,
      [],
    );
    await fill(
      `insert into preferences (name, person, category, value, at)
       select '5541' || g, '5541' || g, 'm', 'stop', now() from generate_series(1, $1::int) g`,
      [],
    );
    // Joins its portfolio: from then on people are counted as they are asked.
    await bench.ledger.senders.budget({ senderId, portfolio: 'p', limit: 2 * FULL });
    await bench.rows('analyze');
    // Of these no statistics know, as while a list runs.
    open = await bench.campaign(senderId, 400);
    // What this connection has read is counted now, not in the middle of a test a second later.
    await bench.rows('select pg_stat_force_next_flush()');
  });

  async function rowsRead(): Promise<Map<string, number>> {
    const found = await bench.rows<{ relname: string; n: string }>(
      'select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) as n from pg_stat_user_tables where relname = any($1)',
      [TABLES],
    );
    return new Map(found.map(({ relname, n }) => [relname, Number(n)]));
  }

  /** Tables of which more was read than `act` may, where it runs eight times on one connection. */
  async function overread(act: (ledger: Ledger, n: number, own: Database) => Promise<unknown>) {
    const database: Database = openDatabase(bench.database.connectionString, { max: 1 });
    const ledger = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
    const before = await rowsRead();
    for (let n = 0; n < RUNS; n += 1) await act(ledger, n, database);
    const { rows } = await database.pool.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.close();
    // What a connection has counted is there once its backend is gone.
    const isThere = 'select from pg_stat_activity where pid = $1';
    while ((await bench.rows(isThere, [rows[0]?.pid])).length > 0);
    return [...(await rowsRead())].filter(([table, n]) => n - (before.get(table) ?? 0) > MOST_READ);
  }

  const old = (n: number) => String(100 + n);
  const known = (n: number) => `5531${80_000_100 + n}`;
  const word = (n: number): Answer => ({
    ...{ senderId, key: `w.${n}`, person: known(n), status: 'declined', source: 'answer' },
    at: new Date(),
  });
  const ACTS: readonly [string, (ledger: Ledger, n: number) => Promise<unknown>][] = [
    [
      'feed, claim and record, with a wa_id that differs',
      async ({ sending }) => {
        const jobs = await sending.feed({ senderId, limit: 20, batchSize: 250 });
        await bench.rows(`update senders set next_slot = '-infinity' where id = $1`, [senderId]);
        const { claimed } = await sending.claim({
          ...{
            senderId,
            batches: toClaim(jobs),
            worker: 'w',
            leaseMs: 60_000,
            claimId: newClaimId(),
          },
        });
        expect(claimed).toHaveLength(20);
        await sending.record(
          claimed.map((one) => ({ ...accepted(one), waId: `99${one.to.slice(1)}` })),
        );
      },
    ],
    [
      'a status by its wamid',
      ({ evidence }, n) =>
        applyStatus(evidence, {
          wamid: `wamid.old.${old(n)}`,
          status: 'delivered',
          at: new Date(),
        }),
    ],
    ['a campaign by its id', ({ campaigns }, n) => campaigns.get(`old${old(n)}`)],
    ['the list of campaigns', ({ campaigns }) => campaigns.list({ limit: 50 })],
    ['the progress of a campaign', ({ campaigns }) => campaigns.progress(open)],
    [
      'results in a state that is rare',
      async ({ campaigns }) => {
        for await (const _ of campaigns.results({ id: 'old1', states: ['rejected', 'queued'] }));
      },
    ],
    [
      'a page of campaigns of which few are meant',
      ({ campaigns }) =>
        campaigns.list({ limit: 50, states: ['draft'], template: 'none', name: 'none' }),
    ],
    [
      'a request by number',
      async ({ requests }, n) => {
        const found = await requests.find({ name: `5531${900_000_100 + n}`, limit: 9 });
        expect(found).toMatchObject({ requests: [{ status: 'accepted' }], next: null });
      },
    ],
    [
      'a request by wamid',
      ({ requests }, n) => requests.find({ wamid: `wamid.old.${old(n)}`, limit: 9 }),
    ],
    [
      'a request by reference',
      ({ requests }, n) => requests.find({ reference: `r${n}`, limit: 9 }),
    ],
    [
      'results with a code that is rare',
      ({ requests }) =>
        requests.ofCampaign({ campaignId: 'old1', afterRow: 0, limit: 9, errorCode: 131026 }),
    ],
    [
      'results with a reason',
      ({ requests }) =>
        requests.ofCampaign({ campaignId: 'old1', afterRow: 0, limit: 9, reason: 'suppressed' }),
    ],
    [
      'a daily limit that is used up',
      async ({ senders }, n) => {
        await bench.rows(`update portfolios set counted_at = '-infinity'`);
        await senders.budget({ senderId, portfolio: 'p', limit: FULL - n });
      },
    ],
    ['a sender that is known', ({ senders }) => senders.ensure({ senderId, messagesPerSecond: 9 })],
    [
      'a heartbeat',
      ({ senders }) =>
        senders.heartbeat({ worker: 'w', senderId, messagesPerSecond: 1_000, inFlight: 0 }),
    ],
    ['completing', ({ sending }) => sending.completeCampaigns()],
    ['leases', ({ sending }) => sending.sweepLeases({ checkAfterMs: 1 })],
    ['expiring', ({ sending }) => sending.expire()],
    ['pausing what is blocked', ({ sending }) => sending.pauseBlocked()],
    [
      'lost batches',
      ({ sending }) => sending.staleBatches({ senderId, olderThanMs: 1, limit: 500 }),
    ],
    ['a check', ({ evidence }) => evidence.takeCheck({ senderId, putOffMs: 1, paceMs: 0 })],
    ['why it is silent', ({ silence }) => silence.standing(senderId)],
    [
      'an answer to a message',
      ({ replies }, n) => replies.bookAnswers([{ ...word(n), context: `wamid.old.${old(n)}` }]),
    ],
    [
      'an answer that names no message, and one whose message is not known',
      ({ replies }, n) =>
        replies.bookAnswers([
          { ...word(n), key: `p.${n}` },
          { ...word(n), key: `q.${n}`, context: 'wamid.x' },
        ]),
    ],
    [
      'answers that are looked at again',
      async ({ replies }, n) => {
        await bench.rows(
          'update permission_events set next_at = now_() where sender_id = $1 and key = $2',
          [senderId, `q.${n}`],
        );
        await replies.matchAnswers(5);
      },
    ],
    [
      'a call',
      ({ replies }, n) =>
        replies.bookCalls([
          {
            ...{ senderId, id: `wacid.${n}`, person: known(n), byBusiness: true, at: new Date() },
            ...{ isConnected: true, isOver: true },
          },
        ]),
    ],
    [
      'a page of the permission book, of all, of a sender, of a campaign',
      async ({ book }, n) => {
        const limit = 20;
        await book.page({ limit, after: [senderId, known(n)] });
        await book.page({ limit, senderId });
        await book.page({ limit, campaignId: 'old1', after: [n] });
      },
    ],
    [
      'a page of the opt-out list',
      ({ people }, n) => people.suppressionPage({ after: `5541${old(n)}`, limit: 20 }),
    ],
    [
      'a setting',
      ({ replies }, n) =>
        replies.setPreferences([
          { person: known(n), category: 'm', value: n % 2 ? 'stop' : 'resume', at: new Date() },
        ]),
    ],
    [
      'names told together, new and known',
      ({ replies }, n) =>
        replies.learnNames([
          { a: `US.1${n}`, b: known(n), at: new Date() },
          { a: `US.ENT.1${n}`, b: `US.1${n}`, at: new Date() },
          { a: `US.1${n}`, b: known(n + 50), at: new Date() },
        ]),
    ],
    [
      'another number',
      ({ replies }, n) =>
        replies.changeNames([
          {
            ...{ key: `c.${n}`, what: 'number', at: new Date() },
            ...{ before: [known(n + 200)], after: [newNumber().slice(1)] },
          },
        ]),
    ],
    [
      'a status whose message is not known, and looked for again',
      async ({ evidence }) => {
        await applyStatus(evidence, { wamid: 'wamid.other', status: 'read', at: new Date() });
        await bench.rows('update waiting_statuses set next_at = now_()');
        await evidence.applyWaiting(5);
      },
    ],
    [
      'one person of the permission book, with what happened',
      async ({ book }, n) => {
        for await (const _ of book.entries({ to: known(n) }));
        await book.history(known(n));
        await book.calls(known(n));
      },
    ],
    [
      'one person of the opt-out list',
      async ({ people }, n) => {
        for await (const _ of people.suppressions({ to: `5541${old(n)}` }));
      },
    ],
    [
      'a part of a retry',
      ({ evidence }) => evidence.retry({ campaignId: open, states: ['rejected'] }),
    ],
  ];

  test.each(ACTS)('%s reads only what it is about', async (_, act) => {
    expect(await overread(act)).toEqual([]);
  });

  test('the count sees a statement that reads a whole table', async () => {
    const seen = await overread((_ledger, _n, { pool }) =>
      pool.query('select count(*) from pairs where cardinality(asks) > 9'),
    );
    expect(seen.map(([table]) => table)).toEqual(['pairs']);
  });
});
