import { expect, test } from '@jest/globals';
import { EXPORT_COLUMNS, REQUEST_STATES } from '../../src/core/request.ts';
import { freshResult, isFinal, WAITS_FOR } from '../../src/core/single-request.ts';

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

test('one that was made this moment waits, and nothing is known of it but whom it asks', () => {
  const result = freshResult({ row: 4, to: '+US.1349', reference: 'K 1', parameters: {} });
  const { row, reference, to, status, attempts, ...others } = result;
  expect([row, reference, to, status, attempts]).toEqual([1, 'K 1', 'US.1349', 'pending', 0]);
  expect(Object.keys(result).sort()).toEqual([...EXPORT_COLUMNS].sort());
  expect(new Set(Object.values(others))).toEqual(new Set([null]));
  expect(freshResult({ row: 1, to: '+16505551234', parameters: {} }).reference).toBeNull();
});
