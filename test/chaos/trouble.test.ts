/** That the troubles of the storm are what they say: each refuses a client in its own way, and ends. */
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { asAdmin, type PostgresStore, startPostgres } from '../../scripts/chaos/postgres-store.ts';
import { findRedis, startRedis } from '../../scripts/chaos/redis-store.ts';
import { beginTrouble, type PostgresTrouble } from '../../scripts/chaos/trouble-postgres.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-trouble-'));
  await chmod(dir, 0o711);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe.each(['15', '18'])('troubles of Postgres %s', (version) => {
  let postgres: PostgresStore;
  let standing: pg.Client;

  beforeAll(async () => {
    postgres = await startPostgres(join(dir, version), version);
    const client = await connect();
    for (const table of ['requests', 'senders', 'campaigns', 'pairs'])
      await client.query(`create table ${table} (n int)`);
    await client.end();
  });
  afterAll(() => postgres.stop());

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  const codeOf = (error: unknown) => (error as { code?: string }).code;
  const write = async (client: pg.Client) => {
    await client.query("set lock_timeout = '200ms'");
    return client.query('insert into requests values (1)').then(() => 'written', codeOf);
  };
  const writeAnew = async () => {
    const client = await connect().catch(codeOf);
    if (!(client instanceof pg.Client)) return client;
    return write(client).finally(() => client.end());
  };

  it.each<[PostgresTrouble, string | undefined]>([
    ['read-only', '25006'],
    ['lock-table', '55P03'],
    ['rename-database', '3D000'],
    ['reject-host', '28000'],
    ['refuse-connections', '55000'],
    ['rotate-password', '28P01'],
    ['revoke-privileges', '42501'],
  ])('%s tells a new client by %s, and no more once it has ended', async (kind, code) => {
    expect(await writeAnew()).toBe('written');
    const end = await beginTrouble(postgres, { kind, which: 0 });
    expect(await untilOther('written', writeAnew)).toBe(code);
    await end();
    expect(await untilOther(code, writeAnew)).toBe('written');
  });

  it.each<PostgresTrouble>([
    'cut-backends',
    'rename-database',
    'reject-host',
    'refuse-connections',
    'rotate-password',
  ])('%s ends the connections that stand', async (kind) => {
    standing = await connect();
    const ended = new Promise((resolve) => standing.once('end', resolve));
    const end = await beginTrouble(postgres, { kind, which: 0 });
    await ended;
    await end();
  });

  it('leaves a way in for the superuser, who can write while it is read-only', async () => {
    const end = await beginTrouble(postgres, { kind: 'read-only', which: 0 });
    await asAdmin(postgres.witnessUrl, (admin) => admin.query('delete from requests'));
    await end();
  });

  /** A reloaded setting takes a moment to reach all processes. */
  async function untilOther<T>(than: T, look: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const seen = await look();
      if (seen !== than || tries === 100) return seen;
    }
  }
});

describe('a Redis without memory', () => {
  it('refuses writes, or throws keys away, and takes them again', async () => {
    expect(findRedis()).toBeDefined();
    const redis = await startRedis(dir);
    const { Redis } = await import('ioredis');
    const client = new Redis(redis.url);
    try {
      await client.set('a', 'b');
      await redis.squeeze?.('noeviction');
      await expect(client.set('a', 'c')).rejects.toThrow(/^OOM/);
      await redis.squeeze?.('allkeys-lru');
      await client.set('x', 'y').catch(() => undefined);
      expect(await client.get('a')).toBeNull();
      await redis.relax?.();
      expect(await client.set('a', 'd')).toBe('OK');
      expect(await client.get('a')).toBe('d');
    } finally {
      client.disconnect();
      await redis.stop();
    }
  });
});
