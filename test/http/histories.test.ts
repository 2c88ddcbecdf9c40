/** One person's way, what Meta told of it, and how soon people answered, over HTTP. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { systemClock } from '../../src/telemetry/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
let sql: pg.Client;
let id = '';
/** Of the request in row 1. */
let request = '';

// Of yesterday: nothing of it lies ahead, whatever the hour.
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const NOON = new Date(`${YESTERDAY}T12:00:00Z`);
const after = (seconds: number) => new Date(NOON.getTime() + seconds * 1_000).toISOString();

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService(
    { databaseUrl: database.connectionString },
    { FORGET_KEY: 'a key of those who were forgotten' },
  );
  sql = new pg.Client({ connectionString: database.connectionString });
  await sql.connect();
  const body = { template: 't', language: 'en', start: false, recipients: people(6) };
  id = (await service.call('POST', '/v1/campaigns', { body })).body.id;
  await accepted(1, { delivered: 3, read: 60, answered: 100, answer: 'temporary' });
  await accepted(2, { answered: 400, answer: 'declined' });
  await accepted(3, { answered: 400, answer: 'permanent' });
  const { rows } = await sql.query('select id from requests where campaign_id = $1 and row = 1', [
    id,
  ]);
  request = String(rows[0].id);
  await sql.query(
    `insert into attempts (request_id, fence, at, outcome, applied, error_code, detail, retry_at)
     values ($1, 1, $2, 'unsent', true, 130429, 'Rate limit hit', $3), ($1, 2, $4, 'status: failed', false, 131026, 'late', null)`,
    [request, after(-5), after(-1), after(200)],
  );
  await sql.query('select make_webhook_day($1)', [YESTERDAY]);
});

afterAll(async () => {
  await sql?.end();
  await service?.close();
  await database?.drop();
});

async function accepted(
  row: number,
  p: { delivered?: number; read?: number; answered: number; answer: string },
): Promise<void> {
  const { delivered = null, read = null, answered, answer } = p;
  const time = (s: number | null) => (s === null ? null : after(s));
  await sql.query(
    `update requests set state = 'uncertain', cause = 'doubted.0' where campaign_id = $1 and row = $2`,
    [id, row],
  );
  await sql.query(
    `update requests set state = 'accepted', fence = 2, wamid = 'wamid.' || row, message_status = 'accepted', claimed_at = $3, accepted_at = $4,
       uncertain_at = null, delivery = 'sent', delivered_at = $5, read_at = $6, answered_at = $7, answer = $8, answer_key = 'answer ' || row
     where campaign_id = $1 and row = $2`,
    [id, row, after(-1), after(0), time(delivered), time(read), after(answered), answer],
  );
}

const get = async (path: string) => (await service.call('GET', path)).body;

describe('the history of one line', () => {
  it('goes from the claim to the answer, with each try and what came too late', async () => {
    const found = await get(`/v1/campaigns/${id}/requests/1`);
    expect(found).toMatchObject({
      row: 1,
      status: 'accepted',
      id: request,
      language: 'en',
      claims: 2,
    });
    expect(
      found.history.map(({ what, detail, code, applied }: Record<string, unknown>) => [
        ...[what, detail, code, applied],
      ]),
    ).toEqual([
      ['unsent', 'Rate limit hit', 130_429, true],
      ['claimed', null, null, true],
      ['accepted', 'wamid.1', null, true],
      ['delivered', null, null, true],
      ['read', null, null, true],
      ['answered', 'granted', null, true],
      ['failed', 'late', 131_026, false],
    ]);
    expect(found.history[0].retryAt).toBe(after(-1));
  });

  it('of somebody who waits is empty, and of a row without anybody there is none', async () => {
    expect((await get(`/v1/campaigns/${id}/requests/5`)).history).toEqual([]);
    expect(await get(`/v1/campaigns/${id}/requests/7`)).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
    expect(await get(`/v1/campaigns/${id}/requests/0`)).toMatchObject({
      status: 400,
      code: 'USAGE',
    });
    expect(await get('/v1/campaigns/cnothere/requests/1')).toMatchObject({ status: 404 });
  });
});

describe('what Meta told of a request', () => {
  let n = 0;
  const store = async (seconds: number, ...statuses: object[]) => {
    const body = { entry: [{ id: 'w', changes: [{ field: 'messages', value: { statuses } }] }] };
    n += 1;
    await sql.query(
      `insert into webhook_deliveries (day, digest, received_at, body) values ($1, sha256($2::bytea), $3, $4)`,
      [YESTERDAY, String(n), after(seconds), JSON.stringify(body)],
    );
  };

  const walk = async () => {
    const pages: string[][] = [];
    for (let next: string | null = ''; next !== null; ) {
      const at = next === '' ? '' : `?after=${next}`;
      const body = await get(`/v1/requests/${request}/webhooks${at}`);
      pages.push(body.webhooks.map(({ raw }: { raw: string }) => JSON.parse(raw).status));
      next = body.next;
    }
    return pages;
  };

  beforeAll(async () => {
    for (let i = -300; i < -10; i += 1)
      await store(i, { id: `wamid.of others ${i}`, status: 'sent' });
    await store(1, { id: 'wamid.1', status: 'sent' }, { id: 'wamid.2', status: 'sent' });
    await store(4, { id: 'wamid.2', status: 'delivered' });
    await store(5, { id: 'wamid.1', status: 'delivered' });
    await store(5_000, { id: 'wamid.1', status: 'read' });
  });

  it('is shown without that of others: first what came near its times, then all that came since', async () => {
    expect(await walk()).toEqual([
      ['sent', 'delivered'],
      ['sent', 'delivered', 'read'],
    ]);
  });

  it('has the field, the kind, and the time it came', async () => {
    const { webhooks } = await get(`/v1/requests/${request}/webhooks`);
    expect(webhooks[0]).toMatchObject({
      field: 'messages',
      kind: 'statuses',
      receivedAt: after(1),
    });
  });

  it('is told of a trial too whose clock was moved on: what came since has a later time', async () => {
    const moved = (hours: number) =>
      sql.query(`update ledger_clock set ahead = ahead + $1 * interval '1 hour'`, [hours]);
    const away = 48 * 3_600;
    await moved(48);
    await store(away, { id: 'wamid.1', status: 'failed' });
    expect((await walk()).flat()).toContain('failed');
    await moved(-48);
    expect((await walk()).flat()).not.toContain('failed');
  });

  it('is gone once the person is forgotten', async () => {
    const { rows } = await sql.query('select to_number from requests where id = $1', [request]);
    const { forgetting } = service.app.ledger;
    const gone = await forgetting.forget({ name: rows[0].to_number, clock: systemClock });
    expect(gone).toMatchObject({ ok: true, value: { known: true, deliveries: 4 } });
    expect((await walk()).flat()).toEqual([]);
  });

  it('of nobody is 404, and a cursor of another list is refused', async () => {
    expect(await get('/v1/requests/999999999/webhooks')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await get(`/v1/requests/${request}/webhooks?after=WzFd`)).toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('how soon people answered', () => {
  it('is told in spans, by what they said', async () => {
    const found = await get(`/v1/campaigns/${id}/answer-times`);
    expect(found).toMatchObject({ id, answered: 3, medianS: 400 });
    const some = found.spans.filter(
      ({ granted, declined }: Record<string, number>) => granted !== 0 || declined !== 0,
    );
    expect(some).toEqual([
      { fromS: 60, untilS: 300, granted: 1, declined: 0 },
      { fromS: 300, untilS: 900, granted: 1, declined: 1 },
    ]);
    expect(found.spans.at(-1)).toMatchObject({ fromS: 604_800, untilS: null });
  });
});

describe('how long messages took, and how many are asked a second', () => {
  it('is told of the last minute alone', async () => {
    const nothing = { sampled: 0, medianMs: null, mostMs: null, askedPerSecond: null };
    expect(await get(`/v1/campaigns/${id}/latency`)).toEqual({ id, ...nothing });
    await sql.query(
      `update requests set claimed_at = now() - row * interval '100 ms', accepted_at = now()
       where campaign_id = $1 and state = 'accepted'`,
      [id],
    );
    const { sampled, medianMs, mostMs } = await get(`/v1/campaigns/${id}/latency`);
    expect(sampled).toBe(3);
    expect(medianMs).toBeCloseTo(200, 5);
    expect(mostMs).toBeCloseTo(290, 5);
  });

  it('counts those who were refused, too, and looks at no gap before the first', async () => {
    const asked = { template: 't', language: 'en', recipients: people(40, 900) };
    const { id: made } = (await service.call('POST', '/v1/campaigns', { body: asked })).body;
    const rate = async () => (await get(`/v1/campaigns/${made}/latency`)).askedPerSecond;
    const these = "campaign_id = $1 and state in ('pending', 'queued')";
    const end = async (state: string, rows: string) => {
      await sql.query(
        `update requests set state = 'uncertain', cause = 'doubted.0', attempts = 1 where ${these} and ${rows}`,
        [made],
      );
      await sql.query(
        `update requests set state = $2, cause = 'accepted.1', fence = 1,
           claimed_at = now() - (40 - row) * interval '500 ms'
         where campaign_id = $1 and state = 'uncertain'`,
        [made, state],
      );
    };
    await end('accepted', 'row <= 1');
    expect(await rate()).toBeNull();
    await end('accepted', 'row % 2 = 0');
    await end('rejected', 'row % 2 = 1');
    // Twenty seconds of two a second; a slow machine is a moment behind the last one.
    expect(await rate()).toBeCloseTo(2, 0);
    await sql.query(
      "update requests set claimed_at = claimed_at - interval '2 minutes' where campaign_id = $1",
      [made],
    );
    expect(await rate()).toBeNull();
  });
});

describe('what is set', () => {
  it('is told by name, and no value that is secret', async () => {
    const answer = await service.call('GET', '/v1/setup');
    expect(answer.body).toMatchObject({ simulator: true, database: 'given', webhookUrl: null });
    expect(
      answer.body.settings
        .filter(({ isSet }: { isSet: boolean }) => isSet)
        .map((s: { name: string }) => s.name),
    ).toEqual([
      'WHATSAPP_ACCESS_TOKEN',
      'WHATSAPP_PHONE_NUMBER_ID',
      'WHATSAPP_BUSINESS_ACCOUNT_ID',
      'DATABASE_URL',
    ]);
    expect(answer.text).not.toContain(service.simulator.token);
  });

  it('is no simulator because it is on this machine: what leads to Meta may be, too', async () => {
    const proxy = createServer((_, answer) => answer.end('{"error":{"code":100}}'));
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const there = { GRAPH_BASE_URL: `http://127.0.0.1:${port}` };
    const other = await startService({ databaseUrl: database.connectionString }, there);
    const { body } = await other.call('GET', '/v1/setup');
    expect(body.simulator).toBe(false);
    await other.close();
    proxy.close();
  });
});
