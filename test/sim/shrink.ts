/** Makes a plan that breaks a promise as small as it can be: what can be left out is left out. */
import type { Violation } from './invariants.ts';
import type { Plan } from './plan.ts';
import { runPlan } from './run.ts';
import type { Mode } from './world.ts';

/** The violation that a report is about: an allowance that is lost is only the way to others. */
export function worstOf(violations: readonly Violation[]): Violation | undefined {
  return violations.find(({ rule }) => rule !== 'allowance lost') ?? violations[0];
}

/** A smaller plan that breaks the same promise. */
export async function shrink(plan: Plan, rule: string, mode?: Mode): Promise<Plan> {
  const breaks = async (smaller: Plan) =>
    (await runPlan(smaller, undefined, mode)).violations.some((one) => one.rule === rule);
  let best = plan;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const smaller of smallerOnes(best)) {
      if (!(await breaks(smaller))) continue;
      best = smaller;
      shrunk = true;
      break;
    }
  }
  return best;
}

/** Plans with one thing less, the largest steps first. */
function* smallerOnes(plan: Plan): Generator<Plan> {
  const { profile, items } = plan;
  const half = Math.ceil(items.length / 2);
  if (items.length > 2) {
    yield { ...plan, items: items.slice(0, half) };
    yield { ...plan, items: items.slice(half) };
  }
  for (let i = 0; i < items.length; i += 1)
    yield { ...plan, items: items.filter((_, j) => j !== i) };
  const less = (change: Partial<typeof profile>): Plan => ({
    ...plan,
    profile: { ...profile, ...change },
  });
  if (profile.faulty > 0) yield less({ faulty: 0 });
  if (profile.isHostile) yield less({ isHostile: false });
  if (profile.campaigns > 1) yield less({ campaigns: 1 });
  if (profile.senders.length > 1) yield less({ senders: profile.senders.slice(0, 1) });
  if (profile.processes > 1) yield less({ processes: profile.processes - 1 });
  if (profile.lines > 1) yield less({ lines: Math.ceil(profile.lines / 2) });
}

/** A plan as text, one act or fault a line. */
export function planText(plan: Plan): string {
  return [
    `seed ${plan.seed}, ${plan.events} events: ${JSON.stringify(plan.profile)}`,
    ...plan.items.map((item) => {
      const { at, cue, do: does, ...rest } = item;
      const when = cue === undefined ? `at event ${at}` : `after ${cue.what}, no. ${cue.nth}`;
      return `  ${when}: ${does} ${JSON.stringify(rest)}`;
    }),
  ].join('\n');
}
