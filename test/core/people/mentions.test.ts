/** Whom a text names. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { base64Cores, mentionsOf, tracesOf } from '../../../src/core/people/mentions.ts';

const NUMBER = '16505551234';
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

const mentions = mentionsOf({ names: [NUMBER, 'US.77'], ids: ['wamid.abc='] });
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

describe('a person is named', () => {
  test.each([
    ['by a user id alone', { names: ['US.77'] }, 'to US.77 and others'],
    ['by a number alone, in base64', { names: [NUMBER] }, `x ${base64(`from ${NUMBER}`)} y`],
    ['by one of two numbers', { names: [NUMBER, '4915112345678'] }, '+4915112345678'],
    ['by the other one', { names: [NUMBER, '4915112345678'] }, `+${NUMBER}`],
    ['by one of two user ids', { names: ['US.77', 'US.78'] }, 'US.78'],
    ['by a number beside letters', { names: [NUMBER] }, `a${NUMBER}b`],
    ['by one of two ids of messages', { names: [], ids: ['wamid.a', 'wamid.b'] }, 'wamid.b='],
    ['by a user id that begins with a digit', { names: ['7.US'] }, 'to 7.US'],
  ])('%s', (_how, p, text) => {
    expect(mentionsOf(p)(text)).toBe(true);
  });

  test.each([
    ['a text of nobody', { names: [NUMBER, 'US.77'], ids: ['wamid.a'] }, 'hello -- world, +1'],
    ['nobody by no name', { names: [''] }, 'hello -- world'],
    ['nobody by none', { names: [] }, `-- ${base64('hello world and others')}`],
    ['a user id of which it has the signs alone', { names: ['US.77'] }, 'US-77 USx77'],
    ['a user id that is longer', { names: ['7.US'] }, 'x7.US 17.US 7.USA 7.US7'],
    ['by user id alone what is in base64', { names: ['US.77'] }, base64('about US.77 or so')],
    ['a number in base64 that is longer', { names: [NUMBER] }, base64(`999${NUMBER}`)],
    ['a number in base64 that goes on', { names: [NUMBER] }, base64(`${NUMBER}999`)],
    ['what is shorter than an id in base64', { names: ['123'] }, base64(' 123 ')],
  ])('not in %s', (_what, p, text) => {
    expect(mentionsOf(p)(text)).toBe(false);
  });

  test('in base64 behind other signs of base64, however many they are', () => {
    for (const before of ['', 'x', 'xy', 'xyz'])
      expect(mentionsOf({ names: [NUMBER] })(`${before}${base64(` ${NUMBER} `)}`)).toBe(true);
  });
});

describe('traces', () => {
  test('of a number are itself, in base64 and full-width, once each', () => {
    const traces = tracesOf({ names: [NUMBER, '', NUMBER], ids: [] });
    expect(traces).toHaveLength(1 + 3 + 3);
    expect(traces).toEqual(expect.arrayContaining([NUMBER, ...base64Cores(NUMBER)]));
  });

  test('of a user id are itself, of an id of Meta itself and with slashes escaped', () => {
    expect(tracesOf({ names: ['US.77'], ids: ['wamid.A/B/C='] })).toEqual([
      'US.77',
      'wamid.A/B/C=',
      'wamid.A\\/B\\/C=',
    ]);
    expect(tracesOf({ names: ['7.US'], ids: [] })).toEqual(['7.US']);
  });

  test('in base64 are the signs that no neighbour changes, all of them', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\d\u00e9]{1,15}$/), (text) => {
        const kept = [0, 1, 2].map((offset) => {
          // No padding at the end, which would be alike.
          const behind = 6 - ((offset + text.length) % 3);
          const [one, ...others] = ['\u0000', '\u00ff'].flatMap((before) =>
            ['\u0000', '\u00ff'].map((after) =>
              base64(before.repeat(offset) + text + after.repeat(behind)),
            ),
          );
          const isKept = (sign: string, i: number) => others.every((other) => other[i] === sign);
          return [...String(one)].filter(isKept).join('');
        });
        expect(base64Cores(text)).toEqual(kept);
      }),
    );
  });
});
