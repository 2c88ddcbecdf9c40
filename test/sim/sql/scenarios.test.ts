/** Scenarios of attempts that were followed by others, with the real statements: few seeds come upon them. */
import { expect, test } from '@jest/globals';
import { runPlan } from '../run.ts';
import { ATTEMPTS } from '../scenarios/attempts.ts';
import { failureText } from '../seeds.ts';
import { worstOf } from '../shrink.ts';
import { useSqlServer } from './seeds-on-postgres.ts';

const server = useSqlServer();

test.each(ATTEMPTS.map(({ name, plan }) => [name, plan] as const))('%s', async (_, plan) => {
  const mode = { server: server() };
  const { violations } = await runPlan(plan, undefined, mode);
  const worst = worstOf(violations);
  expect(worst && (await failureText(plan, worst.rule, mode))).toBeUndefined();
});
