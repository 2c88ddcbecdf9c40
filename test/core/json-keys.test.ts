import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isTextDeeper,
  KEY_TWICE,
  keysIn,
  keysWritten,
  placeOfValue,
} from '../../src/core/json-keys.ts';

test.each([
  ['{}', 0],
  ['"a"', 0],
  ['{"a":1}', 1],
  ['{"a":1,"a":2}', 2],
  ['{"a" \t\r\n : 1}', 1],
  ['{"a":"b","c":"d: e"}', 2],
  ['{"a":{"a":[{"b":1},"b"]}}', 3],
  ['{"say \\"hi\\"":1}', 1],
  ['{"a":"\\\\","b":1}', 2],
  ['{"a":"\\\\\\":","b":1}', 2],
  ['{"":1}', 1],
  ['{"a', 0],
])('%s has %i keys written in it', (text, keys) => {
  expect(keysWritten(text)).toBe(keys);
});

test.each([
  [{}, 0],
  [null, 0],
  ['ab', 0],
  [7, 0],
  [{ a: 1, b: null, c: 'abc' }, 3],
  [{ a: { b: 1 } }, 2],
  [[1, 'ab', null], 0],
  [[{ a: 1 }, [{ b: [{ c: 1 }] }]], 3],
])('%j has %i keys', (value, keys) => {
  expect(keysIn(value)).toBe(keys);
});

test('a value may be nested deeper than calls may', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
  expect(keysIn(deep)).toBe(20_000);
});

describe('how deep a text is nested', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;

  test('is what its value is nested, whatever stands in its texts and names', () => {
    const bracket = fc.constantFrom('[', '{', '"[', '\\"{', ']}');
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.integer(),
        bracket,
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(bracket, tie('any'), { maxKeys: 3 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.boolean(), (nested, isWide) => {
        const text = JSON.stringify(nested, null, isWide ? 1 : 0);
        const depth = depthOf(nested);
        expect(isTextDeeper(text, depth)).toBe(false);
        if (depth > 0) expect(isTextDeeper(text, depth - 1)).toBe(true);
      }),
    );
  });

  test.each([['[['], ['{"a":[1'], ['[{']])('of %s that is no JSON is what it opens', (text) => {
    expect(isTextDeeper(text, 1)).toBe(true);
    expect(isTextDeeper(text, 2)).toBe(false);
  });
});

describe('the value of a name in the outermost object', () => {
  const found = (text: string) => {
    const place = placeOfValue(text, 'a');
    return place === undefined ? undefined : text.slice(place.start, place.end);
  };

  test.each([
    ['{"a":1}', '1'],
    ['{"a":1,"b":2}', '1'],
    ['{"b":2,"a":1}', '1'],
    ['{"a":1,"a":2}', '1'],
    ['{"a" \n: [1, 2] ,"b":2}', ' [1, 2] '],
    ['{"a":[{"a":1},{"b":[]}],"b":2}', '[{"a":1},{"b":[]}]'],
    ['{"b":{"a":1},"a":2}', '2'],
    ['{"b":[{"a":1}],"a":2}', '2'],
    ['{"b":"a","a":2}', '2'],
    ['{"a":"b","b":2}', '"b"'],
    ['{"a":"a","b":2}', '"a"'],
    ['{"a":"},]{\\"","b":2}', '"},]{\\""'],
    ['{"\\u0061":1}', '1'],
    ['{"b":"\\"a\\":1","a":2}', '2'],
  ])('%s: %j', (text, value) => {
    expect(found(text)).toBe(value);
  });

  test.each(['{}', '[]', '"a"', '["a"]', '{"b":"a"}', '{"b":{"a":1}}', '[{"a":1}]', '{"A":1}'])(
    '%s has none',
    (text) => {
      expect(found(text)).toBeUndefined();
    },
  );
});

test('a key that stands there twice is told so', () => {
  expect(KEY_TWICE).toEqual({
    code: 'COLUMN_TWICE',
    message: 'a key stands there twice in one object; keep one of them',
  });
});
