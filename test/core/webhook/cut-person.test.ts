/** Whom a text names, and a delivery without one person. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { base64Cores, mentionsOf, tracesOf } from '../../../src/core/people/mentions.ts';
import { cutPerson } from '../../../src/core/webhook/cut-person.ts';

const mentions = mentionsOf({ names: ['16505551234', 'US.77'], ids: ['wamid.abc='] });
const digits = fc.stringMatching(/^[1-9]\d{9,13}$/);

describe('a text names a person', () => {
  test.each(['+16505551234', 'to 16505551234.', 'US.77', 'x wamid.abc= y'])('%s', (text) => {
    expect(mentions(text)).toBe(true);
  });

  test.each(['116505551234', '165055512345', 'US.778', 'AUS.77', '1650555123'])(
    '%s is somebody else',
    (text) => {
      expect(mentions(text)).toBe(false);
    },
  );

  test('in base64 wherever it stands, and a neighbour does not', () => {
    fc.assert(
      fc.property(digits, fc.nat(5), (number, before) => {
        const inside = (n: string) =>
          `wamid.${Buffer.from(`${'\u0001'.repeat(before)}${n}\u0015`).toString('base64')}`;
        const theirs = mentionsOf({ names: [number] });
        expect(theirs(inside(number))).toBe(true);
        expect(theirs(inside(`${number}0`))).toBe(false);
        expect(base64Cores(number).some((core) => inside(number).includes(core))).toBe(true);
      }),
    );
  });
});

test('a number in full-width digits is found, as it is written and escaped, and cut out', () => {
  const digits = '16505551234';
  const wide = [...digits]
    .map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
    .join('');
  expect(mentions(`to ${wide}`)).toBe(true);
  expect(mentions(`${wide}5`)).toBe(false);
  const escaped = [...wide].map((char) => `\\u${char.charCodeAt(0).toString(16)}`).join('');
  const traces = tracesOf({ names: [digits], ids: [] });
  for (const text of [wide, escaped, escaped.replaceAll('ff', 'FF')])
    expect(traces.some((trace) => `{"from":"${text}"}`.includes(trace))).toBe(true);
  const body = (message: string) =>
    `{"entry":[{"id":"1","changes":[{"value":{"messages":[${message}]}}]}]}`;
  expect(cutPerson(body(`{"from":"${escaped}"}`), mentions)).toBe(body(''));
});

describe('a delivery without a person', () => {
  const delivery = (statuses: string, more = '') =>
    `{"entry":[{"id":"1","changes":[{"value":{"statuses":[${statuses}]${more}}}]}]}`;

  test('has what was told of others, to the digit', () => {
    const other = '{"id":12345678901234567890,"text":"\\"12345678901234567890"}';
    const body = delivery(`{"recipient_id":"16505551234"},${other}`, ',"note":"of 16505551234"');
    expect(cutPerson(body, mentions)).toBe(delivery(other, ',"note":""'));
  });

  test('has no name of theirs beside their number either, in fields that nobody knows', () => {
    const whole = (value: object) =>
      JSON.stringify({ entry: [{ id: '1', changes: [{ field: 'history', value }] }] });
    const theirs = { who: '16505551234', name: 'Zebulon', more: { city: 'Essen' } };
    expect(cutPerson(whole(theirs), mentions)).toBe(whole({ who: '', name: '', more: {} }));
    expect(cutPerson(whole({ all: [theirs], n: 1 }), mentions)).toBe(whole({ all: [], n: 1 }));
    expect(cutPerson(whole({ head: { of: theirs.who, name: theirs.name }, n: 1 }), mentions)).toBe(
      whole({ head: { of: '', name: '' }, n: 1 }),
    );
  });

  test('that does not name them is not touched, and what is no JSON goes as a whole', () => {
    expect(cutPerson(delivery('{"recipient_id":"16505551235"}'), mentions)).toBeUndefined();
    expect(cutPerson('{"from":"16505551234', mentions)).toBe('{}');
    expect(cutPerson('{"from', mentions)).toBeUndefined();
  });
});
