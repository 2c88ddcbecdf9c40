import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { saidOnce } from '../../../src/core/verdicts/said-once.ts';

test.each([
  ['Message undeliverable: Message undeliverable.', 'Message undeliverable.'],
  ['(#131026) Message undeliverable: message undeliverable', 'message undeliverable'],
  ['Rate: too high: Rate: too high.', 'Rate: too high.'],
  ['Message undeliverable: no WhatsApp', 'Message undeliverable: no WhatsApp'],
  ['Message undeliverable', 'Message undeliverable'],
  ['', ''],
])('%j is said as %j', (text, said) => {
  expect(saidOnce(text)).toBe(said);
});

test('a text that says nothing twice stays as it is; another loses only what it repeats', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (message, details) => {
      const text = `${message}: ${details}`;
      expect(text.endsWith(saidOnce(text))).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z ]{0,20}$/), (message) => {
      expect(saidOnce(`${message}: ${message}.`)).toBe(`${message}.`);
    }),
  );
});
