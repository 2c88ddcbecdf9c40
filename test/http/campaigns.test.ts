import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { people, type Service, startService } from './support.ts';

describeOnBothQueues('campaigns', (ground) => {
  // A describe of its own, so that it is closed before what it stands on.
  describe('over HTTP', () => {
    let service: Service;

    beforeAll(async () => {
      service = await startService(ground);
    });

    afterAll(async () => {
      await service?.close();
    });

    beforeEach(() => service.simulator.reset({ keepTemplates: true }));

    const create = (body: object, key?: string) =>
      service.call('POST', '/v1/campaigns', {
        body: { template: 't', language: 'en', ...body },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      });

    async function until(id: string, state: string) {
      for (;;) {
        const { body } = await service.call('GET', `/v1/campaigns/${id}`);
        if (body.state === state) return body;
      }
    }

    it('fifty people inline are asked once each, and the export has what Meta answered', async () => {
      const made = await create({ recipients: people(50) });
      expect(made.status).toBe(201);
      expect(made.headers.get('location')).toBe(`/v1/campaigns/${made.body.id}`);
      expect(made.body).toMatchObject({
        state: 'running',
        created: true,
        sender: service.simulator.phoneNumberId,
        list: { lines: 50, added: 50, doubles: 0, refused: 0, refusedLines: [] },
      });
      const senders = await service.app.runSenders();
      const done = await until(made.body.id, 'completed');
      await senders.close();
      expect(done.counts).toMatchObject({ accepted: 50, pending: 0 });
      expect(service.simulator.stats()).toMatchObject({ posts: 50 });

      const ndjson = await service.call(
        'GET',
        `/v1/campaigns/${made.body.id}/export?format=ndjson`,
      );
      expect(ndjson.headers.get('content-type')).toContain('application/x-ndjson');
      const rows = ndjson.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows).toHaveLength(50);
      expect(rows[0]).toMatchObject({
        row: 1,
        reference: 'r0',
        to: '+16502000000',
        status: 'accepted',
        message_status: 'accepted',
        wamid: expect.stringMatching(/^wamid\./),
      });
      const csv = await service.call('GET', `/v1/campaigns/${made.body.id}/export?format=csv`);
      expect(csv.text.split('\r\n')[0]).toMatch(/^row,reference,to,wa_id,user_id,status,/);
      const none = await service.call(
        'GET',
        `/v1/campaigns/${made.body.id}/export?status=rejected,uncertain`,
      );
      expect(none.text).toBe('');

      const { status, body } = await service.call('GET', `/v1/campaigns/${made.body.id}/funnel`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        ...{ id: made.body.id, asked: 50, accepted: 50, noAnswer: 50, medianAnswerS: null },
        ...{ granted: { temporary: 0, permanent: 0 }, failed: [], priced: [] },
      });
    });

    it('the funnel says what came back; of no campaign, that there is none', async () => {
      const made = await create({ recipients: people(3, 500) });
      const senders = await service.app.runSenders();
      await until(made.body.id, 'completed');
      await senders.close();
      const asked = [];
      for await (const row of service.app.ledger.campaigns.results({ id: made.body.id }))
        asked.push(row);
      const senderId = service.simulator.phoneNumberId;
      const at = new Date(Date.now() + 5_000);
      const [first, second] = asked.map((row) => ({ wamid: row.wamid ?? '', to: row.to }));
      const { evidence, replies } = service.app.ledger;
      await evidence.applyStatuses([
        { senderId, wamid: first?.wamid ?? '', status: 'read', at, pricing: 'regular marketing' },
        {
          ...{ senderId, wamid: second?.wamid ?? '', status: 'failed', at },
          error: { code: 131026, message: 'Message undeliverable' },
        },
      ]);
      await replies.bookAnswers([
        {
          ...{ senderId, key: 'wamid.reply', person: first?.to.slice(1) ?? '', at },
          ...{ status: 'permanent', source: 'answer', context: first?.wamid ?? '' },
        },
      ]);
      const { body } = await service.call('GET', `/v1/campaigns/${made.body.id}/funnel`);
      expect(body).toMatchObject({
        ...{ asked: 3, accepted: 3, delivered: 1, read: 1, declined: 0, noAnswer: 1 },
        granted: { temporary: 0, permanent: 1 },
        failed: [{ code: 131026, n: 1, meaning: expect.any(String) }],
        priced: [{ type: 'regular', category: 'marketing', isFree: false, n: 1 }],
        byLanguage: [{ language: 'en', delivered: 1, read: 1, granted: 1, declined: 0, failed: 1 }],
      });
      expect(body.medianAnswerS).toBeGreaterThan(0);
      const none = await service.call('GET', '/v1/campaigns/nothing/funnel');
      expect(none).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    });

    it('bad lines and doubles are reported beside the good ones', async () => {
      const [first] = people(1, 100);
      const recipients = [first, { to: '0650 2000', 1: 'Ann' }, first, 'nobody'];
      const { body } = await create({ recipients, start: false });
      expect(body).toMatchObject({
        state: 'draft',
        refusedLines: 2,
        list: { lines: 4, added: 1, doubles: 1, refused: 2 },
      });
      expect(body.list.refusedLines).toMatchObject([
        { row: 2, column: 'to', value: '0650 2000' },
        { row: 4, code: 'NOT_AN_OBJECT' },
      ]);
    });

    it('parameters may be given as a list or by name, and national numbers with a country', async () => {
      const recipients = [
        { to: '(650) 200-0200', parameters: ['Ann'] },
        { to: '(650) 200-0201', parameters: { 1: 'Bob' } },
      ];
      const { body } = await create({ recipients, defaultCountry: 'us', start: false });
      expect(body.list).toMatchObject({ added: 2, refused: 0 });
    });

    it('the same key and body are one campaign, whatever the order of the fields', async () => {
      const [one, two] = people(2, 300);
      const first = await create({ recipients: [one, two], start: false }, 'key-a');
      const again = await create(
        {
          start: false,
          recipients: [{ ...one }, { 1: two?.[1], reference: two?.reference, to: two?.to }],
        },
        'key-a',
      );
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.body).toMatchObject({ id: first.body.id, created: false, state: 'draft' });
      expect(again.body.counts).toEqual(first.body.counts);
    });

    it.each([
      ['another person', { recipients: people(3, 401), start: false }],
      ['a person more', { recipients: people(4, 400), start: false }],
      [
        'another language',
        { recipients: people(3, 400), start: false, language: 'de', skipPreflight: true },
      ],
      ['another wish to start', { recipients: people(3, 400), start: true }],
    ])('the same key with %s is 409', async (_what, body) => {
      await create({ recipients: people(3, 400), start: false }, 'key-b');
      const other = await create(body, 'key-b');
      expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_MISMATCH']);
    });

    it('the same request sent many times at once makes one campaign', async () => {
      const body = { recipients: people(20, 500), start: false };
      const answers = await Promise.all(Array.from({ length: 5 }, () => create(body, 'key-c')));
      expect(answers.filter((a) => a.status > 201).map((a) => a.text)).toEqual([]);
      expect(new Set(answers.map((a) => a.body.id)).size).toBe(1);
      const { body: stands } = await service.call('GET', `/v1/campaigns/${answers[0]?.body.id}`);
      expect(stands.counts.pending).toBe(20);
    });

    it('a repeated request does not wake what was paused since', async () => {
      const body = { recipients: people(2, 600) };
      const { body: made } = await create(body, 'key-d');
      await service.call('POST', `/v1/campaigns/${made.id}/pause`);
      expect((await create(body, 'key-d')).body).toMatchObject({ id: made.id, state: 'paused' });
    });

    it('start, pause, resume and cancel do what they say, and 409 what they cannot', async () => {
      const { body: made } = await create({ recipients: people(5, 700), start: false });
      const control = (verb: string) => service.call('POST', `/v1/campaigns/${made.id}/${verb}`);
      expect((await control('pause')).body).toMatchObject({ status: 409, code: 'CAMPAIGN_STATE' });
      expect((await control('start')).body.state).toBe('running');
      expect((await control('pause')).body).toMatchObject({
        state: 'paused',
        reason: { by: 'person' },
      });
      expect((await control('resume')).body).toMatchObject({ state: 'running', reason: null });
      const cancelled = await control('cancel');
      expect(cancelled.body).toMatchObject({
        state: 'cancelled',
        counts: { cancelled: 5, pending: 0 },
      });
      expect((await control('resume')).status).toBe(409);
    });

    it('a control may say JSON and send nothing', async () => {
      const { body: made } = await create({ recipients: people(1, 750), start: false });
      const headers = { 'content-type': 'application/json' };
      const answer = await service.call('POST', `/v1/campaigns/${made.id}/cancel`, {
        headers,
        body: '',
      });
      expect(answer.status).toBe(200);
    });

    it('a pause is felt: nothing is posted after it has answered', async () => {
      const { body: made } = await create({ recipients: people(2_000, 10_000) });
      const senders = await service.app.runSenders();
      await service.simulator.untilPosts(50);
      expect((await service.call('POST', `/v1/campaigns/${made.id}/pause`)).body.state).toBe(
        'paused',
      );
      const answeredAt = Date.now();
      const idle = await untilIdle(made.id);
      const late = service.simulator
        .requests()
        .filter((r) => Date.parse(r.at) > answeredAt + 1_000);
      expect(late).toEqual([]);
      expect(idle.counts.pending).toBeGreaterThan(1_000);
      await service.call('POST', `/v1/campaigns/${made.id}/cancel`);
      const ended = await untilIdle(made.id);
      expect(ended.counts.accepted + ended.counts.cancelled).toBe(2_000);
      await senders.close();
    });

    async function untilIdle(id: string) {
      for (;;) {
        const { body } = await service.call('GET', `/v1/campaigns/${id}`);
        if (body.counts.sending === 0 && body.counts.queued === 0) return body;
      }
    }

    it('the list shows the newest first, as many as asked for', async () => {
      const { body: made } = await create({ recipients: people(1, 800), start: false });
      const { body } = await service.call('GET', '/v1/campaigns?limit=2');
      expect(body.campaigns).toHaveLength(2);
      expect(body.campaigns[0].id).toBe(made.id);
    });
  });
});
