/** What `npm run bench:pace` is asked to do. */
import { parseArgs } from 'node:util';
import { type BenchCase, type Plan, quickPlan, wholePlan } from './cases.ts';

/** One run of the bench. */
export interface BenchOptions {
  readonly plan: Plan;
  readonly json: boolean;
  /** Logs, arrivals and databases stay at the end. */
  readonly keep: boolean;
}

/** How to call it. */
export const USAGE = `npm run bench:pace [-- options]

Runs real sender processes against a server that measures, and prints which part of the allowed rate
they hold and how much their worst second has. Exit code 0 only if every case of ours lies between
0.97 and 1.02.

  --quick           a part of the table, within five minutes (the whole takes forty)
  --only TEXT       cases whose words hold this, for example "redis 1000" or "FLUSHALL" (all)
  --seconds N       how long each case is measured after its warm-up
  --keep            keep logs, arrivals and databases, and say where
  --json            one JSON object on standard output`;

/** Reads the command line; a string is what is wrong with it. */
export function readOptions(args: readonly string[]): BenchOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        seconds: { type: 'string' },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const plan = values.quick ? quickPlan() : wholePlan();
    const cases = plan.cases.filter((c) => nameOf(c).includes(values.only));
    if (cases.length === 0)
      return `--only ${values.only}: no case has these words. They are:\n  ${plan.cases.map(nameOf).join('\n  ')}`;
    const windowMs = values.seconds === undefined ? undefined : secondsOf(values.seconds);
    const times = windowMs === undefined ? {} : { windowMs, faultWindowMs: windowMs };
    return { plan: { ...plan, ...times, cases }, keep: values.keep, json: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A case in words, e.g. `redis 80/s, 3 processes, 50 ms, FLUSHALL`. */
export function nameOf(c: BenchCase): string {
  const base = `${c.queue} ${c.rate}/s, ${c.processes} process${c.processes === 1 ? '' : 'es'}, ${c.latencyMs} ms`;
  if (c.by === 'bullmq') return `BullMQ's limiter (window ${c.limiterMs} ms), ${base}`;
  return c.fault === undefined ? base : `${base}, ${c.fault}`;
}

/** Reads `--seconds`, in ms; throws what is wrong with it. */
export function secondsOf(text: string): number {
  const n = Number(text);
  if (!(n >= 1 && n <= 600))
    throw new Error(`Expected --seconds to be from 1 to 600, got ${text}.`);
  return n * 1_000;
}
