/** What `npm run chaos` is asked to do. */
import { parseArgs } from 'node:util';
import { ACT_KINDS, type ActKind } from './plan.ts';
import { CONDITIONS, type Condition } from './profile.ts';

/** One run of the suite. */
export interface ChaosOptions {
  /** `kill -9`s, over all kinds of processes. */
  readonly kills: number;
  readonly queue: 'redis' | 'postgres';
  /** Persons on the list; some lines more are doubles and bad ones. */
  readonly people: number;
  /** Draws what is killed and when, and the faults of the server. */
  readonly seed: number;
  /** Messages a second of all phone numbers together. */
  readonly rate: number;
  /** Sender processes. */
  readonly senders: number;
  /** Phone numbers, from which every sender process sends. */
  readonly numbers: number;
  /** Major version. */
  readonly postgres: string;
  /** Lists after the first, at whose ends something is done. */
  readonly ends: number;
  /** Nothing but these acts and conditions; absent: all. */
  readonly only?: ReadonlySet<ActKind | Condition>;
  /** Whether the server tells what becomes of messages, to receivers that are killed too. */
  readonly webhooks: boolean;
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

const SETTLE_S = 1_800;

/** How to call it. */
export const USAGE = `npm run chaos -- [options]

Kills senders, receivers of webhooks, the API, Redis and Postgres with kill -9 at random instants while lists are worked on,
makes the stores, the wires to them, the lists, the server's answers and its webhooks go wrong, then
compares four books: the lists, the ledger, the server's, the permission book. Exit code 0 only if nobody
was asked twice, nobody was asked who is on no list, nobody was forgotten, nothing was recorded wrongly,
nothing stuck.

  --kills N       how many processes to kill (200)
  --queue KIND    redis or postgres (redis)
  --postgres V    major version: 18 comes from npm, 15 to 17 from /usr/lib/postgresql (18)
  --people N      people on the first list (150 a kill, so that the work lasts as long as the kills)
  --ends N        lists of 150 people after it, at whose ends something is done (one for 7 kills)
  --seed N        same seed: same acts, pauses and faults (drawn; always printed)
  --rate N        messages a second, over all numbers (120)
  --senders N     sender processes (3)
  --numbers N     phone numbers, from which each of them sends (2)
  --policy P      UNCERTAIN_POLICY: hold or resend-after-check (hold)
  --lift-pair-limit  let a person be asked often, so that only claims and fences protect
  --no-webhooks   nothing comes back, and there are no receivers
  --settle S      seconds to wait for the checks of uncertain people at the end (${SETTLE_S})
  --only WORDS    nothing but these acts and conditions, with commas between; kills are added where
                  none is named: ${[...ACT_KINDS, ...CONDITIONS].join(', ')}
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
        numbers: { type: 'string', default: '2' },
        postgres: { type: 'string', default: '18' },
        ends: { type: 'string' },
        only: { type: 'string' },
        policy: { type: 'string', default: 'hold' },
        settle: { type: 'string', default: String(SETTLE_S) },
        'no-webhooks': { type: 'boolean', default: false },
        'lift-pair-limit': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const kills = wholeNumber('kills', values.kills);
    return {
      kills,
      queue: oneOf('queue', values.queue, ['redis', 'postgres']),
      people: wholeNumber('people', values.people ?? String(Math.max(400, kills * 150))),
      seed: wholeNumber('seed', values.seed ?? String(Math.floor(Math.random() * SEEDS))),
      rate: wholeNumber('rate', values.rate),
      senders: wholeNumber('senders', values.senders),
      numbers: wholeNumber('numbers', values.numbers),
      postgres: oneOf('postgres', values.postgres, ['15', '16', '17', '18']),
      ends: wholeNumber('ends', values.ends ?? String(Math.ceil(kills / 7))),
      ...(values.only === undefined ? {} : { only: new Set(values.only.split(',').map(known)) }),
      policy: oneOf('policy', values.policy, ['hold', 'resend-after-check']),
      webhooks: !values['no-webhooks'],
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

function oneOf<T extends string>(name: string, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found === undefined)
    throw new Error(`Expected --${name} to be ${values.join(' or ')}, got "${text}".`);
  return found;
}

function known(text: string): ActKind | Condition {
  return oneOf('only', text, [...ACT_KINDS, ...CONDITIONS]);
}

/** The same options again, as one would type them. */
export function spelled(options: ChaosOptions): string {
  const { liftPairLimit, settleMs, json: _, only, webhooks, ...named } = options;
  const args = Object.entries(named).map(([name, value]) => `--${name} ${value}`);
  if (settleMs !== SETTLE_S * 1_000) args.push(`--settle ${settleMs / 1_000}`);
  if (only !== undefined) args.push(`--only ${[...only].join(',')}`);
  if (!webhooks) args.push('--no-webhooks');
  if (liftPairLimit) args.push('--lift-pair-limit');
  return args.join(' ');
}
