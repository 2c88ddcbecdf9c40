/** The simulation of the whole, by scenarios that are written down: each was a hole once. */
import { describe, expect, test } from '@jest/globals';
import { drawPlan } from './plan.ts';
import { runPlan } from './run.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { failureText } from './seeds.ts';
import { worstOf } from './shrink.ts';

const EVENTS = 300;

describe('nobody is asked twice, nobody is forgotten, nothing is recorded wrongly', () => {
  test.each(SCENARIOS.map(({ name, plan }) => [name, plan] as const))('%s', async (_, plan) => {
    const { violations } = await runPlan(plan);
    const worst = worstOf(violations);
    expect(worst && (await failureText(plan, worst.rule))).toBeUndefined();
  });
});

test('the same seed gives the same run, event by event', async () => {
  const traces = await Promise.all(
    [0, 1].map(async () => {
      const lines: string[] = [];
      await runPlan(drawPlan(7, EVENTS), (line) => lines.push(line));
      return lines;
    }),
  );
  expect(traces[0]?.length).toBeGreaterThan(50);
  expect(traces[1]).toEqual(traces[0]);
});
