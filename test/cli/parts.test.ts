/**
 * `campaign cancel` and `campaign retry` of a long list, ended in the middle. The command is held in its second part
 * by a row that somebody else has locked, so that it is the middle on any machine.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { PART_ROWS } from '../../src/ledger/parts.ts';
import type { Callpermit } from '../support/callpermit.ts';
import { HELD_UP } from '../support/held-up.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, setUpWorkspace } from './workspace.ts';

const LINES = 3 * PART_ROWS;

describe('a command that changes a long list', () => {
  let database: TestDatabase | undefined;
  let pool: pg.Pool | undefined;
  const workspace = setUpWorkspace(() => ({
    DATABASE_URL: database?.connectionString ?? '',
    REDIS_URL: 'redis://127.0.0.1:1',
  }));

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.connectionString });
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  async function enqueue(name: string, from: number): Promise<string> {
    const list = await workspace.file(name, people(LINES, from));
    const taken = await workspace.run(['enqueue', list, '--template', 't', '--language', 'en']);
    expect(taken.code).toBe(0);
    return taken.stdout.trim();
  }

  async function rows<R extends pg.QueryResultRow>(sql: string, id: string): Promise<R[]> {
    return (await pool?.query<R>(sql, [id]))?.rows ?? [];
  }

  /** Does something to the command while it waits in its second part. */
  async function inSecondPart(id: string, command: Callpermit, act: () => void): Promise<void> {
    const client = await pool?.connect();
    if (client === undefined) throw new Error('the pool is there once the tests run');
    try {
      await client.query('begin');
      await client.query(
        'select from requests where campaign_id = $1 and row = $2 for no key update',
        [id, PART_ROWS + 1],
      );
      await untilHeldUp();
      act();
      // Heard, or dead, before the part may go on.
      if (command.child.signalCode === null) await command.untilLine(/Stopping/).catch(() => '');
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  async function untilHeldUp(): Promise<void> {
    while (((await pool?.query(HELD_UP))?.rowCount ?? 0) === 0);
  }

  test('Ctrl-C: cancel ends after its part, says what stands, and dies by the signal', async () => {
    const id = await enqueue('stopped.csv', 500_000);
    const command = workspace.start(['campaign', 'cancel', id, '--json']);
    await inSecondPart(id, command, () => command.kill('SIGINT'));
    const ended = await command.untilExit();
    expect(ended).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(ended.stderr).toContain('1,000 of its people still stand as open');
    expect(ended.stderr).not.toContain('█');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      state: 'cancelled',
      stoppedBy: 'SIGINT',
      counts: { cancelled: 2 * PART_ROWS, pending: PART_ROWS },
    });
    const again = await workspace.run(['campaign', 'cancel', id, '--json']);
    expect(again).toMatchObject({ code: 0, json: { counts: { cancelled: LINES, pending: 0 } } });
    expect(again.json).not.toHaveProperty('stoppedBy');
  });

  test('kill -9: the next cancel does the rest', async () => {
    const id = await enqueue('killed.csv', 510_000);
    const command = workspace.start(['campaign', 'cancel', id]);
    await inSecondPart(id, command, () => command.kill('SIGKILL'));
    expect(await command.untilExit()).toMatchObject({ signal: 'SIGKILL' });
    expect((await workspace.show(id)).counts.cancelled).toBeLessThan(LINES);
    expect(await workspace.run(['campaign', 'cancel', id, '--json'])).toMatchObject({
      code: 0,
      json: { state: 'cancelled', counts: { cancelled: LINES, pending: 0 } },
    });
  });

  test('Ctrl-C: retry ends after its part, and the same command goes on', async () => {
    const id = await enqueue('again.csv', 520_000);
    for (const to of ["'queued', batch = 1", "'sending', fence = 1, claim_id = 'c'", "'rejected'"])
      await rows(`update requests set state = ${to} where campaign_id = $1`, id);
    const command = workspace.start(['campaign', 'retry', id, '--json']);
    await inSecondPart(id, command, () => command.kill('SIGINT'));
    const ended = await command.untilExit();
    expect(ended).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(ended.stderr).toContain('2,000 will be asked again');
    expect(ended.stderr).toContain('this command said again goes on');
    expect(JSON.parse(ended.stdout)).toMatchObject({ retried: 2 * PART_ROWS, stoppedBy: 'SIGINT' });
    expect(await workspace.run(['campaign', 'retry', id, '--json'])).toMatchObject({
      code: 0,
      json: { retried: PART_ROWS },
    });
    expect((await workspace.show(id)).counts).toMatchObject({ pending: LINES, rejected: 0 });
  });
});
