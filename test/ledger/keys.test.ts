import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { useLedger } from './support.ts';

const bench = useLedger();
const MINUTE = 60_000;
const keys = () => bench.ledger.keys;

async function made(name: string, scope: 'read' | 'send' | 'admin' = 'read') {
  const key = await keys().create({ name, scope });
  if (key === undefined) throw new Error(`${name} is taken`);
  return key;
}

async function lastUsed(id: string) {
  return (await keys().list()).find((key) => key.id === id)?.lastUsedAt ?? null;
}

describe('a key', () => {
  test('is 32 random bytes, of which the ledger keeps the hash alone', async () => {
    const { id, key } = await made('kept');
    expect(key).toMatch(/^cpk_[\w-]{43}$/);
    expect((await made('another')).key).not.toBe(key);
    const [row] = await bench.rows('select * from api_keys where id = $1', [id]);
    expect(row?.sha256).toEqual(createHash('sha256').update(key).digest());
    expect(JSON.stringify(row)).not.toContain(key.slice(4));
  });

  test('is found by its whole text and nothing else', async () => {
    const { id, key } = await made('found', 'send');
    expect(await keys().use(key)).toEqual({ id, name: 'found', scope: 'send' });
    const last = key.endsWith('A') ? 'B' : 'A';
    for (const other of [
      `${key.slice(0, -1)}${last}`,
      key.slice(0, -1),
      `${key}A`,
      key.slice(4),
      id,
      'found',
      '',
    ])
      expect(await keys().use(other)).toBeUndefined();
  });

  test('has a name that no other key in force has', async () => {
    const first = await made('crm');
    expect(await keys().create({ name: 'crm', scope: 'admin' })).toBeUndefined();
    expect(await keys().use(first.key)).toMatchObject({ scope: 'read' });
    await keys().revoke('crm');
    const second = await made('crm', 'send');
    expect(await keys().use(first.key)).toBeUndefined();
    expect(await keys().use(second.key)).toMatchObject({ id: second.id, scope: 'send' });
  });

  test('that is made by several at once of one name is one key', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => keys().create({ name: 'raced', scope: 'read' })),
    );
    expect(all.filter((key) => key !== undefined)).toHaveLength(1);
  });
});

describe('a revoked key', () => {
  test('is found no more, by its name or by its id, and stays in the list', async () => {
    const byName = await made('by-name');
    const byId = await made('by-id');
    expect(await keys().revoke('by-name')).toMatchObject({ id: byName.id, wasRevoked: false });
    expect(await keys().revoke(byId.id)).toMatchObject({ name: 'by-id', wasRevoked: false });
    for (const { id, key } of [byName, byId]) {
      expect(await keys().use(key)).toBeUndefined();
      expect(await lastUsed(id)).toBeNull();
      const listed = (await keys().list()).find((one) => one.id === id);
      expect(listed?.revokedAt).toBeInstanceOf(Date);
    }
  });

  test('keeps the time at which it was revoked', async () => {
    await made('twice');
    const first = await keys().revoke('twice');
    await bench.advance(MINUTE);
    expect(await keys().revoke('twice')).toEqual({ ...first, wasRevoked: true });
  });

  test('leaves others of its name alone: of a name, the one in force is revoked', async () => {
    const old = await made('again');
    await keys().revoke('again');
    const now = await made('again');
    expect(await keys().revoke(old.id)).toMatchObject({ id: old.id, wasRevoked: true });
    expect(await keys().use(now.key)).toMatchObject({ id: now.id });
    expect(await keys().revoke('again')).toMatchObject({ id: now.id, wasRevoked: false });
  });

  test('that never was is none', async () => {
    expect(await keys().revoke('nobody')).toBeUndefined();
  });
});

describe('when a key was used last', () => {
  test('is written once a minute', async () => {
    const { id, key } = await made('used');
    expect(await lastUsed(id)).toBeNull();
    await keys().use(key);
    const first = await lastUsed(id);
    expect(first).toBeInstanceOf(Date);
    await bench.advance(MINUTE / 2);
    await keys().use(key);
    expect(await lastUsed(id)).toEqual(first);
    await bench.advance(MINUTE / 2);
    await keys().use(key);
    expect(Number(await lastUsed(id))).toBeGreaterThanOrEqual(Number(first) + MINUTE);
  });

  test('holds nobody up: while another writes it, the key is found all the same', async () => {
    const { id, key } = await made('held');
    const other = await bench.database.pool.connect();
    try {
      await other.query('begin');
      await other.query('update api_keys set last_used_at = last_used_at where id = $1', [id]);
      expect(await keys().use(key)).toMatchObject({ id });
    } finally {
      await other.query('rollback');
      other.release();
    }
  });
});
