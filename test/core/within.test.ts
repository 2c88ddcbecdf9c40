/** An end to waiting. */
import { describe, expect, test } from '@jest/globals';
import { LateError, within } from '../../src/core/within.ts';

/** What is taken off the clock while `run` runs. */
async function cleared(run: () => Promise<unknown>): Promise<readonly unknown[]> {
  const { clearTimeout: clear } = globalThis;
  const all: unknown[] = [];
  globalThis.clearTimeout = (timer) => {
    all.push(timer);
    clear(timer);
  };
  try {
    await run();
  } finally {
    globalThis.clearTimeout = clear;
  }
  return all;
}

describe('work', () => {
  test('that is done in time is its answer, and leaves no timer', async () => {
    const timers = await cleared(async () => {
      expect(await within(60_000, Promise.resolve('done'))).toBe('done');
    });
    expect(timers).toEqual([expect.anything()]);
  });

  test('that fails in time is its failure, and leaves no timer', async () => {
    const failure = new Error('no');
    const timers = await cleared(async () => {
      await expect(within(60_000, Promise.reject(failure))).rejects.toBe(failure);
    });
    expect(timers).toEqual([expect.anything()]);
  });

  test('that takes longer is late, and says after what time', async () => {
    const late = await within(5, new Promise<never>(() => {})).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(LateError);
    expect(late).toMatchObject({ name: 'LateError', message: 'no answer within 5 ms', ms: 5 });
  });
});
