import { describe, expect, test } from '@jest/globals';
import { senderStands } from '../../src/campaign/sender-standing.ts';
import type { SenderStatus } from '../../src/core/ports/index.ts';

const sender: SenderStatus = {
  senderId: '1',
  rateAllowed: 80,
  rateNow: 80,
  rateReason: null,
  breaker: null,
  breakerSince: null,
  nextLookAt: null,
  inFlight: 0,
  processes: 1,
  budget: null,
  silence: null,
};

describe('a sender is', () => {
  test('stopped while its queue is paused in the dashboard', () => {
    const why = 'its queue is paused in the dashboard';
    expect(senderStands(sender, ['1'])).toEqual({ state: 'stopped', why });
    expect(senderStands(sender, ['2'])).toEqual({ state: 'sending', why: '' });
  });

  test.each([
    ['sending, where a process works and nothing stops it', {}, 'sending', ''],
    [
      'sending more slowly, and why',
      { rateReason: '130429: too fast' },
      'sending',
      '130429: too fast',
    ],
    [
      'stopped by its breaker',
      { breaker: { by: 'us', message: 'the token ended' } },
      'stopped',
      'the token ended',
    ],
    ['stopped where it is silent', { silence: { since: null, why: 'held' } }, 'stopped', 'held'],
    [
      'stopped where no process sends',
      { processes: 0 },
      'stopped',
      'no process sends for it (start one: callpermit sender)',
    ],
  ] as const)('%s', (_, more, state, why) => {
    expect(senderStands({ ...sender, ...more })).toEqual({ state, why });
  });
});
