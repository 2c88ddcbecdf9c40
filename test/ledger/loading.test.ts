import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { ListLine } from '../../src/core/people/recipient.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { HELD_UP } from '../support/held-up.ts';
import { loaderOf, loadingIn, OLDER_ADD_LINES, OLDER_FINISH } from './loaders.ts';
import { all, lines, newNumber, useLedger } from './support.ts';

const bench = useLedger();

const loading = () => loadingIn(bench);

const people = (n: number) => lines(Array.from({ length: n }, newNumber));

const rowsOf = async (id: string) => (await all(bench.ledger.campaigns.results({ id }))).length;

const stateOf = async (id: string) => (await bench.ledger.campaigns.get(id))?.state;

describe('the hold of a campaign whose list is read', () => {
  test('is of one loader at a time, and free once that one lets go', async () => {
    const { one, two } = await loading();
    expect(await one.hold()).toMatchObject({ held: true, state: 'loading', listSha256: null });
    expect(await two.hold()).toMatchObject({ held: false, state: 'loading' });
    await one.letGo();
    expect(await two.hold()).toMatchObject({ held: true });
    // It was not the first one's to give up any more.
    await one.letGo();
    expect(await one.hold()).toMatchObject({ held: false });
  });

  test('lasts 15 s by the database’s clock, and longer with each batch', async () => {
    const { campaignId, one } = await loading();
    await one.hold();
    const left = async () => {
      const [row] = await bench.rows<{ s: number }>(
        'select extract(epoch from loader_until - clock_timestamp())::float8 as s from campaigns where id = $1',
        [campaignId],
      );
      return row?.s ?? 0;
    };
    expect(await left()).toBeGreaterThan(10);
    expect(await left()).toBeLessThanOrEqual(15);
    await bench.rows(`update campaigns set loader_until = '-infinity' where id = $1`, [campaignId]);
    await one.add(people(1));
    expect(await left()).toBeGreaterThan(10);
  });

  test('that was not renewed goes to the next, and the first writes nothing more', async () => {
    const { campaignId, one, two } = await loading();
    await one.hold();
    await one.add(people(2));
    await bench.rows('update campaigns set loader_until = clock_timestamp() where id = $1', [
      campaignId,
    ]);
    expect(await two.hold()).toMatchObject({ held: true });
    expect(await two.clear()).toMatchObject({ ok: true });
    const lost = { ok: false, error: { code: 'CONFLICT' } };
    expect(await one.add(people(2))).toMatchObject(lost);
    expect(await one.clear()).toMatchObject(lost);
    expect(await one.discard()).toMatchObject(lost);
    expect(await one.finish(2)).toMatchObject(lost);
    expect([await rowsOf(campaignId), await stateOf(campaignId)]).toEqual([0, 'loading']);
  });

  test('that nobody else took stays, however late the next batch is', async () => {
    const { campaignId, one } = await loading();
    await one.hold();
    await bench.rows('update campaigns set loader_until = clock_timestamp() where id = $1', [
      campaignId,
    ]);
    expect(await one.add(people(2))).toMatchObject({ ok: true });
  });

  test('ends with the connection of a loader that died', async () => {
    const { campaignId, senderId, two } = await loading();
    const other = openDatabase(bench.database.connectionString, { max: 1 });
    const dies = loaderOf(
      { ledger: createLedger(other, { pairLimit: { perDay: 1, perWeek: 2 } }) },
      campaignId,
      senderId,
      'dies',
    );
    await dies.hold();
    await dies.add(people(1));
    expect(await two.hold()).toMatchObject({ held: false });
    await bench.rows(
      `update campaigns set loader_until = clock_timestamp() + interval '10 min' where id = $1`,
      [campaignId],
    );
    await other.close();
    // A server process ends a moment after its connection.
    const began = performance.now();
    let isHeld = false;
    while (!isHeld && performance.now() - began < 20_000)
      isHeld = (await two.hold())?.held === true;
    expect(isHeld).toBe(true);
  });

  test('is looked at behind every lock: a batch that waited while the hold went writes nothing', async () => {
    const { campaignId, one } = await loading();
    await one.hold();
    const client = new pg.Client({ connectionString: bench.database.connectionString });
    await client.connect();
    await client.query('begin');
    await client.query(`update campaigns set loader = 'two' where id = $1`, [campaignId]);
    const late = one.add(people(3));
    await untilSomebodyWaits(client);
    await client.query('commit');
    await client.end();
    expect(await late).toMatchObject({ error: { code: 'CONFLICT' } });
    expect(await rowsOf(campaignId)).toBe(0);
  });

  test('of a campaign that is gone is a problem, not a crash', async () => {
    const { campaignId, one, two } = await loading();
    await one.hold();
    await one.add(people(1));
    expect(await one.discard()).toMatchObject({ ok: true });
    expect(await one.add(people(1))).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await two.hold()).toBeUndefined();
    expect(await stateOf(campaignId)).toBeUndefined();
  });
});

async function untilSomebodyWaits(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query(HELD_UP);
    if (rows.length > 0) return;
  }
}

describe('what a load left', () => {
  test('is removed whole, in slices, and nothing of another campaign', async () => {
    const [mine, other] = [await loading(), await loading()];
    await other.one.hold();
    await other.one.add(people(3));
    await mine.one.hold();
    const many = people(11_000);
    const refused: ListLine[] = [11_001, 11_002].map((row) => ({
      kind: 'refused',
      refused: { row, code: 'PHONE_INVALID', message: 'no number' },
    }));
    await mine.one.add([...many, ...refused]);
    await mine.one.letGo();
    await mine.two.hold();
    expect(await mine.two.clear()).toMatchObject({ ok: true });
    expect(await rowsOf(mine.campaignId)).toBe(0);
    expect(await all(bench.ledger.campaigns.refusedLines(mine.campaignId))).toEqual([]);
    expect(await rowsOf(other.campaignId)).toBe(3);
    // The same rows go in again.
    expect(await mine.two.add(many.slice(0, 10))).toMatchObject({ value: { added: 10 } });
  });

  test('goes with its campaign, but not once a list is in', async () => {
    const { campaignId, one } = await loading();
    await one.hold();
    await one.add(people(2));
    expect(await one.finish(2)).toMatchObject({ ok: true });
    expect(await one.discard()).toMatchObject({ error: { code: 'CAMPAIGN_STATE' } });
    expect([await rowsOf(campaignId), await stateOf(campaignId)]).toEqual([2, 'draft']);
  });

  test('is not counted among the lines: a list ends only with just its rows', async () => {
    const { campaignId, one } = await loading();
    await one.hold();
    await one.add(people(2));
    expect(await one.finish(1)).toMatchObject({ error: { code: 'CONFLICT' } });
    expect(await one.finish(3)).toMatchObject({ error: { code: 'CONFLICT' } });
    expect(await stateOf(campaignId)).toBe('loading');
    expect(await one.finish(2)).toMatchObject({ ok: true });
    expect(await one.hold()).toMatchObject({
      held: false,
      state: 'draft',
      listSha256: 'of the list',
    });
  });
});

describe('an older program that is half-way through a list', () => {
  const older = (id: string, senderId: string, rows: readonly number[]) =>
    bench.rows<{ added: number }>(OLDER_ADD_LINES, [
      id,
      [senderId],
      'en',
      JSON.stringify(
        rows.map((row) => ({ row, to: newNumber(), sender: senderId, parameters: { 1: 'Old' } })),
      ),
    ]);
  const end = (id: string) =>
    bench.rows<{ list_sha256: string | null }>(OLDER_FINISH, [id, 'its list']);

  test('goes on and ends by its own statements', async () => {
    const { campaignId, senderId } = await loading();
    expect(await older(campaignId, senderId, [1, 2])).toEqual([
      { added: 2, doubles: 0, mismatch: null },
    ]);
    expect(await end(campaignId)).toEqual([{ list_sha256: 'its list' }]);
    expect(await stateOf(campaignId)).toBe('draft');
  });

  test('does not end the load of another that holds the campaign', async () => {
    const { campaignId, senderId, one } = await loading();
    await older(campaignId, senderId, [1, 2]);
    await one.hold();
    await one.clear();
    await one.add(people(3));
    // To the older program that is another list's campaign.
    expect(await end(campaignId)).toEqual([]);
    expect(await stateOf(campaignId)).toBe('loading');
    expect(await one.finish(3)).toMatchObject({ ok: true });
  });

  test('cannot put a row of its own beside those of another list', async () => {
    const { campaignId, senderId, one } = await loading();
    await one.hold();
    await one.add(people(2));
    await older(campaignId, senderId, [3]);
    const conflict = { error: { code: 'CONFLICT' } };
    expect(await one.add(people(3).slice(2))).toMatchObject(conflict);
    expect(await one.finish(2)).toMatchObject(conflict);
    expect(await stateOf(campaignId)).toBe('loading');
  });
});
