/** All scenarios, by what they are about. */
import { ANSWERS } from './answers.ts';
import { ATTEMPTS } from './attempts.ts';
import { DATABASE } from './database.ts';
import { LISTS } from './lists.ts';
import { PROCESSES } from './processes.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario. */
export const SCENARIOS: readonly Scenario[] = [
  ...ATTEMPTS,
  ...DATABASE,
  ...ANSWERS,
  ...PROCESSES,
  ...LISTS,
];
