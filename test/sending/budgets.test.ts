/** When Meta is asked for the limit of a number, and what is said of it. */
import { expect, test } from '@jest/globals';
import type { NumberInfo } from '../../src/core/graph.ts';
import { err, ok } from '../../src/core/result.ts';
import { createBudgets } from '../../src/sending/budgets.ts';
import { keptLog } from '../campaign/support.ts';
import { settled } from './stepped-clock.ts';

const away = err({ kind: 'unreachable', detail: 'ECONNRESET' } as const);
const tier = (messagingLimit?: string) =>
  ok<NumberInfo>({
    ...{ id: '1', healthErrors: [] },
    ...(messagingLimit === undefined ? {} : { messagingLimit }),
  });

/** Keeps a budget at these times, ms; `answers` in turn are Meta's. Gives when it was asked, and what was said. */
async function kept(times: readonly number[], answers: (typeof away | ReturnType<typeof tier>)[]) {
  const { log, messages, fields } = keptLog();
  const asked: number[] = [];
  const limits: (number | null)[] = [];
  let now = 0;
  const budgets = createBudgets({
    clock: { now: () => now },
    senders: { budget: async ({ limit }) => void limits.push(limit) },
    configs: [{ phoneNumberId: '1', token: { kind: 'none' }, messagesPerSecond: 80 }],
    graph: () => ({
      numberInfo: async () => {
        asked.push(now);
        return answers.shift() ?? away;
      },
    }),
    log,
  });
  for (const time of times) {
    now = time;
    await budgets.keep('1');
    await settled();
  }
  await budgets.keep('2');
  return { asked, limits, messages: messages(), fields: fields() };
}

test('Meta is asked again a minute after it did not answer, and an hour after it did', async () => {
  const minute = [0, 59_999, 60_000, 60_001];
  const hour = [3_659_999, 3_660_000];
  const { asked } = await kept([...minute, ...hour], [away, tier('TIER_2K'), tier('TIER_2K')]);
  expect(asked).toEqual([0, 60_000, 3_660_000]);
});

test('a limit holds until Meta names another, and is logged once', async () => {
  const answers = [tier('TIER_2K'), tier('TIER_2K'), tier(), tier('TIER_10K'), away];
  const hours = [0, 1, 2, 3, 4, 5].map((n) => n * 3_600_000);
  const { limits, messages, fields } = await kept(hours, answers);
  expect(limits).toEqual([2_000, 2_000, 2_000, 10_000, 10_000]);
  expect(messages).toEqual(Array(2).fill('people a day, by the messaging limit of the number'));
  expect(fields).toEqual([2_000, 10_000].map((limit) => ({ sender: '1', limit })));
});

test('no limit is one too, of which nothing is logged', async () => {
  const { limits, messages } = await kept([0, 1], [tier('TIER_UNLIMITED')]);
  expect([limits, messages]).toEqual([[null], []]);
});
