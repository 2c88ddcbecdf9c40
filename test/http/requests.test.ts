import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { people, type Service, startService } from './support.ts';

describeOnBothQueues('single requests', (ground) => {
  // A describe of its own, so that it is closed before what it stands on.
  describe('over HTTP', () => {
    let service: Service;
    let senders: Awaited<ReturnType<Service['app']['runSenders']>> | undefined;

    beforeAll(async () => {
      service = await startService(ground, { MESSAGES_PER_SECOND: '20' });
    });

    afterAll(async () => {
      await senders?.close();
      await service?.close();
    });

    beforeEach(() => service.simulator.reset({ keepTemplates: true }));

    const to = (i: number) => `+1650${7_000_000 + i}`;
    const ask = (body: object, p: { key?: string; wait?: number } = {}) =>
      service.call('POST', `/v1/requests${p.wait === undefined ? '' : `?wait=${p.wait}`}`, {
        body: { template: 't', language: 'en', parameters: ['Ann'], ...body },
        headers: p.key === undefined ? {} : { 'idempotency-key': p.key },
      });

    it('are taken at once where nobody waits: 202, an id, and how it stands there', async () => {
      const made = await ask({ to: to(1), reference: 'order 7' });
      expect(made.status).toBe(202);
      expect(made.headers.get('location')).toBe(`/v1/requests/${made.body.id}`);
      expect(made.body).toMatchObject({
        state: 'running',
        status: 'pending',
        waits_for: 'sender-process',
        to: to(1),
        reference: 'order 7',
        created: true,
        warnings: [],
      });
      const { body } = await service.call('GET', `/v1/requests/${made.body.id}`);
      expect(body).toMatchObject({ id: made.body.id, status: 'pending', to: to(1) });

      senders = await service.app.runSenders();
      for (let status = ''; status !== 'accepted'; ) {
        ({ status } = (await service.call('GET', `/v1/requests/${made.body.id}`)).body);
      }
      expect(service.simulator.requests()).toMatchObject([{ to: to(1) }]);
    });

    it('are waited for: 200 with what Meta answered', async () => {
      const made = await ask({ to: '(650) 700-0002', defaultCountry: 'us' }, { wait: 20 });
      expect(made.status).toBe(200);
      const [post] = service.simulator.requests();
      expect(made.body).toMatchObject({
        status: 'accepted',
        state: 'completed',
        to: to(2),
        wamid: post?.wamid,
        waits_for: null,
        due_at: null,
      });
    });

    it('the same person again today: 202 with the time, or 200 and skipped, as asked', async () => {
      await ask({ to: to(3) }, { wait: 20 });
      const waits = await ask({ to: to(3) }, { wait: 20 });
      expect(waits).toMatchObject({
        status: 202,
        body: { status: 'pending', waits_for: 'pair-limit' },
      });
      expect(Math.abs(Date.parse(waits.body.due_at) - Date.now() - 86_400_000)).toBeLessThan(
        60_000,
      );
      const skipped = await ask({ to: to(3), onPairLimit: 'skip' }, { wait: 20 });
      expect(skipped).toMatchObject({ status: 200, body: { status: 'skipped' } });
      expect(service.simulator.stats().posts).toBe(1);
    });

    it('go out long before the end of a bulk campaign of 2,000 at 20 a second', async () => {
      const bulk = await service.call('POST', '/v1/campaigns', {
        body: { template: 't', language: 'en', recipients: people(2_000, 10_000) },
      });
      while (service.simulator.stats().accepted < 40) await new Promise((r) => setTimeout(r, 20));
      const took: number[] = [];
      for (let i = 0; i < 10; i += 1) {
        const began = performance.now();
        expect((await ask({ to: to(100 + i) }, { wait: 20 })).body.status).toBe('accepted');
        took.push(performance.now() - began);
      }
      // A list's turn at this rate would come after 100 s.
      expect(Math.max(...took)).toBeLessThan(10_000);
      const { body } = await service.call('POST', `/v1/campaigns/${bulk.body.id}/cancel`);
      expect(body.counts.cancelled).toBeGreaterThan(1_000);
    });

    it('are paused with the reason where the token is dead', async () => {
      service.simulator.apply({ set: 'token', action: 'revoke' });
      const made = await ask({ to: to(4), skipPreflight: true }, { wait: 20 });
      expect(made).toMatchObject({
        status: 202,
        body: { state: 'paused', reason: { by: 'us', code: 190 } },
      });
      service.simulator.apply({ set: 'token', action: 'restore' });
      await service.call('POST', `/v1/campaigns/${made.body.id}/resume`);
      for (let status = ''; status !== 'accepted'; ) {
        ({ status } = (await service.call('GET', `/v1/requests/${made.body.id}`)).body);
      }
    });

    it('the same key and body is one request, another body is refused', async () => {
      const first = await ask({ to: to(5) }, { key: 'one', wait: 20 });
      const again = await ask({ to: to(5) }, { key: 'one' });
      expect(again).toMatchObject({
        status: 200,
        body: { id: first.body.id, created: false, status: 'accepted', wamid: first.body.wamid },
      });
      const others = [
        { to: to(6) },
        { to: to(5), parameters: ['Ben'] },
        { to: to(5), reference: 'x' },
        { to: to(5), onPairLimit: 'skip' },
        { to: to(5), template: 'plain', parameters: [] },
      ];
      for (const other of others) {
        expect(await ask(other, { key: 'one' })).toMatchObject({
          status: 409,
          body: { code: 'IDEMPOTENCY_MISMATCH' },
        });
      }
      const list = await service.call('POST', '/v1/campaigns', {
        body: { template: 't', language: 'en', recipients: [{ to: to(5), 1: 'Ann' }] },
        headers: { 'idempotency-key': 'one' },
      });
      expect(list.status).toBe(409);
      expect(service.simulator.stats().posts).toBe(1);
    });

    it('twenty of the same key at once are one POST', async () => {
      const all = await Promise.all(
        Array.from({ length: 20 }, () => ask({ to: to(7) }, { key: 'twenty', wait: 20 })),
      );
      expect(new Set(all.map(({ body }) => body.id)).size).toBe(1);
      expect(all.map(({ body }) => body.status)).toEqual(Array(20).fill('accepted'));
      expect(all.filter(({ body }) => body.created)).toHaveLength(1);
      expect(service.simulator.stats().posts).toBe(1);
    });

    it('stand beside campaigns, not among them', async () => {
      const { body: one } = await ask({ to: to(8) }, { wait: 20 });
      const { body: listed } = await service.call('GET', '/v1/campaigns?limit=1000');
      expect(listed.campaigns.map((c: { id: string }) => c.id)).not.toContain(one.id);
      const list = { template: 't', language: 'en', recipients: people(1, 90), start: false };
      const { body: made } = await service.call('POST', '/v1/campaigns', { body: list });
      expect((await service.call('GET', `/v1/requests/${made.id}`)).status).toBe(404);
    });

    it.each([
      ['no number', {}, 400, 'body/to'],
      ['a number that is none', { to: '12' }, 400, 'to'],
      ['a national number', { to: '(650) 700-0009' }, 400, 'to'],
      ['a misspelt field', { to: to(9), parameter: [] }, 400, 'body/parameter'],
      ['parameters of another form', { to: to(9), parameters: [{}] }, 400, 'body/parameters'],
      ['a parameter called as a column', { to: to(9), parameters: { to: 'x' } }, 400, 'to'],
      ['a parameter that Meta refuses', { to: to(9), parameters: ['a\nb'] }, 400, '1'],
      ['a parameter too few', { to: to(9), parameters: [] }, 422, undefined],
      ['a time without a zone', { to: to(9), notAfter: '2027-01-01 12:00' }, 400, 'notAfter'],
      ['an unknown sender', { to: to(9), sender: '7' }, 400, 'body/sender'],
      ['an unknown template', { to: to(9), template: 'nope' }, 422, undefined],
      ['one that is not approved', { to: to(9), template: 'waiting' }, 422, undefined],
    ])(
      '%s is a problem that says where, and leaves nothing',
      async (_what, body, status, where) => {
        const answer = await ask({ ...body });
        expect(answer).toMatchObject({ status, body: where === undefined ? {} : { where } });
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(service.simulator.stats().posts).toBe(0);
      },
    );

    it.each(['-1', '301', 'long'])('wait=%s is a problem', async (wait) => {
      const answer = await service.call('POST', `/v1/requests?wait=${wait}`, {
        body: { to: to(9), template: 't', language: 'en', parameters: ['Ann'] },
      });
      expect(answer).toMatchObject({ status: 400, body: { where: 'querystring/wait' } });
    });

    it('leave no number and no token in the log', () => {
      expect(service.logged()).toContain('/v1/requests');
      expect(service.logged()).not.toMatch(/1650700\d{4}/);
      expect(service.logged()).not.toContain(service.simulator.token);
    });

    it('waits end with how it stands when the server closes', async () => {
      await senders?.close();
      senders = undefined;
      const other = await startService(ground, {
        WHATSAPP_PHONE_NUMBER_ID: service.simulator.phoneNumberId,
      });
      const waiting = other.call('POST', '/v1/requests?wait=60', {
        body: { to: to(10), template: 't', language: 'en', parameters: ['Ann'] },
      });
      // Time to arrive; whether it waits already when the server closes makes no difference.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const began = performance.now();
      await other.http.close();
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(await waiting).toMatchObject({ status: 202, body: { status: 'pending' } });
      await other.app.close();
      await other.simulator.close();
    });
  });
});
