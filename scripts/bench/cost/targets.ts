/** The targets of `npm run bench:cost`, and the ratios that the first of them are about. */
import { LEAST_HELD, MOST_IN_A_SECOND } from '../report.ts';
import { FULL_RATE, nameOfCost } from './cases.ts';
import type { CostLine, OursLine, PlainLine } from './run.ts';

/** A figure and its bound. */
export interface Target {
  readonly what: string;
  /** NaN where the case ran and gave no figure. */
  readonly is: number;
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
  readonly unit: '' | ' us' | ' MB' | ' ms';
}

/** CPU time of ours over that of a plain worker at the same rate. */
export interface Ratio {
  readonly ours: OursLine;
  readonly plain: PlainLine;
  /** Sender, Redis and Postgres over worker and Redis. */
  readonly all: number;
  /** Sender over worker. */
  readonly sender: number;
}

// At the full rate, one process, in us unless said otherwise.
const MOST_OF_PLAIN = 0.8;
const MOST_OF_WORKER = 0.7;
const MOST_ON_REDIS = { redis: 8, postgres: 110 } as const;
const MOST_ON_POSTGRES = { sender: 260, postgres: 140 } as const;
const MOST_MB = 150;
const LEAST_FIRST_SECOND = 0.9;
const MOST_PAUSE_MS = 500;

/** Each of ours over each plain worker at its rate. */
export function ratiosOf(lines: readonly CostLine[]): readonly Ratio[] {
  const plains = lines.filter((line) => line.kind === 'plain').filter(({ by }) => by !== 'loop');
  return lines
    .filter((line) => line.kind === 'ours')
    .flatMap((ours) =>
      plains.filter(({ rate }) => rate === ours.rate).map((plain) => ratioOf(ours, plain)),
    );
}

/** The targets of the cases that were run; of a ratio both have to be. */
export function targetsOf(lines: readonly CostLine[]): readonly Target[] {
  const ratios = ratiosOf(lines).filter(
    ({ ours, plain }) => plain.by === 'axios' && isJudged(ours),
  );
  return [
    ...ratios
      .filter(({ ours }) => ours.queue === 'redis')
      .flatMap(({ ours, plain, all, sender }) => {
        const over = `${nameOfCost(ours)}, over ${nameOfCost(plain)}`;
        return [
          atMost(MOST_OF_PLAIN, `${over}: sender + Redis + Postgres over worker + Redis`, all),
          atMost(MOST_OF_WORKER, `${over}: sender over worker`, sender),
        ];
      }),
    ...lines.flatMap(targetsOfLine),
  ];
}

/** Whether a figure keeps its bound; what is no figure does not. */
export function isMet({ is, bound, limit }: Target): boolean {
  return bound === 'at most' ? is <= limit : is >= limit;
}

function ratioOf(ours: OursLine, plain: PlainLine): Ratio {
  const { sender, redis, postgres } = ours.measured;
  return {
    ours,
    plain,
    all: (sender + redis + postgres) / (plain.measured.sender + plain.measured.redis),
    sender: sender / plain.measured.sender,
  };
}

function targetsOfLine(line: CostLine): readonly Target[] {
  const name = nameOfCost(line);
  switch (line.kind) {
    case 'ours':
      return line.rate === FULL_RATE ? [...costTargets(line), ...paceTargets(line)] : [];
    case 'plain':
      return [];
    case 'start':
      return [atLeast(LEAST_FIRST_SECOND, `${name}: first second`, line.measured.middle)];
    case 'pause':
      return [atMost(MOST_PAUSE_MS, `${name}: last POST after`, line.measured.lastAfterMs, ' ms')];
  }
}

/** What a message may cost is said of one process: that is what it is compared with. */
function costTargets(line: OursLine): readonly Target[] {
  if (!isJudged(line)) return [];
  const { sender, redis, postgres } = line.measured;
  const us = (limit: number, what: string, is: number) =>
    atMost(limit, `${nameOfCost(line)}: ${what}`, is, ' us');
  return line.queue === 'redis'
    ? [us(MOST_ON_REDIS.redis, 'Redis', redis), us(MOST_ON_REDIS.postgres, 'Postgres', postgres)]
    : [
        us(MOST_ON_POSTGRES.sender, 'sender', sender),
        us(MOST_ON_POSTGRES.postgres, 'Postgres', postgres),
      ];
}

function paceTargets(line: OursLine): readonly Target[] {
  const name = nameOfCost(line);
  const { held, worstSecond, peakMb } = line.measured;
  return [
    atLeast(LEAST_HELD, `${name}: held`, held),
    atMost(MOST_IN_A_SECOND, `${name}: worst second`, worstSecond),
    atMost(MOST_MB, `${name}: peak of a sender`, peakMb, ' MB'),
  ];
}

function isJudged({ rate, processes }: OursLine): boolean {
  return rate === FULL_RATE && processes === 1;
}

function atMost(limit: number, what: string, is: number, unit: Target['unit'] = ''): Target {
  return { what, is, bound: 'at most', limit, unit };
}

function atLeast(limit: number, what: string, is: number): Target {
  return { what, is, bound: 'at least', limit, unit: '' };
}
