import { describe, expect, test } from '@jest/globals';
import { contradictionIn, flatRecipient } from '../../../src/core/people/flat-recipient.ts';

describe('a recipient as programs write it', () => {
  test.each([
    [
      { to: '+1', parameters: ['Ann', 7] },
      { to: '+1', 1: 'Ann', 2: 7 },
    ],
    [
      { to: '+1', reference: 'r', parameters: { name: 'Ann' } },
      { to: '+1', reference: 'r', name: 'Ann' },
    ],
    [
      { to: '+1', notBefore: 'a', notAfter: 'b' },
      { to: '+1', not_before: 'a', not_after: 'b' },
    ],
    [
      { to: '+1', parameters: 'Ann' },
      { to: '+1', parameters: 'Ann' },
    ],
    [
      { to: '+1', not_before: 'a', notAfter: 'b' },
      { to: '+1', not_before: 'a', not_after: 'b' },
    ],
    [
      { to: '+1', parameters: undefined, notBefore: 'a' },
      { to: '+1', not_before: 'a' },
    ],
    [
      { to: '+1', parameters: null },
      { to: '+1', parameters: null },
    ],
    ['+1', '+1'],
    [null, null],
    [['+1'], ['+1']],
  ])('%j is the line %j', (given, line) => {
    expect(flatRecipient(given)).toStrictEqual(line);
  });

  test('a parameter named like a field does not take its place', () => {
    expect(
      flatRecipient({ to: '+1', notAfter: 'b', parameters: { to: '+2', not_after: 'c' } }),
    ).toEqual({ to: '+1', not_after: 'b' });
  });
});

describe('what a recipient says in two places', () => {
  test.each<[unknown, string | undefined]>([
    [{ to: '+1', 1: 'FLAT', parameters: ['ARRAY'] }, '1'],
    [{ to: '+1', name: 'Ann', parameters: { name: 'Bob' } }, 'name'],
    [{ to: '+1', parameters: { to: '+2' } }, 'to'],
    [{ to: '+1', not_before: 'a', notBefore: 'b' }, 'not_before'],
    [{ to: '+1', 1: 'Ann', parameters: ['Ann'] }, undefined],
    [{ to: '+1', 1: 7, parameters: ['7'] }, undefined],
    [{ to: '+1', 1: null, parameters: ['Ann'] }, undefined],
    [{ to: '+1', 1: 'Ann', parameters: undefined }, undefined],
    [{ to: '+1', not_before: 'a', notBefore: 'a' }, undefined],
    [{ to: '+1', not_after: 'a', notAfter: 'b' }, 'not_after'],
    [{ to: '+1', not_after: new Date(0), notAfter: new Date(0) }, undefined],
    [{ to: '+1', not_after: new Date(0), notAfter: new Date(1) }, 'not_after'],
    [{ to: '+1', parameters: { toString: 'Ann' } }, undefined],
    [{ to: '+1', 2: 'Ann', parameters: ['Bob'] }, undefined],
    [{ to: '+1', 1: 'Ann' }, undefined],
    [{ to: '+1', 1: 'Ann', parameters: [undefined] }, undefined],
    [{ to: '+1', 1: true, parameters: [true] }, undefined],
    [{ to: '+1', 1: true, parameters: ['true'] }, '1'],
    [{ to: '+1', 1: true, parameters: [false] }, '1'],
    [{ to: '+1', 1: {}, parameters: ['[object Object]'] }, '1'],
    ['+1', undefined],
    [null, undefined],
    [['+1'], undefined],
  ])('%j contradicts itself in %p', (given, name) => {
    expect(contradictionIn(given)).toBe(name);
  });
});
