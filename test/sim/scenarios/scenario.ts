/** A run that is written down: what is done to it, when, and why it is worth a test of its own. */
import { BEHAVIOURS, MISLEADING } from '../answers.ts';
import type { Item, Plan, Profile } from '../plan.ts';

/** One scenario. */
export interface Scenario {
  /** The claim that it tests. */
  readonly name: string;
  readonly plan: Plan;
}

const QUIET: Profile = {
  processes: 2,
  senders: ['1001', '1002'],
  account: 'each-its-own',
  lines: 16,
  campaigns: 1,
  rate: 30,
  faulty: 0,
  policy: 'hold',
  isHostile: false,
};

/** An item without its place among the events: those of a scenario come by their cues, or at once. */
export type Cued = Item extends infer One ? (One extends Item ? Omit<One, 'at'> : never) : never;

/** Writes a scenario down. */
export function scenario(
  name: string,
  p: {
    readonly profile?: Partial<Profile>;
    readonly items: readonly Cued[];
    readonly seed?: number;
  },
): Scenario {
  return {
    name,
    plan: {
      seed: p.seed ?? 1,
      events: 2_000,
      profile: { ...QUIET, ...p.profile },
      items: p.items.map((item) => ({ ...item, at: 0 }) as Item),
    },
  };
}

/** An item by which the next POSTs meet one behaviour of Meta's. */
export function answers(name: string, times: number, cue?: Item['cue']): Cued {
  const behaviour = [...BEHAVIOURS, ...MISLEADING].findIndex((one) => one.name === name);
  if (behaviour < 0) throw new Error(`there is no behaviour "${name}"`);
  return { do: 'answer', behaviour, times, ...(cue === undefined ? {} : { cue }) };
}
