import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { listDigest } from '../../src/campaign/list-digest.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const bytes = sha256('to,1\n');

test('what a list is read by tells it from the same bytes read otherwise', () => {
  const digests = [
    {},
    { defaultCountry: 'DE' },
    { defaultCountry: 'US' },
    { numbers: 'national' },
    { numbers: 'international' },
    { map: { name: '1' } },
    { map: { name: '2' } },
    { map: { name: ['1', '2'] } },
    { ignoreColumns: 'all' },
    { ignoreColumns: ['name'] },
  ] as const;
  const all = [...digests.map((rules) => listDigest(bytes, rules)), listDigest(sha256('to'), {})];
  expect(new Set(all).size).toBe(all.length);
});

test('the order in which columns are mapped means nothing', () => {
  const map = { name: '1', city: '2' };
  expect(listDigest(bytes, { map: { city: '2', name: '1' } })).toBe(listDigest(bytes, { map }));
});

test('a column is mapped to the same, whether its names stand in an array, and in whatever order', () => {
  const digest = (to: string | readonly string[]) => listDigest(bytes, { map: { name: to } });
  expect(digest(['1'])).toBe(digest('1'));
  expect(digest(['2', '1'])).toBe(digest(['1', '2']));
});

test('of a list that is read by its country alone it is what the first programs kept', () => {
  expect(listDigest(bytes, {})).toBe(sha256(JSON.stringify([bytes, null])));
  const kept = sha256(JSON.stringify([bytes, 'DE']));
  expect(listDigest(bytes, { defaultCountry: 'DE' })).toBe(kept);
});
