/** What `npm run chaos` is asked to do. */
import { parseArgs } from 'node:util';

/** One run of the suite. */
export interface ChaosOptions {
  /** `kill -9`s, over all kinds of processes. */
  readonly kills: number;
  readonly queue: 'redis' | 'postgres';
  /** Persons on the list; some lines more are doubles and bad ones. */
  readonly people: number;
  /** Draws what is killed and when, and the faults of the server. */
  readonly seed: number;
  /** `MESSAGES_PER_SECOND` of every sender. */
  readonly rate: number;
  /** Sender processes. */
  readonly senders: number;
  readonly policy: 'hold' | 'resend-after-check';
  /**
   * Lets a person be asked often: the pair limit is a second wall behind the claims, and one that
   * stands hides a claim that does not hold (its second POST waits for a day).
   */
  readonly liftPairLimit: boolean;
  /** How long to wait for the checks of uncertain people once nothing else is open, in ms. */
  readonly settleMs: number;
  readonly json: boolean;
}

/** How to call it. */
export const USAGE = `npm run chaos -- [options]

Kills senders, the API, Redis and Postgres with kill -9 at random instants while a list is worked on,
then compares three books: the list, the ledger, what the server accepted. Exit code 0 only if nobody
was asked twice, nobody was forgotten and nothing was recorded wrongly.

  --kills N       how many processes to kill (200)
  --queue KIND    redis or postgres (redis)
  --people N      people on the list (100 a kill, so that the work lasts as long as the kills)
  --seed N        same seed: same acts, pauses and faults (drawn; always printed)
  --rate N        messages a second (120)
  --senders N     sender processes (3)
  --policy P      UNCERTAIN_POLICY: hold or resend-after-check (hold)
  --lift-pair-limit  let a person be asked often, so that only claims and fences protect
  --settle S      seconds to wait for the checks of uncertain people at the end (1800)
  --json          one JSON object on standard output`;

/** The highest drawn seed: short enough to type. */
const SEEDS = 1_000_000;

/** Reads the command line; a string is what is wrong with it. */
export function readOptions(args: readonly string[]): ChaosOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string', default: '200' },
        queue: { type: 'string', default: 'redis' },
        people: { type: 'string' },
        seed: { type: 'string' },
        rate: { type: 'string', default: '120' },
        senders: { type: 'string', default: '3' },
        policy: { type: 'string', default: 'hold' },
        settle: { type: 'string', default: '1800' },
        'lift-pair-limit': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const kills = wholeNumber('kills', values.kills);
    return {
      kills,
      queue: oneOf('queue', values.queue, ['redis', 'postgres']),
      people: wholeNumber('people', values.people ?? String(Math.max(400, kills * 100))),
      seed: wholeNumber('seed', values.seed ?? String(Math.floor(Math.random() * SEEDS))),
      rate: wholeNumber('rate', values.rate),
      senders: wholeNumber('senders', values.senders),
      policy: oneOf('policy', values.policy, ['hold', 'resend-after-check']),
      liftPairLimit: values['lift-pair-limit'],
      settleMs: wholeNumber('settle', values.settle) * 1_000,
      json: values.json,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`Expected --${name} to be a number, got "${text}".`);
  return Number(text);
}

function oneOf<T extends string>(name: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined)
    throw new Error(`Expected --${name} to be ${words.join(' or ')}, got "${text}".`);
  return found;
}
