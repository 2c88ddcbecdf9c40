/** Work that waits for its turn. */
import { expect, test } from '@jest/globals';
import { createLine } from '../../src/core/line.ts';

/** Lets all that can go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Work by name, each of which ends when it is told to. */
function bench(width: number) {
  const inLine = createLine(width);
  const begun: string[] = [];
  const ends = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const enter = (name: string) =>
    inLine(() => {
      begun.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, { resolve: () => resolve(name), reject });
      });
    });
  return { begun, enter, end: (name: string) => ends.get(name) };
}

test('as many work at once as the line is wide, the others in the order they came', async () => {
  const b = bench(2);
  const all = ['a', 'b', 'c', 'd'].map(b.enter);
  await settle();
  expect(b.begun).toEqual(['a', 'b']);
  b.end('b')?.resolve();
  await settle();
  expect(b.begun).toEqual(['a', 'b', 'c']);
  b.end('a')?.resolve();
  await settle();
  expect(b.begun).toEqual(['a', 'b', 'c', 'd']);
  for (const name of ['c', 'd']) b.end(name)?.resolve();
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  void [b.enter('e'), b.enter('f'), b.enter('g')];
  await settle();
  expect(b.begun.slice(4)).toEqual(['e', 'f']);
});

test('work that fails makes room for the next as well', async () => {
  const b = bench(1);
  const [one, other] = [b.enter('a'), b.enter('b')];
  await settle();
  const failure = new Error('no');
  b.end('a')?.reject(failure);
  await expect(one).rejects.toBe(failure);
  await settle();
  b.end('b')?.resolve();
  expect(await other).toBe('b');
});
