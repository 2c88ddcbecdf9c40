/** Lists that come packed: as those that come plain, and a broken one as an upload that broke off. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { unzipped } from '../../src/http/content-encoding.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { KEY, people, type Service, startService } from './support.ts';

/** What is taken here of a list, unpacked. */
const LIST_BYTES = 8_000_000;

let database: TestDatabase;
let service: Service;
/** One that takes less. */
let small: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  const ground = { databaseUrl: database.connectionString };
  service = await startService(ground);
  small = await startService(ground, {}, { listBytes: LIST_BYTES });
});

afterAll(async () => {
  await small?.close();
  await service?.close();
  await database?.drop();
});

const ndjson = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

async function waiting(at = service): Promise<string> {
  const body = { template: 't', language: 'en' };
  return (await at.call('POST', '/v1/campaigns', { body })).body.id;
}

function upload(
  id: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  at = service,
) {
  return at.call('POST', `/v1/campaigns/${id}/recipients`, {
    body: new Blob([body]).stream(),
    headers: {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      ...headers,
    },
  });
}

const stateOf = async (id: string) => (await service.call('GET', `/v1/campaigns/${id}`)).body;

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('what is in a gzip', () => {
  it('comes out whole, however it is cut and of however many it is made', async () => {
    const texts = fc.array(fc.string({ maxLength: 3_000 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 5_000 }), async (parts, size) => {
        const packed = Buffer.concat(parts.map((part) => gzipSync(part)));
        expect(await collected(unzipped(cut(packed, size)))).toEqual(gunzipSync(packed));
      }),
      { numRuns: 40 },
    );
  });

  it('is nothing where its end is not there, or is not its end', async () => {
    const packed = gzipSync('to,1\n'.repeat(5_000));
    const broken = [
      ...[1, 9, packed.length - 1].map((end) => packed.subarray(0, end)),
      Buffer.concat([packed, Buffer.from('more')]),
      Buffer.concat([packed, Buffer.alloc(3)]),
      Buffer.concat([packed, packed.subarray(0, 12)]),
      Buffer.from('to,1\n'),
      Buffer.alloc(0),
    ];
    for (const bytes of broken)
      for (const size of [1, 7, packed.length, 100_000])
        await expect(collected(unzipped(cut(bytes, size)))).rejects.toThrow();
  });
});

describe('a bomb', () => {
  it('comes out a little at a time: of 100 MB less than 16 are held', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const before = heldBytes();
    let out = 0;
    let most = 0;
    for await (const piece of unzipped(cut(bomb, 65_536))) {
      expect(piece.length).toBeLessThan(200_000);
      if (Math.floor(out / 50_000_000) < Math.floor((out + piece.length) / 50_000_000))
        most = Math.max(most, heldBytes() - before);
      out += piece.length;
    }
    expect(out).toBe(100_000_000);
    expect(most).toBeLessThan(16 * 1024 * 1024);
  });
});

describe('a packed list', () => {
  it('goes in as it would plain, NDJSON and CSV, and said again changes nothing', async () => {
    const rows = people(3_000);
    const id = await waiting();
    const first = await upload(id, gzipSync(ndjson(rows)));
    expect(first.body).toMatchObject({ state: 'draft', lines: 3_000, added: 3_000, refused: 0 });
    for (const again of [
      await upload(id, gzipSync(ndjson(rows), { level: 1 })),
      await upload(id, Buffer.from(ndjson(rows)), { 'content-encoding': 'identity' }),
    ])
      expect([again.status, again.body]).toMatchObject([200, { state: 'draft', added: 0 }]);
    expect((await stateOf(id)).counts.pending).toBe(3_000);

    const csv = await upload(await waiting(), gzipSync('to,1\n+16502220001,Ann\n'), {
      'content-type': 'text/csv',
      'content-encoding': 'X-GZIP',
    });
    expect(csv.body).toMatchObject({ added: 1, refused: 0 });
  });

  it('that ends in the middle counts for nothing; the whole one is taken then, and nobody twice', async () => {
    const id = await waiting();
    const rows = people(4_000, 10_000);
    const packed = gzipSync(ndjson(rows));
    const half = await upload(id, packed.subarray(0, packed.length / 2));
    expect(half).toMatchObject({ status: 400, body: { code: 'LIST_UNREADABLE', where: 'body' } });
    expect((await stateOf(id)).state).toBe('loading');
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6] = (flipped[packed.length - 6] ?? 0) ^ 255;
    expect((await upload(id, flipped)).body.code).toBe('LIST_UNREADABLE');
    const whole = await upload(id, packed);
    expect(whole.body).toMatchObject({ state: 'draft', added: 4_000, doubles: 0 });
    expect((await stateOf(id)).counts.pending).toBe(4_000);
  });

  it('whose connection breaks leaves the campaign waiting for it', async () => {
    const id = await waiting();
    const rows = people(6_000, 20_000);
    const packed = gzipSync(ndjson(rows));
    const socket = connect(Number(new URL(service.http.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /v1/campaigns/${id}/recipients HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n` +
        'Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n' +
        `Content-Length: ${packed.length}\r\n\r\n`,
    );
    socket.write(packed.subarray(0, packed.length - 20));
    while ((await stateOf(id)).counts.pending === 0);
    socket.destroy();
    await once(socket, 'close');
    expect((await upload(id, packed)).body).toMatchObject({ state: 'draft', added: 6_000 });
  });

  it('that is a bomb is a line too long, and no more', async () => {
    const line = Buffer.from(ndjson(people(1, 30_000)));
    // 60 MB of one character, which is 60 kB packed.
    const bomb = Buffer.concat([gzipSync(line), gzipSync(Buffer.alloc(60_000_000, 'x'))]);
    const answer = await upload(await waiting(), bomb);
    expect(answer.body).toMatchObject({ lines: 2, added: 1, refused: 1 });
    expect(answer.body.refusedLines).toMatchObject([{ row: 2, code: 'LINE_TOO_LONG' }]);
  });

  it.each(['br', 'deflate', 'gzip, gzip', 'zstd'])(
    'in %s is refused with 415',
    async (encoding) => {
      const id = await waiting();
      const answer = await upload(id, gzipSync('x'), { 'content-encoding': encoding });
      expect(answer).toMatchObject({
        status: 415,
        body: { code: 'USAGE', where: 'header Content-Encoding' },
      });
      expect((await stateOf(id)).state).toBe('loading');
    },
  );

  it('is nothing for other routes', async () => {
    const answer = await service.call('POST', '/v1/campaigns', {
      body: new Blob([gzipSync('{}')]).stream(),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    expect(answer.status).toBe(415);
  });
});

/** Bytes that are in use, not those that only wait to be collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('a gzip bomb', () => {
  async function rowsOf(id: string): Promise<readonly number[]> {
    const sql = new pg.Client({ connectionString: database.connectionString });
    await sql.connect();
    try {
      const counted = ['requests', 'refused_lines'].map((table) =>
        sql.query<{ n: number }>(`select count(*)::int n from ${table} where campaign_id = $1`, [
          id,
        ]),
      );
      return (await Promise.all(counted)).map(({ rows }) => rows[0]?.n ?? 0);
    } finally {
      await sql.end();
    }
  }

  it('of bad lines leaves the first 100,000 of them: all are counted, and the caller is told so', async () => {
    const id = await waiting();
    const text = `${ndjson(people(1))}${'{"to":"1"}\n'.repeat(120_000)}`;
    const answer = await upload(id, gzipSync(text));
    expect(answer).toMatchObject({ status: 200, body: { added: 1, refused: 120_000 } });
    expect(answer.body.warnings.join()).toContain('the first 100,000 are kept');
    expect(await rowsOf(id)).toEqual([1, 100_000]);
    expect(await stateOf(id)).toMatchObject({ state: 'draft', refusedLines: 120_000 });
    const listed = (await service.call('GET', '/v1/campaigns')).body.campaigns;
    expect(listed.find((one: { id: string }) => one.id === id).refusedLines).toBe(120_000);
    expect((await service.app.ledger.campaigns.progress(id))?.refusedLines).toBe(120_000);
    // The same once more changes nothing.
    expect((await upload(id, gzipSync(text))).body).toMatchObject({ added: 0, refused: 120_000 });
  }, 60_000);

  it('of long bad lines leaves 50 MB of them at most', async () => {
    const id = await waiting();
    const long = `{"to":"+16505551234","1":"${'x'.repeat(250_000)}"}\n`;
    const answer = await upload(id, gzipSync(`${ndjson(people(1))}${long.repeat(300)}`));
    expect(answer.body).toMatchObject({ added: 1, refused: 300 });
    expect(await rowsOf(id)).toEqual([1, 199]);
  }, 60_000);

  it.each([
    ['of good lines', () => ndjson(people(1)).repeat(200_000)],
    ['of one line that never ends', () => `${ndjson(people(1))}${'x'.repeat(LIST_BYTES)}`],
    ['of nothing but line ends', () => `${ndjson(people(1))}${'\n'.repeat(LIST_BYTES)}`],
  ])(
    '%s is refused with 413 beyond the bound of a list, and nothing of it stays',
    async (_, text) => {
      const id = await waiting(small);
      const answer = await upload(id, gzipSync(text()), {}, small);
      expect(answer).toMatchObject({
        status: 413,
        body: { code: 'LIST_TOO_LARGE', where: 'body' },
      });
      expect(answer.body.detail).toContain('8,000,000 bytes');
      expect(await rowsOf(id)).toEqual([0, 0]);
    },
    60_000,
  );

  it('is refused in one request with its campaign, and on the way to the opt-outs', async () => {
    const packed = gzipSync(`to,1\n+16505551234,Ann\n${'\n'.repeat(LIST_BYTES)}`);
    const headers = { 'content-type': 'text/csv', 'content-encoding': 'gzip' };
    for (const path of ['/v1/campaigns/import?template=t&language=en', '/v1/suppressions/import']) {
      const answer = await small.call('POST', path, {
        headers,
        body: new Blob([packed]).stream(),
      });
      expect(answer).toMatchObject({ status: 413, body: { code: 'LIST_TOO_LARGE' } });
    }
  });

  it('is no list of exactly the bound', async () => {
    const id = await waiting(small);
    const line = ndjson(people(1));
    const text = line + '\n'.repeat(LIST_BYTES - line.length);
    expect(await upload(id, gzipSync(text), {}, small)).toMatchObject({
      status: 200,
      body: { added: 1 },
    });
  });
});
