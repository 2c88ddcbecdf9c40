import { expect, test } from '@jest/globals';
import { type Problem, ProblemError, problem } from '../../src/core/problem.ts';
import { err, ok } from '../../src/core/result.ts';
import { thrown, unwrap } from '../../src/core/unwrap.ts';

const one = problem('USAGE', 'One.');
const two = problem('NOT_FOUND', 'Two.');

test('a value comes out as it is', () => {
  expect(unwrap(ok(7))).toBe(7);
});

test.each<[Problem | readonly Problem[]]>([[one], [[one]]])(
  '%j is thrown as one problem',
  (error) => {
    expect(() => unwrap(err(error))).toThrow(ProblemError);
    expect(thrown(error)).toMatchObject({ name: 'ProblemError', message: 'One.', problem: one });
  },
);

test('several are thrown together, and their messages are one', () => {
  const error = thrown([one, two]);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error).toMatchObject({
    message: 'One. Two.',
    errors: [{ problem: one }, { problem: two }],
  });
});

test('no problem at all is thrown as none', () => {
  expect(thrown([])).toMatchObject({ message: '', errors: [] });
});
