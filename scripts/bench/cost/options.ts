/** What `npm run bench:cost` is asked to do. */
import { parseArgs } from 'node:util';
import { secondsOf } from '../options.ts';
import { type CostPlan, nameOfCost, quickCostPlan, wholeCostPlan } from './cases.ts';

/** One run of the bench. */
export interface CostOptions {
  readonly plan: CostPlan;
  readonly json: boolean;
  /** Logs, arrivals and databases stay at the end. */
  readonly keep: boolean;
}

/** How to call it. */
export const USAGE = `npm run bench:cost [-- options]

Measures the CPU time one message costs: of sender processes, Redis and Postgres, beside a plain BullMQ
worker that makes the same POSTs. Exit code 0 only if every target of the cases that were run is met;
each that is not is named. Needs Linux (/proc), and the machine for itself.

  --quick           the cases at 1,000/s only, within five minutes (the whole takes ten)
  --only TEXT       cases whose words hold this, for example "redis 1000" or "plain" (all)
  --seconds N       how long each case is measured after its warm-up
  --keep            keep logs, arrivals and databases, and say where
  --json            one JSON object on standard output`;

/** Reads the command line; a string is what is wrong with it. */
export function readCostOptions(args: readonly string[]): CostOptions | string {
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
    const plan = values.quick ? quickCostPlan() : wholeCostPlan();
    const cases = plan.cases.filter((c) => nameOfCost(c).includes(values.only));
    if (cases.length === 0)
      return `--only ${values.only}: no case has these words. They are:\n  ${plan.cases.map(nameOfCost).join('\n  ')}`;
    const times = values.seconds === undefined ? {} : { windowMs: secondsOf(values.seconds) };
    return { plan: { ...plan, ...times, cases }, keep: values.keep, json: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
