/** Spans of time as people and programs write them. */
import { expect, test } from '@jest/globals';
import { readSpan } from '../../src/core/span.ts';

const HOUR = 3_600_000;

test.each([
  ['24h', 24 * HOUR],
  ['90m', 1.5 * HOUR],
  ['30s', 30_000],
  ['7d', 7 * 24 * HOUR],
  ['1d12h', 36 * HOUR],
  ['1d2h3m4s', 26 * HOUR + 184_000],
  [' 24H ', 24 * HOUR],
  ['3650d', 3_650 * 24 * HOUR],
  ['000000001s', 1_000],
])('%j is read', (text, value) => {
  expect(readSpan(text)).toEqual({ ok: true, value });
});

test.each([
  ...['', ' ', '24', 'h', '0h', '-1h', '1.5h', '1h1d', '1h1h', '1w', '24 h', 'x24h', '24hx'],
  ...['3651d', '3650d1s', '999999999d', '0000000001s'],
])('%j is refused, with what is expected', (text) => {
  expect(readSpan(text)).toEqual({
    ok: false,
    error: 'Expected a span of time, like 24h, 90m, 30s, 7d or 1d12h',
  });
});
