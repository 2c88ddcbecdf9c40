/** What people are shown of whatever was thrown. */
import { describe, expect, test } from '@jest/globals';
import { InfrastructureError, ProblemError, problem } from '../../src/core/problem.ts';
import { shownProblems } from '../../src/core/shown-problem.ts';

const SECRET = `EAA${'x1'.repeat(20)}`;
const wrong = problem('USAGE', 'Wrong.', { where: 'here', next: 'Do that.' });
const other = problem('NOT_FOUND', 'None.');

describe('a problem', () => {
  test('is shown as it is, without what it has not', () => {
    expect(shownProblems(new ProblemError(wrong))).toEqual([wrong]);
    expect(shownProblems(new ProblemError(other)).map(Object.keys)).toEqual([['code', 'message']]);
  });

  test('is shown without what may be a secret, wherever it stands', () => {
    const told = problem('USAGE', `a ${SECRET}`, { where: `b ${SECRET}`, next: `c ${SECRET}` });
    expect(shownProblems(new ProblemError(told))).toEqual([
      { code: 'USAGE', message: 'a [secret]', where: 'b [secret]', next: 'c [secret]' },
    ]);
  });

  test('of several is each of them, those inside others too', () => {
    const inner = new AggregateError([new ProblemError(other)]);
    const all = new AggregateError([new ProblemError(wrong), inner, new Error('broke')]);
    expect(shownProblems(all).map(({ code }) => code)).toEqual(['USAGE', 'NOT_FOUND', 'INTERNAL']);
    expect(shownProblems(all, { hasCause: false })[2]?.message).not.toContain('broke');
    const none = shownProblems(new AggregateError([new Error('broke')], 'several'));
    expect(none).toMatchObject([{ code: 'INTERNAL', message: expect.stringContaining('several') }]);
  });
});

const CHECK_DATABASE =
  'Check DATABASE_URL and that Postgres runs (`callpermit doctor`), then try again.';
const CHECK_QUEUE =
  'Check that Redis runs if REDIS_URL is set, else the database, which holds the queue (`callpermit doctor`), then try again.';
const CHECK_GRAPH = 'Check GRAPH_BASE_URL and the network (`callpermit doctor`), then try again.';
const CHECK_API = 'Check its address and that `callpermit api` runs, then try again.';

test.each([
  ['database', 'DATABASE_UNREACHABLE', 'The database is out of reach', CHECK_DATABASE],
  ['queue', 'QUEUE_UNREACHABLE', 'The queue is out of reach', CHECK_QUEUE],
  ['graph', 'GRAPH_UNREACHABLE', 'The Graph API is out of reach', CHECK_GRAPH],
  ['api', 'API_UNREACHABLE', 'The API of callpermit is out of reach', CHECK_API],
] as const)(
  'a %s out of reach says so, what was said, and what to check',
  (service, code, what, next) => {
    const error = new InfrastructureError(service, 'connect ECONNREFUSED 10.0.0.1:5432');
    const said = `${what}: connect ECONNREFUSED 10.0.0.1:5432.`;
    expect(shownProblems(error)).toEqual([{ code, message: said, next }]);
    // A driver names addresses, which not everybody may see.
    expect(shownProblems(error, { hasCause: false })).toEqual([
      { code, message: `${what}.`, next },
    ]);
  },
);

test.each([
  [new Error('broke'), 'broke'],
  ['thrown text', 'thrown text'],
  [undefined, 'undefined'],
])('anything else is a bug of ours, without a stack: %p', (error, detail) => {
  const what = 'Something went wrong that callpermit did not expect';
  const next = 'Run it again with LOG_LEVEL=debug to see the cause, and report it.';
  expect(shownProblems(error)).toEqual([{ code: 'INTERNAL', message: `${what}: ${detail}`, next }]);
  expect(shownProblems(error, { hasCause: false })).toEqual([
    { code: 'INTERNAL', message: what, next },
  ]);
});
