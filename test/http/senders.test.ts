/** Senders over HTTP: what `callpermit senders` shows, and when webhooks were last seen. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { inMs, walk } from './book-support.ts';
import { type Service, startService } from './support.ts';

const PATH = '/v1/senders';
let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  const { senders } = service.app.ledger;
  for (const senderId of ['101', '102', '103'])
    await senders.ensure({ senderId, messagesPerSecond: 80, businessAccountId: 'waba' });
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

const show = async (id: string) => (await service.call('GET', `${PATH}/${id}`)).body;

it('all are listed, by pages', async () => {
  const found = await walk(service, `${PATH}?limit=2`, 'senders');
  expect(found.map(({ sender }) => sender)).toEqual(['101', '102', '103']);
});

describe('a sender', () => {
  it('without a process is stopped, and it is said why', async () => {
    expect(await show('101')).toEqual({
      ...{ sender: '101', state: 'stopped', why: expect.stringContaining('no process sends') },
      ...{ rateNow: 0, rateAllowed: 80, rateReason: null, processes: 0, inFlight: 0 },
      ...{ queuePaused: false, breaker: null, breakerSince: null, nextLookAt: null },
      ...{ silence: null, budget: null, news: [], lastWebhookAt: null },
    });
  });

  it('with one sends, at its rate and within its budget', async () => {
    const { senders } = service.app.ledger;
    await senders.budget({ senderId: '102', portfolio: 'p', limit: 250 });
    await senders.heartbeat({ worker: 'w', senderId: '102', messagesPerSecond: 40, inFlight: 3 });
    expect(await show('102')).toMatchObject({
      ...{ state: 'sending', why: '', rateAllowed: 40, processes: 1, inFlight: 3 },
      budget: { portfolio: 'p', limit: 250, remaining: 250, freesAt: null },
    });
  });

  it('with an open breaker says why, since when, and when it is looked at again', async () => {
    const reason = { by: 'us', scope: 'sender', code: 131031, message: 'The account is locked.' };
    await service.app.ledger.senders.close({
      ...{
        senderId: '103',
        reason: { ...reason, by: 'us', scope: 'sender' },
        probeAfterMs: 60_000,
      },
    });
    expect(await show('103')).toMatchObject({
      ...{ state: 'stopped', why: 'The account is locked.', rateNow: 0, breaker: reason },
      breakerSince: expect.stringMatching(/Z$/),
      nextLookAt: expect.stringMatching(/Z$/),
    });
  });

  it('has what Meta told of it, and when a webhook of it was last applied', async () => {
    const { replies, webhooks } = service.app.ledger;
    const news = { account: 'waba', detail: null, until: null, at: inMs(-1_000), stops: false };
    await replies.bookAccountNews({
      ...news,
      ...{ senderId: '101', what: 'number-quality', value: 'GREEN' },
    });
    await replies.bookAccountNews({ ...news, senderId: '', what: 'review', value: 'APPROVED' });
    const of = { about: 'kind', what: 'status', n: 1 };
    await webhooks.count([{ ...of, senderId: '101' }]);
    const shown = await show('101');
    expect(shown.news).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: 'number-quality', value: 'GREEN', ofAccount: false }),
        expect.objectContaining({ what: 'review', value: 'APPROVED', ofAccount: true }),
      ]),
    );
    expect(shown.lastWebhookAt).toMatch(/Z$/);
    expect((await show('102')).lastWebhookAt).toBeNull();
  });

  it('whose queue is paused in the dashboard is stopped', async () => {
    const [queue] = service.app.dashboard();
    const id = service.simulator.phoneNumberId;
    await service.app.ledger.senders.ensure({ senderId: id, messagesPerSecond: 80 });
    await queue?.pause();
    try {
      expect(await show(id)).toMatchObject({ queuePaused: true, why: /paused/ });
    } finally {
      await queue?.resume();
    }
  });

  it('that the ledger does not know is 404', async () => {
    expect(await service.call('GET', `${PATH}/404`)).toMatchObject({
      ...{ status: 404, body: { code: 'NOT_FOUND', where: 'params/id' } },
    });
  });
});
