/** A look that is shared by all who ask. */
import { expect, test } from '@jest/globals';
import { shared } from '../../src/core/shared-look.ts';
import { deferred } from '../support/deferred.ts';

test('twenty who ask at once look once, and so does who asks soon after', async () => {
  let now = 0;
  let looks = 0;
  const gate = deferred();
  const ask = shared(
    () => 5_000,
    async () => {
      looks += 1;
      await gate.promise;
      return looks;
    },
    () => now,
  );
  const all = Array.from({ length: 20 }, ask);
  now = 60_000; // A look that takes long is not doubled.
  all.push(ask());
  gate.resolve();
  expect(new Set((await Promise.all(all)).map(({ found }) => found))).toEqual(new Set([1]));
  now += 4_999;
  expect((await ask()).found).toBe(1);
  now += 1;
  expect((await ask()).found).toBe(2);
});

test('how long it is kept follows from what was found', async () => {
  let now = 0;
  const found = ['bad', 'good', 'other'];
  const ask = shared(
    (what) => (what === 'bad' ? 10 : 1_000),
    async () => found.shift(),
    () => now,
  );
  expect((await ask()).found).toBe('bad');
  now += 10;
  expect((await ask()).found).toBe('good');
  now += 999;
  expect((await ask()).found).toBe('good');
});

test('what is thrown is told to all who waited, and is not kept', async () => {
  let looks = 0;
  const ask = shared(
    () => 5_000,
    async () => {
      looks += 1;
      if (looks === 1) throw new Error('away');
      return looks;
    },
  );
  const both = await Promise.allSettled([ask(), ask()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await ask()).found).toBe(2);
});
