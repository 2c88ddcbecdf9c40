/** Jobs that another service adds, with nothing but BullMQ, become requests: each once, and answered. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Queue } from 'bullmq';
import type { IntakeWorker } from '../../src/core/ports/index.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { ended, open, openAsOther, person, requestsIn, settingsOf, startMeta } from './support.ts';

const NAME = 'call-permission-request';

describeOnBothQueues('the intake queue', (ground) => {
  describe('in use', () => {
    let simulator: Simulator;
    let app: Awaited<ReturnType<typeof open>>;
    let other: ReturnType<typeof openAsOther>;
    let queue: Queue;
    let takers: IntakeWorker[];

    beforeAll(async () => {
      simulator = await startMeta();
      const env = settingsOf(ground, simulator);
      app = await open(env);
      other = openAsOther(ground);
      queue = other.queue;
      takers = [await app.runIntake(), await app.runIntake()];
    });

    afterAll(async () => {
      await Promise.all((takers ?? []).map((taker) => taker.close()));
      await other?.close();
      await app?.close();
      await simulator?.close();
    });

    const add = (data: unknown, opts: object = {}) => queue.add(NAME, data, opts);
    const endOf = async (job: Job) => ended(queue, job.id);
    const answerOf = async (job: Job) => (await endOf(job)).returnvalue;
    const reasonOf = async (job: Job) => (await endOf(job)).failedReason;

    it('answers a job by the request that was made of it', async () => {
      const job = await endOf(await add(person(1, { reference: 'order 1' })));
      expect(job.returnvalue).toEqual({
        id: expect.any(String),
        created: true,
        state: 'running',
        warnings: [],
      });
      const made = (await requestsIn(ground.databaseUrl)).find((r) => r.reference === 'order 1');
      expect(made?.to_number).toBe('+16502000001');
    });

    it('takes a user id of Meta’s in place of a number, and nothing else there', async () => {
      const { to: _, ...nobody } = person(2);
      const { id } = await answerOf(await add({ ...nobody, user_id: 'US.1349', reference: 'id' }));
      expect(id).toEqual(expect.any(String));
      const made = (await requestsIn(ground.databaseUrl)).find((r) => r.reference === 'id');
      expect(made?.to_number).toBe('+US.1349');
      expect(await reasonOf(await add({ ...nobody, user_id: '+16502000002' }))).toMatch(
        /^USAGE: user_id: expected a user id/,
      );
    });

    it.each([
      ['no person', { to: undefined }, 'USAGE: to: give either to or user_id.'],
      ['two', { user_id: 'US.1349' }, 'USAGE: to: give either to or user_id.'],
      ['no template', { template: undefined }, 'USAGE: template: '],
      ['an unknown field', { parameter: ['Ann'] }, 'USAGE: parameter: '],
      ['a field of another form', { parameters: [{}] }, 'USAGE: parameters'],
      ['a number that is none', { to: '12' }, 'PHONE_'],
      ['a number of no country', { to: '(650) 253-0000' }, 'PHONE_COUNTRY_MISSING: '],
      ['a parameter that Meta refuses', { parameters: ['a\nb'] }, 'PARAMETER_NEWLINE: '],
      ['a parameter too few', { parameters: [] }, 'TEMPLATE_COLUMNS: '],
      ['a time without a zone', { notAfter: '2027-01-01 12:00' }, 'USAGE: notAfter: '],
      ['an unknown sender', { sender: '7' }, 'NOT_FOUND: '],
      ['an unknown template', { template: 'nope' }, 'TEMPLATE_NOT_FOUND: '],
      ['one that is not approved', { template: 'waiting' }, 'TEMPLATE_NOT_APPROVED: '],
    ])('%s fails at once with the reason, and stays', async (_what, wrong, reason) => {
      const before = (await requestsIn(ground.databaseUrl)).length;
      const job = await endOf(await add({ ...person(3), ...wrong }, { attempts: 5 }));
      expect(job.failedReason?.slice(0, reason.length)).toBe(reason);
      expect(job).toMatchObject({ attemptsMade: 1, data: { language: 'en' } });
      expect(await queue.getJobState(job.id ?? '')).toBe('failed');
      expect(await requestsIn(ground.databaseUrl)).toHaveLength(before);
    });

    it.each([null, 'text', 7, []])('data that is %p is told', async (data) => {
      expect(await reasonOf(await add(data))).toMatch(/^USAGE: /);
    });

    it('a job of another name is told which name there is', async () => {
      const job = await queue.add('something else', person(4));
      expect(await reasonOf(job)).toMatch(/^USAGE: .*Name it call-permission-request\.$/);
    });

    describe('makes one request', () => {
      it('of a job id that is added again, also when its job is gone', async () => {
        const first = await add(person(10), { jobId: 'ten' });
        const { id } = await answerOf(first);
        await add(person(10), { jobId: 'ten' });
        await queue.remove('ten');
        const again = await answerOf(await add(person(10), { jobId: 'ten' }));
        expect(again).toMatchObject({ id, created: false });
        await queue.remove('ten');
        expect(await reasonOf(await add(person(11), { jobId: 'ten' }))).toMatch(
          /^IDEMPOTENCY_MISMATCH: This job id belongs to another request\./,
        );
      });

      it('of a reference, whatever the job is called', async () => {
        const jobs = await Promise.all(
          Array.from({ length: 10 }, () => add(person(12, { reference: 'twelve' }))),
        );
        const answers = await Promise.all(jobs.map(answerOf));
        expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
        expect(answers.filter(({ created }) => created)).toHaveLength(1);
        const another = await add(person(13, { reference: 'twelve' }));
        expect(await reasonOf(another)).toMatch(
          /^IDEMPOTENCY_MISMATCH: This reference belongs to another request\./,
        );
      });

      it('of a key, which stands for the reference and is the one of HTTP', async () => {
        const one = person(14, { reference: 'customer 9', idempotencyKey: 'may' });
        const { id } = await answerOf(await add(one));
        expect(await answerOf(await add(one))).toMatchObject({ id, created: false });
        const next = await answerOf(await add({ ...one, idempotencyKey: 'june' }));
        expect(next).toMatchObject({ created: true });
        const keys = (await requestsIn(ground.databaseUrl)).map((r) => r.idempotency_key);
        expect(keys).toEqual(expect.arrayContaining(['may', 'june']));
      });

      it('of each job that has no name of its own, also when BullMQ counts from 1 again', async () => {
        const [a, b] = [await add(person(15)), await add(person(15))];
        expect(await answerOf(a)).toMatchObject({ created: true });
        expect(await answerOf(b)).toMatchObject({ created: true });
        const made = async () =>
          (await requestsIn(ground.databaseUrl)).filter((r) => r.to_number === '+16502000015');
        expect(await made()).toHaveLength(2);
        await queue.obliterate({ force: true });
        const again = await add(person(16));
        expect(Number(again.id)).toBeLessThan(Number(b.id));
        expect(await answerOf(again)).toMatchObject({ created: true });
      });
    });

    it('logs one line a job without the number, and without a job id that is one', async () => {
      await endOf(await add(person(20), { jobId: '+16502000020' }));
      await endOf(await add({ ...person(20), to: '650200002' }, { jobId: 'x' }));
      const lines = app.logged().split('\n');
      expect(lines.filter((line) => line.includes('job taken')).length).toBeGreaterThan(0);
      expect(lines.filter((line) => line.includes('job refused')).length).toBeGreaterThan(0);
      expect(app.logged()).not.toMatch(/16502000020|650200002/);
    });

    it('keeps ended jobs for a time only, unless their adder says otherwise', async () => {
      const done = await endOf(await add(person(21)));
      await done.remove();
      const gone = await add(person(22), { removeOnComplete: true });
      while ((await queue.getJobState(gone.id ?? '')) !== 'unknown');
      expect(await queue.getJob(gone.id ?? '')).toBeUndefined();
    });
  });
});
