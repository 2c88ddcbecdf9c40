/** What a daily limit that is used up reads of a table that no statistics know, as while a first list runs. */
import { expect, test } from '@jest/globals';
import { openDatabase } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { useLedger } from './support.ts';

const bench = useLedger();
const ASKED = 100_000;

test('a daily limit that is used up reads no whole key of a table never analysed', async () => {
  const senderId = await bench.sender();
  await bench.ledger.senders.budget({ senderId, portfolio: 'p', limit: ASKED });
  await bench.rows('alter table pairs set (autovacuum_enabled = off)');
  await bench.rows(
    `insert into pairs (sender_id, person, asks)
     select $1, '49151' || (10000000 + g), array[row(g, 1, now() - g * interval '0.8 s')::ask]
     from generate_series(1, $2::int) g`,
    [senderId, ASKED],
  );
  const database = openDatabase(bench.database.connectionString, { max: 1 });
  const ledger = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
  await bench.rows('select pg_stat_force_next_flush()');
  const before = await entriesRead();
  for (let n = 0; n < 8; n += 1) {
    await bench.rows(`update portfolios set counted_at = '-infinity'`);
    await ledger.senders.budget({ senderId, portfolio: 'p', limit: ASKED / 2 });
  }
  await database.pool.query('select pg_stat_force_next_flush()');
  await database.close();
  const [portfolio] = await bench.rows<{ remaining: number }>('select remaining from portfolios');
  expect(portfolio?.remaining).toBe(0);
  // Each looks at some 75 people, twice.
  expect((await entriesRead()) - before).toBeLessThan(8 * 1_000);
});

async function entriesRead(): Promise<number> {
  const [found] = await bench.rows<{ n: string }>(
    `select sum(idx_tup_read) as n from pg_stat_user_indexes where relname = 'pairs'`,
  );
  return Number(found?.n);
}
