/** Seeds one after the other; of the first that breaks a promise, what is left of its plan. */
import { drawPlan, type Plan } from './plan.ts';
import { runPlan } from './run.ts';
import { planText, shrink, worstOf } from './shrink.ts';
import type { Mode } from './world.ts';

/** What a row of seeds came to. */
export interface SeedsReport {
  readonly seeds: number;
  /** Seeds that failed, by the promise that was broken first. */
  readonly failed: ReadonlyMap<string, readonly number[]>;
  readonly posts: number;
  readonly steps: number;
}

/**
 * Runs seeds.
 * @param p.onFailure hears of the first seed of each broken promise, with its shrunk plan
 */
export async function runSeeds(p: {
  /** Odd seeds have the hostile scheduler. */
  readonly first: number;
  readonly seeds: number;
  readonly events: number;
  readonly onFailure?: (text: string) => void;
  /** Of these broken promises no example is wanted. */
  readonly known?: readonly string[];
  readonly mode?: Mode;
}): Promise<SeedsReport> {
  const failed = new Map<string, number[]>();
  let posts = 0;
  let steps = 0;
  for (let n = 0; n < p.seeds; n += 1) {
    const seed = p.first + n;
    const report = await runPlan(drawPlan(seed, p.events), undefined, p.mode);
    posts += report.posts;
    steps += report.steps;
    const worst = worstOf(report.violations);
    if (worst === undefined) continue;
    const before = failed.get(worst.rule) ?? [];
    failed.set(worst.rule, [...before, seed]);
    const isNew = before.length === 0 && p.known?.includes(worst.rule) !== true;
    if (isNew && p.onFailure !== undefined)
      p.onFailure(await failureText(report.plan, worst.rule, p.mode));
  }
  return { seeds: p.seeds, failed, posts, steps };
}

/** What broke, and the least that breaks it. */
export async function failureText(plan: Plan, rule: string, mode?: Mode): Promise<string> {
  const least = await shrink(plan, rule, mode);
  const lines: string[] = [];
  const { violations } = await runPlan(least, (line) => lines.push(line), mode);
  const found = violations.filter((one) => one.rule === rule);
  return [
    `seed ${plan.seed}: ${rule}`,
    ...found.slice(0, 3).map(({ detail, at }) => `  ${detail} (at ${Math.round(at)} ms)`),
    'The least that shows it:',
    planText(least),
    'Its last events:',
    ...lines.slice(-LAST_EVENTS).map((line) => `  ${line.slice(0, LINE_MOST)}`),
  ].join('\n');
}

const LAST_EVENTS = 25;
const LINE_MOST = 160;
