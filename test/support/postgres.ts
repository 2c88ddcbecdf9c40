/**
 * A fresh database for each test file, all in one Postgres of the run: the embedded one
 * (`global-setup.mjs`), or the oldest that is supported (`global-setup-oldest.mjs`). A server each
 * would cost a second, a database costs some 50 ms.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';

/** A database of one test file. */
export interface TestDatabase {
  readonly connectionString: string;
  /** Drops it, cutting off whoever is still connected. */
  drop(): Promise<void>;
}

/** Whether this file runs on the oldest Postgres that is supported; else on the embedded one. */
export function isOldestPostgres(): boolean {
  return process.env.CALLPERMIT_TEST_POSTGRES === 'oldest';
}

/** Any number will do as long as nobody else's advisory lock has it. */
const TEMPLATE_LOCK = 20_261_122;

/**
 * Makes a database; drop it in `afterAll`.
 *
 * @param p.migrated with the schema in it (the default), or empty
 */
export async function createTestDatabase(
  p: { readonly migrated?: boolean } = {},
): Promise<TestDatabase> {
  const { connectionString: server, template: migrated = 'callpermit_migrated' } =
    await serverOfRun();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = p.migrated === false ? 'template0' : migrated;
  await withClient(server, async (client) => {
    // Postgres copies a template only while nobody is connected to it.
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    if (template === migrated) await ensureTemplate(client, server, template);
    await client.query(`create database ${name} template ${template}`);
  });
  return {
    connectionString: databaseUrl(server, name),
    drop: () =>
      withClient(server, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

async function ensureTemplate(client: pg.Client, server: string, template: string): Promise<void> {
  const found = await client.query('select 1 from pg_database where datname = $1', [template]);
  if (found.rowCount === 1) return;
  const draft = `${template}_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  await client.query(`create database ${draft}`);
  const database = openDatabase(databaseUrl(server, draft));
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
  await client.query(`alter database ${draft} rename to ${template}`);
}

interface RunningServer {
  readonly connectionString: string;
  /** The name of the migrated database that others are copied from. */
  readonly template?: string;
}

/** The server this file runs on, once it is up; `global-setup.mjs` says why it is a file. */
async function serverOfRun(): Promise<RunningServer> {
  const runDir = process.env.CALLPERMIT_TEST_RUN;
  if (runDir === undefined) throw new Error('run tests by npm test: jest.config.mjs was not read');
  const name = isOldestPostgres() ? 'postgres-oldest' : 'postgres';
  for (;;) {
    const text = await readFile(join(runDir, `${name}.json`), 'utf8').catch(() => undefined);
    if (text === undefined) {
      await sleep(20);
      continue;
    }
    const { error, ...server } = JSON.parse(text) as RunningServer & { error?: string };
    if (error === undefined) return server;
    throw new Error(`the Postgres of the run did not start (${name}): ${error}`);
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
