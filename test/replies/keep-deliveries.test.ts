/** Old webhooks are dropped at the start and again and again, whatever failed before. */
import { expect, test } from '@jest/globals';
import { keepDeliveries } from '../../src/replies/keep-deliveries.ts';

test('it begins at once, goes on after a failure, and ends with what is under way', async () => {
  const asked: number[] = [];
  const warned: unknown[] = [];
  let third: (() => void) | undefined;
  const came = new Promise<void>((resolve) => {
    third = resolve;
  });
  let isDone = false;
  const keeping = keepDeliveries({
    store: {
      async keepDays(days) {
        asked.push(days);
        if (asked.length === 1) throw new Error('away');
        if (asked.length < 3) return;
        third?.();
        await new Promise((resolve) => setTimeout(resolve, 20));
        isDone = true;
      },
    },
    days: 7,
    log: { warn: (...told: unknown[]) => warned.push(told) },
    everyMs: 1,
  });
  expect(asked).toEqual([7]);
  await came;
  await keeping.close();
  expect([asked, warned.length, isDone]).toEqual([[7, 7, 7], 1, true]);
});
