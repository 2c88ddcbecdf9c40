import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { keepHeapSmall } from '../../src/cli/run/small-heap.ts';

/** The built module, for a program of its own: the growth of a heap is its process's. */
const BUILT = fileURLToPath(new URL('../../dist/src/cli/run/small-heap.js', import.meta.url));

/** Keeps the last 60,000 of many lines, some 15 MB, and says how large the heap came to be, in MB. */
const PROGRAM = `
const { keepHeapSmall } = await import(process.argv[1]);
keepHeapSmall();
const kept = [];
let peak = 0;
for (let i = 0; i < 1_500_000; i += 1) {
  kept[i % 60_000] = { row: i, to: '+49151' + i, parameters: { 1: 'Person ' + i } };
  if (i % 10_000 !== 0) continue;
  peak = Math.max(peak, process.memoryUsage().heapTotal);
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(Math.round(peak / 1e6));
`;

describe('a small heap', () => {
  test('what is no longer used is collected at once, for until then the growth has no bound', async () => {
    const unused = new WeakRef({ text: 'x'.repeat(1_000) });
    // A target is kept until the job that made it has ended.
    await setImmediate();
    keepHeapSmall();
    expect(unused.deref()).toBeUndefined();
  });

  test('does not grow to several times what lives in it', async () => {
    const args = ['--input-type=module', '--eval', PROGRAM, BUILT];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    // 90 to 115, Node 20 to 26; 170 to 300 where V8 has its way.
    expect(Number(stdout)).toBeLessThan(140);
  });
});
