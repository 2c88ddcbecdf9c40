import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { secret } from '../../src/config/secret.ts';

describe('a secret', () => {
  const token = secret('hunter2');

  test.each([
    ['JSON', () => JSON.stringify({ token })],
    ['a template string', () => `${token}`],
    ['concatenation', () => `a${String(token)}`],
    ['inspect', () => inspect({ token }, { showHidden: true })],
    ['a spread', () => inspect({ ...token })],
    ['an error', () => String(new Error(`${token}`))],
  ])('does not print in %s', (_, print) => {
    expect(print()).not.toContain('hunter2');
  });

  test('gives its text when asked', () => {
    expect(token.reveal()).toBe('hunter2');
  });
});
