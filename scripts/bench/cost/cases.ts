/** What `npm run bench:cost` measures: senders of ours, what they are compared with, a start and a pause. */

/** Senders of ours at work. */
export interface OursCase {
  readonly kind: 'ours';
  readonly queue: 'redis' | 'postgres';
  /** `MESSAGES_PER_SECOND`. */
  readonly rate: number;
  readonly processes: number;
}

/** One process that makes the same POST and nothing else: a BullMQ worker over one of two HTTP clients, or a timer. */
export interface PlainCase {
  readonly kind: 'plain';
  readonly by: 'axios' | 'undici' | 'loop';
  readonly rate: number;
}

/** Three processes that start at once. */
export interface StartCase {
  readonly kind: 'start';
  readonly rate: number;
  readonly processes: number;
}

/** `callpermit campaign pause` while processes send. */
export interface PauseCase {
  readonly kind: 'pause';
  readonly rate: number;
  readonly processes: number;
}

/** Any of them. */
export type CostCase = OursCase | PlainCase | StartCase | PauseCase;

/** How long is measured. */
export interface CostTimes {
  /** From the first POST on, not measured: connections open, code gets warm. */
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What is run, and how long. */
export interface CostPlan extends CostTimes {
  readonly cases: readonly CostCase[];
}

/** The rate that is judged. */
export const FULL_RATE = 1_000;
/** How late the server answers, ms. */
export const LATENCY_MS = 100;
const LOW_RATE = 250;
const WARM_UP_MS = 5_000;

/** All cases: about ten minutes. */
export function wholeCostPlan(): CostPlan {
  return { warmUpMs: WARM_UP_MS, windowMs: 20_000, cases: casesAt([LOW_RATE, FULL_RATE]) };
}

/** Those of the rate that is judged: within five minutes. */
export function quickCostPlan(): CostPlan {
  return { warmUpMs: WARM_UP_MS, windowMs: 12_000, cases: casesAt([FULL_RATE]) };
}

/** A case in words, e.g. `redis 1000/s, 3 processes`. */
export function nameOfCost(c: CostCase): string {
  if (c.kind === 'plain') return `${PLAIN_NAMES[c.by]}, ${c.rate}/s`;
  const processes = `${c.processes} process${c.processes === 1 ? '' : 'es'}`;
  if (c.kind === 'ours') return `${c.queue} ${c.rate}/s, ${processes}`;
  return `${c.kind} at ${c.rate}/s, ${processes}`;
}

const PLAIN_NAMES = {
  axios: 'plain worker over axios',
  undici: 'plain worker over undici',
  loop: 'bare loop over undici',
} as const;

/** What is compared comes together: a machine that is slower for a while is so for both. */
function casesAt(rates: readonly number[]): readonly CostCase[] {
  const beside = rates.flatMap((rate): readonly CostCase[] => [
    { kind: 'plain', by: 'axios', rate },
    { kind: 'ours', queue: 'redis', rate, processes: 1 },
    { kind: 'plain', by: 'undici', rate },
    { kind: 'ours', queue: 'postgres', rate, processes: 1 },
    { kind: 'plain', by: 'loop', rate },
    { kind: 'ours', queue: 'redis', rate, processes: 3 },
    { kind: 'ours', queue: 'postgres', rate, processes: 3 },
  ]);
  return [
    ...beside,
    { kind: 'start', rate: FULL_RATE, processes: 3 },
    { kind: 'pause', rate: FULL_RATE, processes: 3 },
  ];
}
