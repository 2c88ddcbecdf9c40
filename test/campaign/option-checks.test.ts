/** Where an option's values end: the last that is taken, and the first that is not; in Node as over HTTP. */
import { describe, expect, test } from '@jest/globals';
import { LIST_CHECKS, REQUEST_CHECKS, wrongOption } from '../../src/campaign/option-checks.ts';
import { newCampaign } from '../../src/http/list-schemas.ts';

const long = (n: number) => '1'.repeat(n);
const column = (n: number) => ({ [long(n)]: '1' });

const EDGES: readonly [option: keyof typeof LIST_CHECKS, taken: unknown, refused: unknown][] = [
  ['template', long(512), long(513)],
  ['language', 'en', 'e'],
  ['language', 'e'.repeat(15), 'e'.repeat(16)],
  ['name', long(255), long(256)],
  ['sender', long(64), long(65)],
  ['sender', Array(100).fill('1'), Array(101).fill('1')],
  ['sender', ['1', '2'], ['1', '']],
  ['idempotencyKey', long(255), long(256)],
  ['quietHours', '23:59-0:00', '24:00-08:00'],
  ['quietHours', '21:00-21:01', '21:00-21:00'],
  ['quietHours', '8:00-08:01', '8:00-08:00'],
  ['weight', 1, 0],
  ['weight', 100, 101],
  ['maxErrors', 0, -1],
  ['maxErrors', 999_999_999, 1_000_000_000],
  ['maxErrors', '100%', '100.1%'],
  ['defaultCountry', 'de', 'deu'],
  ['map', column(1_000), column(1_001)],
  ['map', { a: '1', b: '2' }, { a: '1', b: 2 }],
  ['map', { a: ['1', '2'] }, { a: [] }],
  ['map', { a: [long(1_000)] }, { a: [long(1_001)] }],
  ['map', { a: ['1'] }, { a: ['1', 2] }],
  ['ignoreColumns', [long(1_000)], [long(1_001)]],
  ['ignoreColumns', ['a', 'b'], ['a', 7]],
  ['ignoreColumns', 'all', 'All'],
];

describe.each(EDGES)('%s', (name, taken, refused) => {
  test('as Node takes it', () => {
    expect(wrongOption({ [name]: taken }, LIST_CHECKS)).toBeUndefined();
    expect(wrongOption({ [name]: refused }, LIST_CHECKS)).toMatchObject({ where: name });
  });

  // Over HTTP the key is a header.
  if (name === 'idempotencyKey') return;
  test('as HTTP takes it', () => {
    const body = { template: 't', language: 'en', recipients: [] };
    expect(newCampaign.safeParse({ ...body, [name]: taken }).error?.issues).toBeUndefined();
    expect(newCampaign.safeParse({ ...body, [name]: refused }).error?.issues[0]?.path[0]).toBe(
      name,
    );
  });
});

test.each([
  ['to', '1', true],
  ['reference', 7, true],
  ['sender', '1', ['1']],
  ['parameters', ['Ann', 7], ['Ann', true]],
  ['parameters', { name: 'Ann' }, { name: 'Ann', order: null }],
  ['notAfter', new Date(), new Date(Number.NaN)],
])('%s of one person', (name, taken, refused) => {
  expect(wrongOption({ [name]: taken }, REQUEST_CHECKS)).toBeUndefined();
  expect(wrongOption({ [name]: refused }, REQUEST_CHECKS)).toMatchObject({ where: name });
});

test.each([
  [undefined, 'got nothing.'],
  ['x'.repeat(40), `got the text "${'x'.repeat(40)}".`],
  ['x'.repeat(41), 'got a longer text.'],
  [[], 'got an empty array.'],
  [[1], 'got an array.'],
  [{}, 'got an object.'],
  [null, 'got null.'],
  [7, 'got 7.'],
])('what was given instead is said in short: %j', (start, said) => {
  const problem = wrongOption({ start }, LIST_CHECKS, ['start']);
  expect(problem?.message).toContain(said);
  expect(problem?.next).toBe('Give it so.');
});
