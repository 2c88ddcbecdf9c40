import { expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import { sendInput } from '../../src/sending/message.ts';
import { claim } from '../campaign/support.ts';

/** More than nine: by their text `10` would come before `2`. */
const TEN = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [String(i + 1), `v${i + 1}`]));

const table: [string, Partial<ClaimedRequest>, readonly unknown[], readonly unknown[]][] = [
  [
    'columns that the preflight named, in its order',
    {
      headerParameters: ['h'],
      bodyParameters: ['b', 'a'],
      parameters: { a: 'A', b: 'B', h: 'H' },
    },
    [{ text: 'H' }],
    [{ text: 'B' }, { text: 'A' }],
  ],
  [
    'named columns with their names',
    {
      parameterFormat: 'named',
      headerParameters: ['h'],
      bodyParameters: ['a'],
      parameters: { a: 'A', h: 'H' },
    },
    [{ name: 'h', text: 'H' }],
    [{ name: 'a', text: 'A' }],
  ],
  [
    'without a preflight, positional ones by their numbers',
    { bodyParameters: null, parameters: { '10': 'v10', '2': 'v2', '1': 'v1', ...TEN } },
    [],
    Object.values(TEN).map((text) => ({ text })),
  ],
  [
    'without a preflight, padded numbers by their value',
    { bodyParameters: null, parameters: { '010': 'ten', '02': 'two' } },
    [],
    [{ text: 'two' }, { text: 'ten' }],
  ],
  [
    'without a preflight, named ones as they stand, less those of the header',
    {
      parameterFormat: 'named',
      headerParameters: ['h'],
      bodyParameters: null,
      parameters: { z: 'Z', h: 'H', a: 'A' },
    },
    [{ name: 'h', text: 'H' }],
    [
      { name: 'z', text: 'Z' },
      { name: 'a', text: 'A' },
    ],
  ],
  [
    'without a preflight, named ones as they stand also where their names are numbers',
    {
      ...{ parameterFormat: 'named', bodyParameters: null },
      parameters: { '02': 'two', '01': 'one' },
    },
    [],
    [
      { name: '02', text: 'two' },
      { name: '01', text: 'one' },
    ],
  ],
  [
    'a column without a value as an empty text',
    { bodyParameters: ['gone'], parameters: {} },
    [],
    [{ text: '' }],
  ],
];

test.each(table)('a message has %s', (_, more, header, body) => {
  expect(sendInput(claim({ request: '7', fence: 3, ...more }))).toEqual({
    to: '+16505551234',
    template: 't',
    language: 'en',
    header,
    body,
    callbackData: '7.3',
  });
});
