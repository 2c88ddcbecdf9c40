/** `/v1/events`: subscriptions, lists, replay, and streams that are taken up again where they broke off. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY, people, type Service, startService } from '../http/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { isSignedBy, startReceiver } from './receiver.ts';

const ENV = { EVENTS_KEY: '0123456789abcdef0123456789abcdef', EVENTS_ALLOW_PRIVATE: '1' };
let database: TestDatabase;
let service: Service;
let running: Awaited<ReturnType<Service['app']['runEvents']>>;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString }, ENV);
  running = await service.app.runEvents();
});
afterAll(async () => {
  await running?.close();
  await service?.close();
  await database?.drop();
});

let last = 0;

/** A campaign that runs; nobody sends for it. */
async function startCampaign(n = 1): Promise<string> {
  last += n;
  const made = await service.call('POST', '/v1/campaigns', {
    body: { template: 't', language: 'en', recipients: people(n, last - n) },
  });
  if (made.status !== 201) throw new Error(made.text);
  await service.call('POST', `/v1/campaigns/${made.body.id}/start`);
  return made.body.id as string;
}

/** A stream that is being read. */
async function listen(path: string, headers: Record<string, string> = {}) {
  const over = new AbortController();
  const response = await fetch(service.http.url + path, {
    headers: { authorization: `Bearer ${KEY}`, ...headers },
    signal: over.signal,
  });
  const messages: { id?: string; event?: string; data?: ReturnType<typeof JSON.parse> }[] = [];
  let heard = () => {};
  let end = '';
  const reading = (async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) {
      const parts = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const fields = new Map(
          part.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
        );
        const data = fields.get('data');
        if (data === undefined) continue;
        const id = fields.get('id');
        const event = fields.get('event');
        messages.push({
          data: JSON.parse(data),
          ...(id === undefined ? {} : { id }),
          ...(event === undefined ? {} : { event }),
        });
        heard();
      }
    }
    end = 'ended';
  })()
    .catch((error: unknown) => {
      end = String(error);
    })
    .finally(() => heard());
  return {
    response,
    messages,
    end: () => end,
    async until(fits: (all: typeof messages) => boolean): Promise<void> {
      while (!fits(messages) && end === '') await new Promise<void>((done) => (heard = done));
    },
    async close() {
      over.abort();
      await reading;
    },
    reading,
  };
}

const has = (event: string) => (all: readonly { event?: string }[]) =>
  all.some((one) => one.event === event);

describe('a subscription', () => {
  it('is made, listed without its secret, told, and removed', async () => {
    const receiver = await startReceiver();
    const made = await service.call('POST', '/v1/events/subscriptions', {
      body: { url: receiver.url, types: ['campaign.started'] },
    });
    expect(made).toMatchObject({
      status: 201,
      body: { url: receiver.url, types: ['campaign.started'] },
    });
    expect(made.body.secret).toMatch(/^whsec_/);
    const { id, secret } = made.body;
    const listed = await service.call('GET', '/v1/events/subscriptions');
    expect(listed.body.subscriptions).toMatchObject([{ id, pending: 0, dead: 0 }]);
    expect(listed.text).not.toContain('whsec_');
    const campaign = await startCampaign();
    await receiver.until(1);
    const [arrival] = receiver.arrivals;
    if (arrival === undefined) throw new Error('nothing arrived');
    expect(isSignedBy(secret, arrival)).toBe(true);
    expect(arrival.event.data).toMatchObject({ campaignId: campaign });

    const page = await service.call('GET', `/v1/events?campaign=${campaign}&type=campaign.started`);
    expect(page.body).toMatchObject({
      events: [{ id: arrival.id, type: 'campaign.started', data: { campaignId: campaign } }],
      next: null,
    });
    const again = await service.call('POST', '/v1/events/replay', {
      body: { since: arrival.event.occurredAt, subscription: id },
    });
    expect(again.body).toEqual({ deliveries: 1 });
    await receiver.until(2);
    expect(receiver.arrivals[1]?.id).toBe(arrival.id);

    expect(await service.call('DELETE', `/v1/events/subscriptions/${id}`)).toMatchObject({
      status: 200,
      body: { id },
    });
    expect(await service.call('DELETE', `/v1/events/subscriptions/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    await receiver.close();
  });

  it.each([
    [{ url: 'ftp://example.com' }, 400],
    [{ url: 'https://ann:b@example.com' }, 400],
    [{ url: 'https://example.com/#part' }, 400],
    [{ url: 'https://exam\tple.com/' }, 400],
    [{ url: 'https://example.com/\r\nX: y' }, 400],
    [{ url: 'https://example.com:0/' }, 400],
    [{ url: 'https://example.com', types: ['request.maybe'] }, 400],
    [{ url: 'https://example.com', typs: [] }, 400],
  ])('of %j is refused', async (body, status) => {
    expect(await service.call('POST', '/v1/events/subscriptions', { body })).toMatchObject({
      ...{ status, body: { code: 'USAGE' } },
    });
  });

  it('needs a key that administers; who only looks may list and listen', async () => {
    const key = await service.app.ledger.keys.create({ name: 'reader', scope: 'read' });
    const as = { key: key?.key ?? '' };
    for (const [method, path, body] of [
      ['POST', '/v1/events/subscriptions', { url: 'https://example.com' }],
      ['GET', '/v1/events/subscriptions', undefined],
      ['DELETE', '/v1/events/subscriptions/x', undefined],
      ['POST', '/v1/events/replay', { since: new Date().toISOString() }],
    ] as const)
      expect(await service.call(method, path, { ...as, body })).toMatchObject({ status: 403 });
    expect(await service.call('GET', '/v1/events', as)).toMatchObject({ status: 200 });
  });
});

describe('a stream', () => {
  it('tells events and progress of a campaign, and of no other', async () => {
    const campaign = await startCampaign(2);
    const stream = await listen(`/v1/campaigns/${campaign}/events`);
    expect(stream.response.headers.get('content-type')).toMatch('text/event-stream');
    await stream.until(has('progress'));
    await startCampaign();
    await service.call('POST', `/v1/campaigns/${campaign}/pause`);
    await stream.until(has('campaign.paused'));
    await service.call('POST', `/v1/campaigns/${campaign}/cancel`);
    await stream.until((all) => all.some(({ data }) => data.counts?.cancelled === 2));
    const events = stream.messages.filter(({ event }) => event !== 'progress');
    expect(new Set(events.map(({ data }) => data.data.campaignId))).toEqual(new Set([campaign]));
    expect(events.map(({ event }) => event)).toContain('request.settled');
    expect(events.every(({ id, data }) => id === data.id)).toBe(true);
    await stream.close();
  });

  it('of the progress alone tells nothing else, though there is more to tell', async () => {
    const campaign = await startCampaign(2);
    const all = await listen(`/v1/campaigns/${campaign}/events`);
    const only = await listen(`/v1/campaigns/${campaign}/events?only=progress`);
    await only.until(has('progress'));
    await service.call('POST', `/v1/campaigns/${campaign}/cancel`);
    await all.until(has('request.settled'));
    await only.until((told) => told.some(({ data }) => data.counts?.cancelled === 2));
    expect(new Set(only.messages.map(({ event }) => event))).toEqual(new Set(['progress']));
    await Promise.all([all.close(), only.close()]);
  });

  it('goes on behind the last event that was read: nothing is missed, nothing told twice', async () => {
    const first = await listen('/v1/events/stream');
    const one = await startCampaign();
    await first.until(has('campaign.started'));
    await first.close();
    const two = await startCampaign(3);
    await service.call('POST', `/v1/campaigns/${two}/cancel`);
    const lastEventId = first.messages.at(-1)?.id ?? '';
    const second = await listen('/v1/events/stream', { 'last-event-id': lastEventId });
    await second.until(
      (all) => all.filter(({ event }) => event === 'request.settled').length === 3,
    );
    const started = [...first.messages, ...second.messages]
      .filter(({ event }) => event === 'campaign.started')
      .map(({ data }) => data.data.campaignId);
    expect(started.slice(-2)).toEqual([one, two]);
    expect(new Set(second.messages.map(({ id }) => id)).size).toBe(second.messages.length);
    await second.close();
  });

  it('is one look at the ledger for all readers', async () => {
    const readers = await Promise.all(
      Array.from({ length: 12 }, () => listen('/v1/events/stream')),
    );
    const id = await startCampaign();
    const mine = (all: readonly { data?: ReturnType<typeof JSON.parse> }[]) =>
      all.some(({ data }) => data.data?.campaignId === id);
    await Promise.all(readers.map((one) => one.until(mine)));
    const orders = readers.map(({ messages }) => messages.map((one) => one.id).join());
    expect(new Set(orders).size).toBe(1);
    await Promise.all(readers.map((one) => one.close()));
  });

  it('of no campaign is not found', async () => {
    expect(await service.call('GET', '/v1/campaigns/none/events')).toMatchObject({ status: 404 });
  });

  it('ends when the server does', async () => {
    const other = await startService({ databaseUrl: database.connectionString }, ENV);
    const response = await fetch(`${other.http.url}/v1/events/stream`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    const reading = response.text();
    const began = Date.now();
    await other.close();
    expect(await reading).toContain('retry:');
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});
