import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isJsonObject, readObject, withDigits } from '../../src/webhook/read-json.ts';

describe('large whole numbers keep their digits', () => {
  test.each([
    ['{"a":9007199254740993}', '9007199254740993'],
    ['{"a":-9007199254740993}', '-9007199254740993'],
    ['{"a": 1234567890123456 }', '1234567890123456'],
    ['{"a":\n12345678901234567890\n}', '12345678901234567890'],
    ['{"a":123456789012345}', 123456789012345],
    ['{"a":1234567890123456.5}', 1234567890123456.5],
    ['{"a":1234567890123456e2}', 1234567890123456e2],
    ['{"a":1E0012345678901234567}', Number.POSITIVE_INFINITY],
    ['{"a":1e-1234567890123456}', 0],
    ['{"a":0.12345678901234560000}', 0.1234567890123456],
    ['{"a":"x: 1234567890123456,"}', 'x: 1234567890123456,'],
    ['{"a":"\\": 1234567890123456,"}', '": 1234567890123456,'],
    ['{"a":"\\\\","b":1234567890123456}', '\\'],
  ])('%s', (text, expected) => {
    expect(readObject(text)).toHaveProperty('a', expected);
    // A large one beside it, so that each number of the text is looked at.
    const beside = text.trimEnd().replace(/}$/, ',"z":12345678901234567}');
    expect(readObject(beside)).toMatchObject({ a: expected, z: '12345678901234567' });
  });

  test('after strings of every kind, and in lists', () => {
    const text = '{"a":"\\\\\\"[","b":[1234567890123456,-1234567890123456],"c":"\\\\"}';
    expect(readObject(text)).toEqual({
      a: '\\"[',
      b: ['1234567890123456', '-1234567890123456'],
      c: '\\',
    });
  });
});

/** A number that was quoted as the number that it is. */
const unquoted = (_: string, part: unknown) =>
  typeof part === 'string' && /^-?\d{16,}$/.test(part) ? Number(part) : part;

test('all else is read as JSON.parse reads it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '": 1234567890123456,', '[1234567890123456]', '\\"'),
  );
  const number = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(Number),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      number,
      fc.array(tie('tree')),
      fc.dictionary(text, tie('tree')),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const json = JSON.stringify(value, undefined, space);
      expect(JSON.parse(withDigits(json), unquoted)).toEqual(JSON.parse(json, unquoted));
    }),
  );
});

test('any digits of any length come back as they stood', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 10n ** 15n, max: 10n ** 40n })), (numbers) => {
      expect(readObject(`{"a":[${numbers.join(' , ')}]}`)).toEqual({ a: numbers.map(String) });
    }),
  );
});

describe('a body is stored', () => {
  test.each([
    ['{}', true],
    ['\ufeff{}', true],
    [' {"a":1234567890123456} ', true],
    ['[]', false],
    ['null', false],
    ['7', false],
    ['1234567890123456', false],
    ['"a"', false],
    ['', false],
    ['{', false],
    ['{"a":1', false],
    ['{"a":"b', false],
    ['{"a":12345678901234567,"b', false],
  ])('%s: %j', (body, expected) => {
    expect(isJsonObject(body)).toBe(expected);
  });

  test('however deep it is nested', () => {
    expect(isJsonObject(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toBe(true);
  });
});
