/** All scenarios, by what they are about. */
import { ANSWERS } from './answers.ts';
import { DATABASE } from './database.ts';
import { LISTS } from './lists.ts';
import { PROCESSES } from './processes.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario. */
export const SCENARIOS: readonly Scenario[] = [...DATABASE, ...ANSWERS, ...PROCESSES, ...LISTS];
