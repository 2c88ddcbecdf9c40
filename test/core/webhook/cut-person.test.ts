/** A delivery without one person. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mentionsOf, tracesOf } from '../../../src/core/people/mentions.ts';
import { cutPerson } from '../../../src/core/webhook/cut-person.ts';

const mentions = mentionsOf({ names: ['16505551234', 'US.77'], ids: ['wamid.abc='] });

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

  test.each<[string, unknown, unknown]>([
    [
      'a number as a number',
      { messages: [{ from: 16505551234 }, { from: 1 }] },
      { messages: [{ from: 1 }] },
    ],
    [
      'what is called by their number',
      { users: { 16505551234: { name: 'Z' }, 1: 'B' } },
      { users: { 1: 'B' } },
    ],
    [
      'nothing that is none',
      { contacts: [null, true, { id: 'US.77' }], n: null },
      { contacts: [null, true], n: null },
    ],
    [
      'what stands beside their name, of whatever kind',
      { id: 'US.77', a: null, b: 1, c: { d: 1 }, e: [1, 'US.77', 2] },
      { id: '', a: '', b: '', c: {}, e: [1, 2] },
    ],
    [
      'what stands beside it in changes of a value',
      {
        changes: [
          { id: 'US.77', name: 'Z' },
          { id: 'US.78', name: 'B' },
        ],
      },
      {
        changes: [
          { id: '', name: '' },
          { id: 'US.78', name: 'B' },
        ],
      },
    ],
    [
      'nothing beside what only holds it',
      { name: 'B', more: { users: ['US.77', 'US.78'] } },
      { name: 'B', more: { users: ['US.78'] } },
    ],
  ])('is without %s', (_what, value, left) => {
    const whole = (one: unknown) => JSON.stringify({ entry: [{ changes: [{ value: one }] }] });
    expect(cutPerson(whole(value), mentions)).toBe(whole(left));
  });

  test('has only their name emptied where nothing is anybody’s', () => {
    const whole = (id: string) =>
      JSON.stringify({ object: 'x', of: id, entry: [{ id, time: 1, changes: [{ field: id }] }] });
    expect(cutPerson(whole('US.77'), mentions)).toBe(whole(''));
  });

  test('does not name them any more, whatever it is, and is no other where it did not', () => {
    const text = fc.constantFrom('US.77', '16505551234', 'of US.77', 'US.78', 'Ann', 'wamid.abc=');
    const key = fc.constantFrom('entry', 'changes', 'value', 'messages', 'from', 'US.77', 'a');
    const { body } = fc.letrec((tie) => ({
      body: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(text, fc.integer(), fc.constant(16505551234), fc.constant(null), fc.boolean()),
        fc.array(tie('body'), { maxLength: 3 }),
        fc.dictionary(key, tie('body'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(body, (one) => {
        const before = JSON.stringify(one);
        const after = cutPerson(before, mentions);
        expect(after === undefined).toBe(!mentions(before));
        expect(mentions(JSON.stringify(JSON.parse(after ?? '0')))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
