import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { systemClock } from '../../src/telemetry/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { KEY, people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

const NDJSON = { 'content-type': 'application/x-ndjson' };
const CSV = { 'content-type': 'text/csv; charset=utf-8' };

async function waiting(more: object = {}): Promise<string> {
  const body = { template: 't', language: 'en', ...more };
  const made = await service.call('POST', '/v1/campaigns', { body });
  expect([made.status, made.body.state]).toEqual([201, 'loading']);
  return made.body.id;
}

const upload = (id: string, body: unknown, headers: Record<string, string>, query = '') =>
  service.call('POST', `/v1/campaigns/${id}/recipients${query}`, { body, headers });

const ndjson = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A stream made while it is read; tells how much of it was ever asked for. */
function streamOf(n: number, first: number): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (made >= n) return controller.close();
        const size = Math.min(500, n - made);
        controller.enqueue(Buffer.from(ndjson(people(size, first + made))));
        made += size;
      },
    },
    { highWaterMark: 1 },
  );
}

/** Bytes that are in use, not those that only wait to be collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('a list as a stream', () => {
  it('ten thousand lines of NDJSON go in, and the campaign can be started', async () => {
    const id = await waiting();
    expect((await service.call('POST', `/v1/campaigns/${id}/start`)).status).toBe(409);
    const answer = await upload(id, streamOf(10_000, 0), NDJSON);
    expect(answer.body).toEqual({
      id,
      state: 'draft',
      lines: 10_000,
      added: 10_000,
      doubles: 0,
      refused: 0,
      refusedLines: [],
      warnings: [],
    });
    const started = await service.call('POST', `/v1/campaigns/${id}/start`);
    expect(started.body).toMatchObject({ state: 'running', counts: { pending: 10_000 } });
    await service.call('POST', `/v1/campaigns/${id}/cancel`);
  });

  it('memory stays flat: of 52 MB of list less than 10 are held, 4 of them a table of fixed size', async () => {
    const id = await waiting();
    const before = heldBytes();
    const held: number[] = [];
    function* lines(): Generator<string, void> {
      for (let made = 0; made < 50_000; made += 250) {
        const rows = people(250, 1_000_000 + made).map((row) => ({ ...row, 1: 'x'.repeat(1_000) }));
        yield ndjson(rows);
        if (made % 5_000 === 0) held.push(heldBytes() - before);
      }
    }
    // Not fetch: Node's reads a stream ahead of the socket without end.
    const sent = request(`${service.http.url}/v1/campaigns/${id}/recipients`, {
      method: 'POST',
      headers: { ...NDJSON, authorization: `Bearer ${KEY}` },
    });
    const answered = once(sent, 'response');
    await pipeline(Readable.from(lines()), sent);
    const [response] = (await answered) as [IncomingMessage];
    expect(await json(response)).toMatchObject({ added: 50_000, refused: 0 });
    // A look now and then falls on bytes that wait in a socket, 15 MB of them (Node 24): those stay fewer than half.
    const inTheMiddle = held.sort((a, b) => a - b)[held.length / 2] ?? Number.POSITIVE_INFINITY;
    expect(inTheMiddle).toBeLessThan(10 * 1024 * 1024);
  });

  it('CSV and a JSON array do as well', async () => {
    const csv = await upload(await waiting(), 'to;1;reference\r\n+16502220001;Ann;a\r\n', CSV);
    expect(csv.body).toMatchObject({ added: 1, refused: 0 });
    const json = { 'content-type': 'application/json' };
    const array = await upload(await waiting(), JSON.stringify(people(3)), json);
    expect(array.body).toMatchObject({ added: 3, refused: 0 });
  });

  it('a body that says its charset is read in it', async () => {
    const id = await waiting();
    const body = () => new Blob([Buffer.from('to,1\n+16505550177,Jos\xe9\n', 'latin1')]).stream();
    const headers = { 'content-type': 'text/csv; charset="ISO-8859-1"' };
    expect((await upload(id, body(), headers)).body).toMatchObject({ added: 1, refused: 0 });
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    const { rows } = await client.query('select parameters from requests where campaign_id = $1', [
      id,
    ]);
    await client.end();
    expect(rows).toEqual([{ parameters: { 1: 'José' } }]);
    const unknown = await upload(await waiting(), body(), {
      'content-type': 'text/csv; charset=klingon',
    });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'LIST_UNREADABLE' } });
  });

  it('bad lines are told with row, column, value and reason; the first hundred of them', async () => {
    const rows = [
      ...people(2, 50_000),
      ...Array.from({ length: 150 }, (_, i) => ({ to: `${i}`, 1: 'Ann' })),
    ];
    const { body } = await upload(await waiting(), `${ndjson(rows)}not json\n`, NDJSON);
    expect(body).toMatchObject({ lines: 153, added: 2, refused: 151 });
    expect(body.refusedLines).toHaveLength(100);
    expect(body.refusedLines[0]).toMatchObject({
      row: 3,
      column: 'to',
      value: '0',
      code: expect.any(String),
      message: expect.any(String),
    });
    expect(service.logged()).not.toMatch(/\+?1650205\d{4}/);
  });

  it('a header variable is filled by its own column, and by nothing else', async () => {
    const headed = () => waiting({ template: 'headed' });
    const list = 'to,header,1\n+16502220009,7,Ann\n';
    expect((await upload(await headed(), list, CSV)).body).toMatchObject({ added: 1, refused: 0 });
    const without = await upload(await headed(), 'to,1\n+16502220009,Ann\n', CSV);
    expect(without.body.detail).toContain('the list lacks "header"');
  });

  it('a country makes national numbers readable', async () => {
    const { body } = await upload(
      await waiting(),
      'to,1\n(650) 222-0001,Ann\n',
      CSV,
      '?defaultCountry=US',
    );
    expect(body).toMatchObject({ added: 1, refused: 0 });
  });
});

describe('a list that does not go in', () => {
  it.each([
    ['columns that do not fit', 'to,2\n+16502220001,Ann\n', CSV, '', 422, 'TEMPLATE_COLUMNS'],
    ['nobody', '', CSV, '', 422, 'LIST_EMPTY'],
    ['a header alone', 'to,1\n', CSV, '', 422, 'LIST_EMPTY'],
    ['a column of numbers missing', '1\nAnn\n', CSV, '', 400, 'LIST_UNREADABLE'],
    ['only bad lines', 'to,1\n12,Ann\n', CSV, '', 422, 'LIST_ALL_REFUSED'],
    [
      'one bad line, strictly',
      'to,1\n+16502220001,Ann\n12,Ann\n',
      CSV,
      '?strict=true',
      422,
      'LIST_REFUSED',
    ],
    ['an unknown type', 'to,1\n', { 'content-type': 'application/pdf' }, '', 415, 'USAGE'],
    ['a misspelt query', 'to,1\n+16502220001,Ann\n', CSV, '?strickt=true', 400, 'USAGE'],
  ])('%s', async (_what, body, headers, query, status, code) => {
    const answer = await upload(await waiting(), body, headers, query);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.next ?? answer.body.detail).toEqual(expect.any(String));
  });

  it('a list refused whole takes its campaign along, with the lines that were in already', async () => {
    const id = await waiting();
    const rows = [...people(2_000, 60_000), { to: '12', 1: 'Ann' }];
    const answer = await upload(id, ndjson(rows), NDJSON, '?strict=true');
    expect(answer.body).toMatchObject({ code: 'LIST_REFUSED', refusedLines: [{ row: 2_001 }] });
    expect((await service.call('GET', `/v1/campaigns/${id}`)).status).toBe(404);
  });

  it('a second list is told that the first is in, and writes nothing; the same one changes nothing', async () => {
    const id = await waiting();
    await upload(id, ndjson(people(1, 70_000)), NDJSON);
    const second = await upload(id, ndjson(people(2_000, 70_001)), NDJSON);
    expect(second.body).toMatchObject({ status: 409, code: 'CAMPAIGN_STATE' });
    const strictly = [...people(1, 70_002), { to: '12', 1: 'Ann' }];
    const third = await upload(id, ndjson(strictly), NDJSON, '?strict=true');
    expect(third.body).toMatchObject({ status: 409, code: 'CAMPAIGN_STATE' });
    const again = await upload(id, ndjson(people(1, 70_000)), NDJSON);
    expect([again.status, again.body]).toMatchObject([200, { state: 'draft', added: 0 }]);
    expect(await storedLines(id)).toEqual(['1 +16502070000 r70000 Ann']);
  });

  it('six lists at once into one campaign, half of them strict and bad: one is in, whole', async () => {
    const id = await waiting();
    const lists = Array.from({ length: 6 }, (_, i) => people(1_200, 100_000 + i * 2_000));
    const answers = await Promise.all(
      lists.map((rows, i) =>
        i % 2 === 0
          ? upload(id, ndjson(rows), NDJSON)
          : upload(id, ndjson([...rows, { to: '12', 1: 'Ann' }]), NDJSON, '?strict=true'),
      ),
    );
    expect(answers.filter((a) => ![200, 404, 409, 422].includes(a.status))).toEqual([]);
    const won = answers.flatMap((a, i) => (a.status === 200 ? [i] : []));
    expect(won.length).toBeLessThanOrEqual(1);
    // A strict one that came first takes the campaign along; then nobody was told that his list is in.
    const rows = won.length === 0 ? [] : (lists[won[0] as number] ?? []);
    const expected = rows.map((row, i) => `${i + 1} ${row.to} ${row.reference} ${row[1]}`);
    expect(await storedLines(id)).toEqual(expected);
    const stands = (await service.call('GET', `/v1/campaigns/${id}`)).status;
    expect(stands).toBe(won.length === 1 ? 200 : 404);
  });

  it('one that waits for another load is answered 409 after 30 s, and not before', async () => {
    const id = await waiting();
    const { intake } = service.app.ledger;
    const other = { campaignId: id, loader: 'reads on' };
    await intake.hold(other);
    // Half a minute goes by on the clock of this process alone.
    let passedMs = 0;
    const { now } = systemClock;
    const clock = jest.spyOn(systemClock, 'now').mockImplementation(() => now() + passedMs);
    const looks = jest.spyOn(intake, 'hold');
    let isAnswered = false;
    /** The upload has looked twice more for the end of the other load, or is answered. */
    const looked = async () => {
      const from = looks.mock.calls.length;
      while (looks.mock.calls.length < from + 2 && !isAnswered)
        await new Promise((resolve) => setImmediate(resolve));
    };
    try {
      const answer = upload(id, ndjson(people(1, 95_000)), NDJSON).finally(() => {
        isAnswered = true;
      });
      await looked();
      passedMs = 20_000;
      await looked();
      expect(isAnswered).toBe(false);
      passedMs = 30_000;
      expect((await answer).body).toMatchObject({ status: 409, code: 'CONFLICT' });
      expect(await storedLines(id)).toEqual([]);
    } finally {
      looks.mockRestore();
      clock.mockRestore();
      await intake.letGo(other);
    }
  });

  it('an unknown campaign answers 404 though the body goes on', async () => {
    expect((await upload('cnothere', streamOf(5_000, 0), NDJSON)).status).toBe(404);
  });

  it('without preflight the form of the columns must be the one that was said', async () => {
    const id = await waiting({ template: 'other', skipPreflight: true });
    const named = 'to,name\n+16502220001,Ann\n';
    expect((await upload(id, named, CSV)).body.code).toBe('TEMPLATE_COLUMNS');
    const other = await waiting({
      template: 'other',
      skipPreflight: true,
      parameterFormat: 'named',
    });
    expect((await upload(other, named, CSV)).body).toMatchObject({ added: 1 });
  });
});

async function storedLines(id: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  const { rows } = await client.query<{ said: string }>(
    `select row || ' ' || to_number || ' ' || reference || ' ' || (parameters ->> '1') as said
     from requests where campaign_id = $1 order by row`,
    [id],
  );
  await client.end();
  return rows.map((row) => row.said);
}

describe('an upload that breaks off', () => {
  it('binds nothing: a shorter list with other parameters is what is asked', async () => {
    const id = await waiting();
    await breakOff(id, ndjson(people(2_500, 90_000)));
    const right = people(300, 90_000).map((row) => ({ ...row, reference: 'new', 1: 'Bea' }));
    expect((await upload(id, ndjson(right), NDJSON)).body).toMatchObject({ added: 300 });
    expect(await storedLines(id)).toEqual(right.map((row, i) => `${i + 1} ${row.to} new Bea`));
  });

  it('leaves the campaign waiting, and the whole list sent again adds nobody twice', async () => {
    const id = await waiting();
    const rows = people(3_000, 80_000);
    await breakOff(id, ndjson(rows.slice(0, 2_500)));
    const { body: halfway } = await service.call('GET', `/v1/campaigns/${id}`);
    expect(halfway.state).toBe('loading');
    const again = await upload(id, ndjson(rows), NDJSON);
    expect(again.body).toMatchObject({ state: 'draft', lines: 3_000, refused: 0, doubles: 0 });
    const { body } = await service.call('GET', `/v1/campaigns/${id}`);
    expect(body.counts.pending).toBe(3_000);
  });

  /** Sends the beginning of a list, waits until some of it is in, and goes away. */
  async function breakOff(id: string, text: string): Promise<void> {
    const { port } = new URL(service.http.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /v1/campaigns/${id}/recipients HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n` +
        `Content-Type: application/x-ndjson\r\nContent-Length: ${text.length * 2}\r\n\r\n`,
    );
    socket.write(text);
    for (;;) {
      const { body } = await service.call('GET', `/v1/campaigns/${id}`);
      if (body.counts.pending > 0) break;
    }
    socket.destroy();
    await once(socket, 'close');
  }
});

describe('a campaign that waits for its list', () => {
  it('is one under one key, and another template under it is 409', async () => {
    const create = (template: string) =>
      service.call('POST', '/v1/campaigns', {
        body: { template, language: 'en' },
        headers: { 'idempotency-key': 'waiting-1' },
      });
    const first = await create('t');
    const again = await create('t');
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    expect((await create('plain')).body.code).toBe('IDEMPOTENCY_MISMATCH');
  });
});
