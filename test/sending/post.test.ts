/** One POST: what is counted while it is under way, and what becomes of its outcome. */
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../src/core/verdicts/outcome.ts';
import { bench } from './support.ts';

const ACCEPTED: Outcome = { kind: 'accepted', messageStatus: 'accepted' };
const refused = (code: number): Outcome => ({ kind: 'refused', error: { code, message: 'no' } });

/** One claim, whose POST does what `meta` says. */
async function posted(...meta: ReturnType<typeof bench>['meta']) {
  const b = bench([[1, 1]]);
  b.meta = meta;
  const held = b.submit(1);
  await b.tick();
  return { b, held };
}

describe('a POST under way', () => {
  test('is counted until its answer, and a twentieth of its time goes into the latency', async () => {
    const { b } = await posted();
    const seen: [number, number][] = [];
    for (const ms of [0, 5, 50, 60]) {
      await b.clock.advance(ms);
      seen.push([b.dispatcher.inFlight(), b.dispatcher.latencyMs()]);
    }
    expect(seen).toEqual([
      [0, 200],
      [1, 200],
      [1, 200],
      [0, 195],
    ]);
  });

  test('that was withheld before its first byte counts for no latency', async () => {
    const { b } = await posted(async () => {
      await b.clock.sleep(100);
      return { kind: 'unsent', detail: 'withheld' };
    });
    // Within its time: it is tried once more.
    await b.clock.advance(150);
    expect([b.dispatcher.inFlight(), b.dispatcher.latencyMs()]).toEqual([1, 200]);
  });

  test('writes nothing once the process stops', async () => {
    let wrote: boolean | undefined;
    const { b } = await posted(async (mayWrite) => {
      await b.clock.sleep(100);
      wrote = mayWrite();
      return wrote ? ACCEPTED : { kind: 'unsent', detail: 'withheld' };
    });
    await b.clock.advance(50);
    void b.dispatcher.stop();
    await b.clock.advance(200);
    expect(wrote).toBe(false);
    expect(b.recorded.map(({ outcome }) => outcome)).toEqual(['unsent']);
  });
});

describe('a claim that goes back', () => {
  test('is recorded as unsent, uncounted, with its allowance free again', async () => {
    const { b, held } = await posted(async () => ({ kind: 'unsent', detail: 'withheld' }));
    await b.tick();
    b.dispatcher.withhold('c1');
    await b.clock.advance(300);
    expect(b.recorded).toEqual([
      {
        ...{ request: '100', fence: 1, epoch: 0, to: '+16505551234' },
        ...{ outcome: 'unsent', state: 'pending', countAttempt: false, giveBackAllowance: true },
      },
    ]);
    expect(held.end).toEqual({ 'given back': 1 });
  });
});

test('a claim that missed its time is counted, and is work', async () => {
  const { b } = await posted();
  const before = b.calls.work;
  b.clock.freeze(1_000);
  await b.clock.advance(0);
  expect(b.calls.work).toBe(before + 1);
  expect(b.dispatcher.takeCounts()).toMatchObject({ missed: 1, posts: 0, claims: 1 });
});

describe('an outcome', () => {
  test('of a sender that throws is not known, and that is said', async () => {
    const { b, held } = await posted(() => Promise.reject(new TypeError('a bug')));
    await b.clock.advance(200);
    expect(b.recorded).toMatchObject([
      { state: 'uncertain', reason: 'interrupted', errorMessage: 'a fault of this program' },
    ]);
    expect(b.messages()).toEqual(['sending failed in a way it should not']);
    expect(b.fields()).toMatchObject([{ err: { message: 'a bug' } }]);
    expect(held.end).toEqual({ uncertain: 1 });
  });

  test('that comes too late is kept as evidence, and that is said', async () => {
    const { b, held } = await posted();
    b.isLate = 'expired';
    await b.clock.advance(300);
    expect(b.messages()).toEqual(['outcome came too late; kept as evidence']);
    expect(b.fields()).toEqual([
      { request: '100', fence: 1, outcome: 'accepted', state: 'expired' },
    ]);
    expect(held.told.flatMap(([, told]) => told)).toEqual(['row 1: expired']);
  });

  test('that a status webhook was faster than is not worth a warning', async () => {
    const { b } = await posted();
    b.isLate = 'accepted';
    await b.clock.advance(300);
    expect(b.messages()).toEqual(['outcome was known already']);
    // Debug: warn is 40.
    expect(b.levels()).toEqual(['20']);
  });

  test('in time is not worth a line', async () => {
    const { b } = await posted();
    await b.clock.advance(300);
    expect(b.messages()).toEqual([]);
  });

  test.each([
    [undefined, {}],
    ['{"error"', { raw: '{"error"' }],
  ])('that may be somebody else’s is doubted, with its answer %p', async (raw, more) => {
    const doubt = { kind: 'uncertain', cause: 'connection-lost', detail: 'mixed up' } as const;
    const { b } = await posted(async (_, onDoubt) => {
      onDoubt?.(raw === undefined ? doubt : { ...doubt, raw });
      return refused(131026);
    });
    await b.clock.advance(300);
    expect(b.recorded[0]).toStrictEqual({
      ...{ request: '100', fence: 1, epoch: 0, to: '+16505551234' },
      ...{ outcome: 'doubted', state: 'uncertain', countAttempt: true, giveBackAllowance: false },
      ...{ errorMessage: 'mixed up', reason: 'connection-lost', ...more },
    });
  });

  test.each<[Outcome, readonly unknown[]]>([
    [ACCEPTED, []],
    [refused(131026), [expect.stringMatching(/^row 1: rejected, 131026: .*WhatsApp.*\.$/)]],
    [{ kind: 'unsent', detail: 'ECONNREFUSED' }, ['row 1: pending, unsent']],
  ])('%j is shown in the queue as %j', async (outcome, lines) => {
    const { b, held } = await posted(async () => outcome);
    await b.clock.advance(300);
    expect(held.told.flatMap(([, told]) => told)).toEqual(lines);
  });
});
