/** What one attempt does to the second that is counted, when nothing of it was written. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { JobEnd, MessageSender, RecordEntry } from '../../src/core/ports/index.ts';
import type { Outcome } from '../../src/core/verdicts/outcome.ts';
import { createAttempts } from '../../src/sending/attempt.ts';
import { createHand } from '../../src/sending/hand.ts';
import { paceCounter } from '../../src/sending/pace-counter.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { claim, keptLog } from '../campaign/support.ts';

afterEach(() => void jest.useRealTimers());

/** A process that may send once a second, and how each of its POSTs goes. */
function bench(outcomes: readonly (Outcome | 'accepted')[]) {
  jest.useFakeTimers({ now: 0 });
  const hand = createHand(systemClock, 40_000);
  hand.pace(1, true, 0);
  // Its share is in force in full only after a second.
  jest.advanceTimersByTime(600);
  hand.pace(1, true);
  jest.advanceTimersByTime(600);
  const posts: number[] = [];
  const recorded: RecordEntry[] = [];
  const meta: MessageSender = {
    async send(_, { mayWrite }) {
      const outcome = outcomes[posts.length] ?? 'accepted';
      posts.push(performance.now());
      if (outcome !== 'accepted') return outcome;
      if (!mayWrite()) return { kind: 'unsent', detail: 'withheld' };
      return { kind: 'accepted', messageStatus: 'accepted', wamid: 'wamid.1' };
    },
    setConnections: () => undefined,
  };
  const attempts = createAttempts({
    clock: systemClock,
    hand,
    meta,
    recorder: {
      async record(entry) {
        recorded.push(entry);
        const { request, fence, state } = entry;
        return { request, fence, applied: true, state };
      },
      abandon: () => [],
    },
    effects: {
      before: () => Promise.resolve(),
      after: () => Promise.resolve(),
      settled: () => Promise.resolve(),
      abandon: () => undefined,
    },
    counter: paceCounter(),
    checkAfterMs: 60_000,
    log: keptLog().log,
    isStopped: () => false,
    onMissed: () => undefined,
  });
  const send = (inMs = 0) =>
    new Promise<JobEnd>((done) => {
      const asked = { now: systemClock.now(), wall: systemClock.wall() };
      attempts.schedule(hand.take({ claim: claim(), done, asked, slot: asked.now + inMs }));
    });
  return { send, posts, recorded };
}

const REFUSED: Outcome = { kind: 'unsent', detail: 'connect ECONNREFUSED' };

describe('a second that is counted', () => {
  test('holds no request of which nothing was written: the next one need not wait for it', async () => {
    const { send, posts, recorded } = bench([REFUSED]);
    const ends = Promise.all([send(), send(50)]);
    await jest.advanceTimersByTimeAsync(200);
    expect(recorded.map((entry) => entry.outcome)).toEqual(['unsent', 'accepted']);
    expect(posts.map((at) => at - (posts[0] ?? 0))).toEqual([0, 50]);
    await ends;
  });

  test('holds each one that was written: the next one waits', async () => {
    const { send, posts, recorded } = bench([]);
    const ends = Promise.all([send(), send(900)]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(recorded.map((entry) => entry.outcome)).toEqual(['accepted']);
    await jest.advanceTimersByTimeAsync(200);
    expect(recorded.map((entry) => entry.outcome)).toEqual(['accepted', 'accepted']);
    expect((posts[1] ?? 0) - (posts[0] ?? 0)).toBeGreaterThan(1_000);
    await ends;
  });
});
