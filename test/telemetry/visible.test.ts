import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readable } from '../../src/telemetry/readable.ts';
import { visible, visibleLine } from '../../src/telemetry/visible.ts';

/** Any character a terminal could obey, among others. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0x9f }).map((n) => String.fromCharCode(n)),
    fc.constantFrom('\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202e', '\u2066', '\u2069'),
    fc.constantFrom('a', 'é', 'ש', '😀'),
  ),
});

function isObeyed(text: string): boolean {
  return [...text].some((character) => {
    const n = character.codePointAt(0) ?? 0;
    const isControl = n < 0x20 || (n >= 0x7f && n < 0xa0);
    const isLine = n === 0x2028 || n === 0x2029;
    const isBidi = n === 0x61c || n === 0x200e || n === 0x200f;
    return (
      isControl || isLine || isBidi || (n >= 0x202a && n <= 0x202e) || (n >= 0x2066 && n <= 0x2069)
    );
  });
}

describe('words from outside on a terminal', () => {
  test('no control character is left, whatever the text', () => {
    fc.assert(fc.property(nasty, (text) => !isObeyed(visibleLine(text))));
    fc.assert(fc.property(nasty, (text) => !isObeyed(visible(text).replaceAll('\n', ''))));
  });

  test('a JSON text means the same afterwards', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(JSON.parse(visible(JSON.stringify({ text })))).toEqual({ text });
      }),
    );
  });

  test('letters of every script and emoji stay', () => {
    expect(visible('Grüße, שלום, 你好 👩‍👩‍👧')).toBe('Grüße, שלום, 你好 👩‍👩‍👧');
  });

  test('a log line is one line, whatever the message', () => {
    fc.assert(
      fc.property(nasty, (msg) => {
        const line = readable(JSON.stringify({ level: 40, time: 0, msg, err: { message: msg } }));
        expect(line.endsWith('\n')).toBe(true);
        expect(isObeyed(line.slice(0, -1))).toBe(false);
      }),
    );
  });
});
