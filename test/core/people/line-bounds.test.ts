/** How much one person's line may be. */
import { describe, expect, test } from '@jest/globals';
import {
  COLUMN_LIMIT,
  LINE_LIMIT,
  LINE_TOO_LONG,
  TOO_LONG_KEPT,
  tooMuchOf,
} from '../../../src/core/people/line-bounds.ts';

const fields = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`${i}`, i]));
const code = (line: unknown) => tooMuchOf(line)?.code;

test('the bounds are those that people are told', () => {
  expect([LINE_LIMIT, COLUMN_LIMIT, TOO_LONG_KEPT]).toEqual([262_144, 2_000, 1_000]);
  expect(LINE_TOO_LONG).toEqual({
    code: 'LINE_TOO_LONG',
    message: 'the line is longer than 262,144 characters; a line for one person is far shorter',
  });
  expect(tooMuchOf(fields(2_001))).toEqual({
    code: 'COLUMNS_TOO_MANY',
    message:
      'the line has more than 2,000 fields, those of its parameters counted; give those that the template needs',
  });
});

describe('a line', () => {
  test.each([
    ['a text', (n: number) => 'x'.repeat(n)],
    ['a field', (n: number) => ({ to: 'x'.repeat(n - 2) })],
    ['the name of a field', (n: number) => ({ ['x'.repeat(n)]: 1 })],
    ['several fields', (n: number) => ({ to: 'x'.repeat(9), a: 'x'.repeat(n - 12) })],
    ['a field in a field', (n: number) => ({ a: { b: 'x'.repeat(n - 3) }, c: undefined })],
    ['a list', (n: number) => ({ a: ['x'.repeat(n - 2)] })],
  ])('has its characters counted: %s', (_what, lineOf) => {
    expect(tooMuchOf(lineOf(LINE_LIMIT))).toBeUndefined();
    expect(code(lineOf(LINE_LIMIT + 1))).toBe('LINE_TOO_LONG');
  });

  test.each([
    ['an object', fields],
    ['objects in it', (n: number) => ({ parameters: fields(n - 3), more: { of: 'x' } })],
    ['lists in it', (n: number) => ({ parameters: Array.from({ length: n - 1 }, () => null) })],
    ['objects beside what is not defined', (n: number) => ({ a: fields(n - 2), b: undefined })],
  ])('has its fields counted: %s', (_what, lineOf) => {
    expect(tooMuchOf(lineOf(COLUMN_LIMIT))).toBeUndefined();
    expect(code(lineOf(COLUMN_LIMIT + 1))).toBe('COLUMNS_TOO_MANY');
  });

  test('that holds one object twice, or itself, has it counted once', () => {
    const many = fields(1_500);
    expect(tooMuchOf({ a: many, b: many })).toBeUndefined();
    const self: Record<string, unknown> = fields(1_500);
    self.self = self;
    expect(tooMuchOf(self)).toBeUndefined();
    const inside: Record<string, unknown> = { ...fields(1_500), in: {} };
    inside.in = { out: inside };
    expect(tooMuchOf(inside)).toBeUndefined();
  });

  test('that is nested deeper than calls may be is looked at all the same', () => {
    let deep: object = {};
    for (let i = 0; i < 100_000; i += 1) deep = { deep };
    expect(code(deep)).toBe('COLUMNS_TOO_MANY');
  });

  test.each([undefined, null, 1, true])('that is %p has nothing too much', (line) => {
    expect(tooMuchOf(line)).toBeUndefined();
  });
});
