import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isInt4,
  isWaId,
  outsideError,
  outsideId,
  outsideRaw,
  outsideStatus,
  outsideText,
  outsideWaitMs,
} from '../../src/core/outside-text.ts';
import type { StatusEvent } from '../../src/core/ports/index.ts';

/** Text with all that a JSON string may hold: NUL, halves of pairs, controls, whole pairs. */
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u0000', '\ud83d', '\ude00', '😀', '\u001b[2J', '\u202e', '\uffff'),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

const isTaken = (text: string): boolean => !/\p{Surrogate}/u.test(text) && !text.includes('\u0000');

describe('text', () => {
  test('is always one that Postgres takes, never longer than it may be, and settled at once', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 30 }), (text, most) => {
        const read = outsideText(text, most);
        expect(isTaken(read)).toBe(true);
        expect(read.length).toBeLessThanOrEqual(most);
        expect(outsideText(read, most)).toBe(read);
      }),
    );
  });

  test('stays as it is where nothing is wrong with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        fc.pre(!text.includes('\u0000'));
        expect(outsideText(text, 200)).toBe(text);
      }),
    );
  });

  test('does not cut a character in two', () => {
    expect(outsideText('ab😀cd', 4)).toBe('ab…');
    expect(outsideText('a\u0000b\ud83d', 64)).toBe('a\ufffdb\ufffd');
  });

  test('that is just as long as it may be is not cut', () => {
    expect(outsideText('éééé', 4)).toBe('éééé');
    expect(outsideText('ééééé', 4)).toBe('ééé…');
    expect(outsideText('aaaaa', 4)).toBe('aaa…');
  });
});

test('an id that had to be changed is none', () => {
  expect(outsideId('wamid.HBgL')).toBe('wamid.HBgL');
  for (const id of ['wam\u0000id', 'wamid\ud83d', 'x'.repeat(513)]) {
    expect(outsideId(id)).toBeUndefined();
  }
  expect(outsideId('x'.repeat(512))).toHaveLength(512);
});

test('a code fits int4, and one that does not stands in the message', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.maxSafeInteger()),
      nasty,
      (code, message) => {
        const read = outsideError({ code, message });
        expect(isInt4(read.code)).toBe(true);
        expect(isTaken(read.message) && read.message.length <= 4_000).toBe(true);
        if (read.code === code) expect(isInt4(code)).toBe(true);
        else expect([read.code, read.message.endsWith(` (code ${code})`)]).toEqual([-1, true]);
      },
    ),
  );
  expect(outsideError({ code: 2 ** 31, message: 'x'.repeat(9_000) }).message).toHaveLength(4_000);
});

test('int4 is what Postgres takes for it', () => {
  const edges = [-(2 ** 31) - 1, -(2 ** 31), 1.5, 2 ** 31 - 1, 2 ** 31, Number.NaN];
  expect(edges.map(isInt4)).toEqual([false, true, false, true, false, false]);
});

test.each([
  ['12345', true],
  ['12345678901234567890', true],
  ['1234', false],
  ['123456789012345678901', false],
  ['+16505551234', false],
  ['16505551234 or so', false],
])('%s may be a wa_id: %p', (text, may) => {
  expect(isWaId(text)).toBe(may);
});

test('a wait is from nothing to a day', () => {
  expect([-5, 7, 1e300].map(outsideWaitMs)).toEqual([0, 7, 86_400_000]);
});

describe('a raw answer', () => {
  test('is kept in a form that Postgres takes, 8 kB of it at most', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 3_000 }), (text, times) => {
        const raw = outsideRaw(text.repeat(times));
        expect(isTaken(raw)).toBe(true);
        expect(Buffer.byteLength(raw)).toBeLessThanOrEqual(8_192);
      }),
      { numRuns: 50 },
    );
  });

  test('says what stood there', () => {
    expect(outsideRaw('{"id":"w\u0000\ud83d😀\u001b"}')).toBe('{"id":"w\\u0000\\ud83d😀\\u001b"}');
  });

  test('is whole up to 8 kB, and cut between two characters beyond', () => {
    const [ascii, euro, smile] = ['x'.repeat(8_193), '€'.repeat(3_000), '😀'.repeat(3_000)];
    expect(outsideRaw(ascii.slice(1))).toBe(ascii.slice(1));
    expect(outsideRaw(ascii)).toBe(`${ascii.slice(0, 8_189)}…`);
    expect(outsideRaw(euro)).toBe(`${euro.slice(0, 2_729)}…`);
    expect(outsideRaw(smile)).toBe(`${smile.slice(0, 2 * 2_047)}…`);
    expect(outsideRaw(`\ufffd${euro}`)).toBe(`\ufffd${euro.slice(0, 2_728)}…`);
  });
});

test('a status webhook passes the same way, and its wamid is one or none', () => {
  const event: StatusEvent = {
    request: '7',
    fence: 2,
    wamid: 'wamid.1',
    status: 'failed',
    at: new Date(0),
    waId: '16505551234',
    error: { code: 131026, message: 'Message undeliverable' },
  };
  expect(outsideStatus(event)).toEqual(event);
  expect(
    outsideStatus({
      ...event,
      request: '7; drop',
      fence: 2 ** 40,
      wamid: 'w\u0000',
      waId: '1\u00002',
      error: { code: 2 ** 33, message: '\ud83d' },
    }),
  ).toEqual({
    status: 'failed',
    at: event.at,
    error: { code: -1, message: '\ufffd (code 8589934592)' },
  });
});

describe('of a status webhook is kept what is there and is ours', () => {
  const bare = { status: 'sent', at: new Date(0) } as const;
  test.each<[Partial<StatusEvent>, Partial<StatusEvent>]>([
    [{}, {}],
    [{ request: '7' }, { request: '7' }],
    [
      { request: '123456789012345678', fence: 0 },
      { request: '123456789012345678', fence: 0 },
    ],
    [{ request: '1234567890123456789', fence: 1 }, {}],
    [{ request: '7x', fence: 1 }, {}],
    [{ request: 'x7', fence: 1 }, {}],
    [{ request: '7', fence: 2 ** 31 }, {}],
    [{ fence: 1 }, {}],
    [{ waId: '16505551234' }, { waId: '16505551234' }],
    [{ waId: '+16505551234' }, {}],
    [{ wamid: 'w\u0000' }, {}],
    [{ wamid: 'wamid.1' }, { wamid: 'wamid.1' }],
    [{ error: { code: 1, message: 'x' } }, { error: { code: 1, message: 'x' } }],
  ])('%j: %j', (more, kept) => {
    expect(outsideStatus({ ...bare, ...more })).toStrictEqual({ ...bare, ...kept });
  });
});
