/** What a run came to, as one table for people and one object for programs. */
import { table } from '../../src/cli/table.ts';
import type { Verdicts } from './books.ts';
import type { ChaosOptions } from './options.ts';
import type { ActKind } from './plan.ts';

/** A whole run. */
export interface ChaosReport extends Verdicts {
  readonly options: ChaosOptions;
  /** Lines of the list, and the persons among them. */
  readonly lines: number;
  /** Rows of the ledger by state. */
  readonly counts: Readonly<Record<string, number>>;
  readonly refusedLines: number;
  /** Uncertain ones whose check was still to come when the waiting ended. */
  readonly unchecked: number;
  readonly acts: Readonly<Record<ActKind, number>>;
  /** People not yet asked (or in flight) at the last kill: at 0, some kills hit idle processes. */
  readonly openAtEnd: number;
  /** `enqueue` is killed while it reads the list, and repeated. */
  readonly killedEnqueues: number;
  readonly inFlightAtKills: number;
  /** POSTs that came to the server, and the most of them in one sliding second. */
  readonly posts: number;
  readonly worstSecond: number;
  /** Processes that ended as none should, a campaign that stood still: each fails the run too. */
  readonly misbehaved: readonly string[];
  /** Errors that processes logged, with how often; to be looked at, no failure by themselves. */
  readonly errors: readonly string[];
  readonly seconds: number;
}

/** Whether everything held. */
export function isGood(report: ChaosReport): boolean {
  const { askedTwice, forgotten, wronglyRecorded, misbehaved } = report;
  return askedTwice.length + forgotten.length + wronglyRecorded.length + misbehaved.length === 0;
}

/** So many sentences of each kind are shown; `--json` has all. */
const MOST_SHOWN = 20;

/** The table and, where something is wrong, what. */
export function reportText(report: ChaosReport): string {
  const { acts, counts, options } = report;
  const n = (value: number | undefined) => (value ?? 0).toLocaleString('en-US');
  const rows: readonly (readonly string[])[] = [
    ['people', n(options.people), `lines ${n(report.lines)}, seed ${options.seed}`],
    ['accepted', n(counts.accepted), `already granted ${n(counts['already-granted'])}`],
    ['rejected', n(counts.rejected), `refused lines ${n(report.refusedLines)}`],
    ['skipped', n(counts.skipped), 'doubles'],
    ['uncertain', n(counts.uncertain), `of these still to be checked ${n(report.unchecked)}`],
    ['resolved', n(report.resolved), `of ${n(report.everUncertain)} once uncertain`],
    ['kills', n(options.kills), killsOf(acts)],
    ['', '', othersOf(acts, report.killedEnqueues)],
    ['open at the last kill', n(report.openAtEnd), ''],
    ['in flight at kills', n(report.inFlightAtKills), `badly answered ${n(report.faulted)}`],
    ['POSTs', n(report.posts), `most in one second ${report.worstSecond}, rate ${options.rate}`],
    ['asked twice', n(report.askedTwice.length), ''],
    ['forgotten', n(report.forgotten.length), ''],
    ['wrongly recorded', n(report.wronglyRecorded.length), ''],
  ];
  return [
    `Chaos on the ${options.queue} queue, ${Math.round(report.seconds)} s, policy ${options.policy}${options.liftPairLimit ? ', pair limit lifted' : ''}`,
    '',
    table(rows, ['left', 'right']),
    ...section('Asked twice', report.askedTwice),
    ...section('Forgotten', report.forgotten),
    ...section('Wrongly recorded', report.wronglyRecorded),
    ...section('Misbehaved', report.misbehaved),
    ...section('Uncertain without a kill or a fault (no failure)', report.unexplained),
    ...section('Logged as errors (no failure)', report.errors),
  ].join('\n');
}

function killsOf(acts: ChaosReport['acts']): string {
  const kinds = ['kill-sender', 'kill-api', 'kill-redis', 'kill-postgres'] as const;
  return kinds.map((kind) => `${kind.slice(5)} ${acts[kind]}`).join(', ');
}

function othersOf(acts: ChaosReport['acts'], killedEnqueues: number): string {
  return `queue wiped ${acts['wipe-queue']}, senders frozen ${acts['freeze-sender']}, SIGTERM ${acts['stop-sender']}, enqueue killed ${killedEnqueues}`;
}

function section(title: string, sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  const more = sentences.length - MOST_SHOWN;
  return [
    '',
    `${title}:`,
    ...sentences.slice(0, MOST_SHOWN).map((sentence) => `  ${sentence}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
