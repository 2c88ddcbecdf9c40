import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { people, type Service, startService } from './support.ts';

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const RIGHT = basic('ann', 'pass:word');
const PATHS = [
  '/queues',
  '/queues/',
  '/queues/queue/callpermit-106540352242922',
  '/queues/api/queues',
  '/queues/static/favicon.ico',
  '/queues/static/locales/en-US/messages.json',
] as const;

describeOnBothQueues('the dashboard', (ground) => {
  // A describe of its own, so that it is closed before what it stands on.
  describe('with a password', () => {
    let service: Service;

    beforeAll(async () => {
      service = await startService(ground, {
        DASHBOARD_USER: 'ann',
        DASHBOARD_PASSWORD: 'pass:word',
        DASHBOARD_ACTIONS: '1',
      });
    });

    afterAll(async () => {
      await service?.close();
    });

    const get = (path: string, headers: Record<string, string> = {}) =>
      service.call('GET', path, { key: null, headers });

    it.each(PATHS)('%s is there with the password and 401 without', async (path) => {
      expect((await get(path, RIGHT)).status).toBe(200);
      const wrong = [
        {},
        basic('ann', 'wrong'),
        basic('bob', 'pass:word'),
        basic('', ''),
        { authorization: 'Basic' },
      ];
      for (const headers of wrong) {
        const answer = await get(path, headers);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toContain('Basic realm="callpermit"');
        expect(answer.text).toContain('DASHBOARD_PASSWORD');
      }
    });

    it('an API key does not open it, and its password not the API', async () => {
      expect((await service.call('GET', '/queues')).status).toBe(401);
      expect((await get('/v1/campaigns', RIGHT)).status).toBe(401);
    });

    it('jobs hold numbers of batches only', async () => {
      const body = { template: 't', language: 'en', recipients: people(5) };
      await service.call('POST', '/v1/campaigns', { body });
      const senderId = service.simulator.phoneNumberId;
      const jobs = await service.app.ledger.sending.feed({ senderId, limit: 10, batchSize: 250 });
      await service.app.queue.add(senderId, jobs);
      const { text, body: seen } = await get(
        `/queues/api/queues?activeQueue=callpermit-${senderId}-campaigns&status=latest&page=1&jobsPerPage=10`,
        RIGHT,
      );
      expect(seen.queues[0]).toMatchObject({
        name: `callpermit-${senderId}-campaigns`,
        counts: { waiting: 1 },
      });
      expect(Object.keys(seen.queues[0].jobs[0].data).sort()).toEqual(['batch', 'size']);
      expect(seen.queues[0].jobs[0].name).toMatch(/, 5 people$/);
      expect(text).not.toMatch(/1650200|Ann/);
      expect(text).not.toContain(service.simulator.token);
    });

    it('jobs of other services have a queue with a name for people, and are shown whole', async () => {
      const [, , intake] = service.app.dashboard();
      const data = { to: '+16502000001', template: 't', language: 'en' };
      await intake?.add('call-permission-request', data, { jobId: 'order-7' });
      const path =
        '/queues/api/queues?activeQueue=callpermit-intake&status=latest&page=1&jobsPerPage=10';
      const { queues } = (await get(path, RIGHT)).body;
      const shown = queues.find((queue: { name: string }) => queue.name === 'callpermit-intake');
      expect(shown).toMatchObject({
        displayName: 'Asked by other services',
        counts: { waiting: 1 },
        jobs: [{ id: 'order-7', name: 'call-permission-request', data }],
      });
    });

    it.each([
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ origin: 'http://evil.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ 'sec-fetch-site': 'same-origin' }, 200],
      [{}, 200],
    ])('a write that comes with %j is answered %d', async (headers, status) => {
      const answer = await service.call('PUT', '/queues/api/queues/pause', {
        key: null,
        headers: { ...RIGHT, ...headers },
      });
      expect(answer.status).toBe(status);
      await service.call('PUT', '/queues/api/queues/resume', { key: null, headers: RIGHT });
    });

    it('the page asks nothing of other hosts and may not be framed', async () => {
      const { text, headers } = await get('/queues', RIGHT);
      expect(text).toContain('<base href="/queues/" />');
      expect(text).not.toMatch(/https?:\/\//);
      expect(text).not.toContain('<%');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    });

    it('no path leads out of its files', async () => {
      for (const path of ['/queues/static/../index.ejs', '/queues/static/..%2f..%2fpackage.json']) {
        expect((await get(path, RIGHT)).status).not.toBe(200);
      }
    });
  });
});

describeOnBothQueues('a dashboard without a password', (ground) => {
  it('is closed to everybody and says what to set', async () => {
    const service = await startService(ground);
    try {
      for (const headers of [{}, basic('', ''), basic('undefined', 'undefined')]) {
        const answer = await service.call('GET', '/queues', { key: null, headers });
        expect(answer.status).toBe(401);
        expect(answer.text).toContain('Set DASHBOARD_USER and DASHBOARD_PASSWORD');
      }
    } finally {
      await service.close();
    }
  });
});
