import { describe, expect, test } from '@jest/globals';
import { exitCodeOfFindings } from '../../src/cli/commands/doctor.ts';
import { exitCodeOf, exitCodeOfProblems } from '../../src/cli/run/exit-code.ts';
import type { PauseReason } from '../../src/core/campaign.ts';
import { counts } from './support.ts';

const byUs: PauseReason = { by: 'us', scope: 'sender', code: 190, message: 'token' };
const byHand: PauseReason = { by: 'person', message: 'paused by hand' };

describe('the exit code of a campaign', () => {
  const end = { state: 'completed', reason: null, refusedLines: 0 } as const;

  test('is 0 when everybody was accepted or had said yes before', () => {
    expect(exitCodeOf({ ...end, counts: counts({ accepted: 5, 'already-granted': 1 }) })).toBe(0);
  });

  test.each([
    'rejected',
    'skipped',
    'uncertain',
    'expired',
    'cancelled',
    'pending',
    'queued',
  ] as const)('is 2 when one is %s', (state) => {
    expect(exitCodeOf({ ...end, counts: counts({ accepted: 5, [state]: 1 }) })).toBe(2);
  });

  test('is 2 when a line was refused', () => {
    expect(exitCodeOf({ ...end, counts: counts({ accepted: 5 }), refusedLines: 1 })).toBe(2);
  });

  test('is 3 when we paused it, 2 when a person did', () => {
    const paused = { ...end, state: 'paused', counts: counts({ pending: 5 }) } as const;
    expect(exitCodeOf({ ...paused, reason: byUs })).toBe(3);
    expect(exitCodeOf({ ...paused, reason: byHand })).toBe(2);
  });
});

describe('the exit code of problems', () => {
  test('is 4 as soon as something is out of reach, else 1', () => {
    expect(exitCodeOfProblems(['SETTING_INVALID'])).toBe(1);
    expect(exitCodeOfProblems(['INTERNAL'])).toBe(1);
    expect(exitCodeOfProblems([])).toBe(1);
    expect(exitCodeOfProblems(['SETTING_MISSING', 'DATABASE_UNREACHABLE'])).toBe(4);
    expect(exitCodeOfProblems(['GRAPH_UNREACHABLE'])).toBe(4);
  });
});

describe('the exit code of a diagnosis', () => {
  const ok = { check: 'token', code: 'TOKEN_VALID', level: 'ok', message: '' } as const;
  const fail = { ...ok, level: 'fail' } as const;

  test('is 0 with warnings only, 1 with something wrong, 4 with something out of reach', () => {
    expect(exitCodeOfFindings([ok, { ...ok, level: 'warn' }])).toBe(0);
    expect(exitCodeOfFindings([ok, fail])).toBe(1);
    expect(exitCodeOfFindings([fail, { ...fail, unreachable: true }])).toBe(4);
  });
});
