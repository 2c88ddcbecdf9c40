import { expect, test } from '@jest/globals';
import { REQUEST_STATES } from '../../src/core/request.ts';
import { isFinal, WAITS_FOR } from '../../src/core/single-request.ts';

test('nothing more happens by itself to a request that has its answer, or that nobody asks any more', () => {
  const final = REQUEST_STATES.filter((status) => isFinal({ status, waits_for: null }));
  expect(final).toEqual([
    ...['accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled'],
  ]);
});

test('an uncertain one is not final before its check', () => {
  expect(isFinal({ status: 'uncertain', waits_for: 'evidence' })).toBe(false);
  expect(isFinal({ status: 'accepted', waits_for: 'evidence' })).toBe(true);
});

test('programs read what it waits for by these names', () => {
  expect(WAITS_FOR).toEqual([
    ...['pair-limit', 'quiet-hours', 'daily-budget', 'retry', 'evidence', 'sender-process'],
    'paused-queue',
  ]);
});
