/** Each outcome that the ledger keeps of a try is a step of its own kind in a request's history, once. */
import { expect, test } from '@jest/globals';
import { historyOf } from '../../src/campaign/request-history.ts';
import type { KeptRequest, KeptTry } from '../../src/core/ports/index.ts';
import { freshResult } from '../../src/core/single-request.ts';

const at = (second: number) => new Date(1_800_000_000_000 + second * 1_000);

function stepsOf(tries: readonly Partial<KeptTry>[], more: Partial<KeptRequest> = {}) {
  const kept = {
    ...{ language: 'en', fence: 1, claimedAt: at(0), uncertainAt: null, failedAt: null },
    request: freshResult({ row: 1, to: '+16505551234', parameters: {} }),
    tries: tries.map((one, i) => ({
      ...{ at: at(i + 1), fence: 1, outcome: '', applied: true, code: null, detail: null },
      ...{ retryAt: null, ...one },
    })),
    ...more,
  };
  return historyOf(kept as unknown as KeptRequest).map(({ what, detail }) => [what, detail]);
}

test.each([
  ['an answer that never came', 'no answer within 3000 ms'],
  ['a process that ended', 'lease ended'],
])('%s is uncertain, and told once', (_, detail) => {
  const steps = stepsOf([{ outcome: 'uncertain', detail }], { uncertainAt: at(1) });
  expect(steps).toEqual([
    ['claimed', null],
    ['uncertain', detail],
  ]);
});

test('an acceptance that is kept among the tries is told once', () => {
  const request = { ...freshResult({ row: 1, to: '+16505551234', parameters: {} }) };
  const accepted = { ...request, accepted_at: at(1).toISOString(), wamid: 'wamid.1' };
  const steps = stepsOf([{ outcome: 'accepted', detail: 'late' }], {
    request: accepted as KeptRequest['request'],
  });
  expect(steps).toEqual([
    ['claimed', null],
    ['accepted', 'late'],
  ]);
});

test('what was checked, settled and told too late says how', () => {
  const steps = stepsOf([
    { outcome: 'check: accepted' },
    { outcome: 'settled: rejected', detail: 'by hand' },
    { outcome: 'status: failed', detail: 'late' },
    { outcome: 'status: sent' },
  ]);
  expect(steps).toEqual([
    ['claimed', null],
    ['checked', 'accepted'],
    ['settled', 'rejected: by hand'],
    ['failed', 'late'],
    ['told', 'sent'],
  ]);
});
