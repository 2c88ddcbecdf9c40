import { describe, expect, test } from '@jest/globals';
import {
  InfrastructureError,
  isProblemCode,
  PROBLEMS,
  ProblemError,
  problem,
} from '../../src/core/problem.ts';

/** Exit code and HTTP status, and the codes with both. */
const TOLD: Readonly<Record<string, string>> = {
  '1 400':
    'USAGE LIST_UNREADABLE PHONE_AMBIGUOUS PHONE_COUNTRY_MISSING PHONE_COUNTRY_UNKNOWN PHONE_DECIMAL PHONE_EMPTY ' +
    'PHONE_EXTENSION PHONE_IMPOSSIBLE PHONE_INVALID PHONE_LOCAL PHONE_PREFIX_00 PHONE_SCIENTIFIC PHONE_SEVERAL ' +
    'PHONE_TOO_LONG PHONE_TOO_SHORT PARAMETER_EMPTY PARAMETER_MISSING PARAMETER_NEWLINE PARAMETER_PLACEHOLDER ' +
    'PARAMETER_PROGRAM_VALUE PARAMETER_SPACES PARAMETER_SPREADSHEET_ERROR PARAMETER_TAB PARAMETER_TOO_LONG ' +
    'PARAMETER_UNKNOWN LINE_TOO_LONG COLUMNS_TOO_MANY LANGUAGE_INVALID USER_ID_INVALID LANGUAGE_MISSING REFERENCE_TOO_LONG ' +
    'VALUE_NOT_TEXT NUMBER_INEXACT TIME_INVALID TIME_WITHOUT_ZONE WINDOW_EMPTY',
  '1 401': 'UNAUTHORIZED',
  '1 403': 'FORBIDDEN OTHER_ORIGIN CSRF_TOKEN',
  '1 404': 'NOT_FOUND',
  '1 405': 'METHOD_NOT_ALLOWED',
  '1 409': 'CONFLICT CAMPAIGN_STATE LIST_AGAIN IDEMPOTENCY_MISMATCH',
  '1 413': 'LIST_TOO_LARGE',
  '1 422':
    'LIST_COLUMNS LIST_EMPTY SENDER_COUNTRY LIST_REFUSED LIST_ALL_REFUSED TEMPLATE_INVALID TEMPLATE_NOT_FOUND ' +
    'TEMPLATE_NOT_APPROVED TEMPLATE_REJECTED TEMPLATE_WITHOUT_COMPONENT TEMPLATE_COLUMNS',
  '1 429': 'TOO_MANY_REQUESTS',
  '1 500': 'SETTING_INVALID SETTING_MISSING PACKAGE_MISSING',
  '1 502': 'GRAPH_REFUSED',
  '3 502': 'TOKEN_REFUSED',
  '4 503':
    'DATABASE_UNREACHABLE DATABASE_TOO_OLD DATABASE_POOLED LEDGER_NEWER QUEUE_UNREACHABLE GRAPH_UNREACHABLE ' +
    'API_UNREACHABLE OUTCOMES_LOST',
};

describe('the table of problems', () => {
  test('has the exit codes and HTTP statuses that programs were told', () => {
    const told: Record<string, string[]> = {};
    for (const [code, { exit, http }] of Object.entries(PROBLEMS)) {
      const both = `${exit} ${http}`;
      told[both] = [...(told[both] ?? []), code];
    }
    const joined = Object.entries(told).map(([both, codes]) => [both, codes.join(' ')]);
    expect(Object.fromEntries(joined)).toEqual(TOLD);
  });

  test('knows its own codes alone', () => {
    expect(['USAGE', 'OUTCOMES_LOST'].every(isProblemCode)).toBe(true);
    expect(['usage', '', 'toString', '__proto__', 'ENOENT'].some(isProblemCode)).toBe(false);
  });
});

test('a problem has what to do next and where only if they are given', () => {
  expect(Object.entries(problem('USAGE', 'Wrong.'))).toEqual([
    ['code', 'USAGE'],
    ['message', 'Wrong.'],
  ]);
  const more = { next: 'Do that.', where: 'name' };
  expect(problem('USAGE', 'Wrong.', more)).toEqual({ code: 'USAGE', message: 'Wrong.', ...more });
});

test('an error carries its problem, and what it came of', () => {
  const [wrong, cause] = [problem('USAGE', 'Wrong.'), new Error('before')];
  const error = new ProblemError(wrong, { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'ProblemError', message: 'Wrong.', problem: wrong, cause });
});

test('an error of a service says which one is out of reach, and what it came of', () => {
  const cause = new Error('before');
  const error = new InfrastructureError('queue', 'No queue.', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'InfrastructureError',
    message: 'No queue.',
    service: 'queue',
    cause,
  });
});
