/** What a run came to, as one table for people and one object for programs. */
import { table } from '../../src/cli/screen/table.ts';
import type { ListTrouble } from './load.ts';
import { type ChaosOptions, spelled } from './options.ts';
import { ACT_KINDS, type ActKind, isKill } from './plan.ts';
import type { Reckoning } from './reckoning.ts';

/** A whole run. */
export interface ChaosReport extends Reckoning {
  readonly options: ChaosOptions;
  readonly lists: number;
  /** Times a campaign was resumed that was paused for missing answers or for codes that are none. */
  readonly resumed: number;
  /** What went wrong while they were loaded. */
  readonly listTroubles: readonly ListTrouble[];
  /** Uncertain ones whose check was still to come when the waiting ended. */
  readonly unchecked: number;
  readonly acts: Readonly<Record<ActKind, number>>;
  /** Processes that were started with their log on a full disk. */
  readonly fullLogs: number;
  /** People not yet asked (or in flight) at the last kill: at 0, some kills hit idle processes. */
  readonly openAtEnd: number;
  readonly inFlightAtKills: number;
  /** Campaigns that stood still or were paused, and why. */
  readonly stuck: readonly string[];
  /** Processes that ended as none should, lists that should not have been taken. */
  readonly misbehaved: readonly string[];
  readonly seconds: number;
}

/** Whether everything held. */
export function isGood(report: ChaosReport): boolean {
  return FAILURES.every(([, key]) => report[key].length === 0);
}

/** Each of these fails a run. */
const FAILURES = [
  ['asked twice', 'askedTwice'],
  ['not on the list', 'notListed'],
  ['forgotten', 'forgotten'],
  ['wrongly recorded', 'wronglyRecorded'],
  ['wrong content', 'wrongContent'],
  ['persons wrong', 'personsWrong'],
  ['stuck', 'stuck'],
  ['misbehaved', 'misbehaved'],
] as const;

/** So many sentences of each kind are shown; `--json` has all. */
const MOST_SHOWN = 20;

/** The table and, where something is wrong, what. */
export function reportText(report: ChaosReport): string {
  const { acts, counts, options } = report;
  const n = (value: number | undefined) => (value ?? 0).toLocaleString('en-US');
  const kills = ACT_KINDS.filter(isKill).reduce((sum, kind) => sum + acts[kind], 0);
  const rows: readonly (readonly string[])[] = [
    ['lines', n(report.lines), `lists ${report.lists}, seed ${options.seed}`],
    ['accepted', n(counts.accepted), `already granted ${n(counts['already-granted'])}`],
    ['rejected', n(counts.rejected), `refused lines ${n(report.refusedLines)}`],
    ['skipped', n(counts.skipped), 'doubles, opted out'],
    ['uncertain', n(counts.uncertain), `of these still to be checked ${n(report.unchecked)}`],
    ['resolved', n(report.resolved), `of ${n(report.everUncertain)} once uncertain`],
    ['', '', counted(report.explained)],
    ['kills', n(kills), counted(report.acts, isKill)],
    [
      'resumed',
      n(report.resumed),
      'paused since nothing was answered for seconds, or with codes that are none',
    ],
    ['open at the last kill', n(report.openAtEnd), ''],
    ['in flight at kills', n(report.inFlightAtKills), ''],
    ['badly answered', n(report.faulted), `poisoned ${n(report.poisoned)}`],
    ['POSTs', n(report.posts), `most in one second ${report.worstSecond}, rate ${options.rate}`],
    ...returnedRows(report),
    ...FAILURES.map(([name, key]) => [name, n(report[key].length), '']),
  ];
  return [
    `Chaos on the ${options.queue} queue and Postgres ${options.postgres}, ${Math.round(report.seconds)} s: ${spelled(options)}`,
    '',
    table(rows, ['left', 'right']),
    ...section('Done beside the kills', [
      counted(report.acts, (kind) => !isKill(kind)),
      `lists: ${report.listTroubles.join(', ') || 'no trouble'}; senders with a full log disk: ${report.fullLogs}`,
    ]),
    ...FAILURES.flatMap(([name, key]) =>
      section(`${name[0]?.toUpperCase()}${name.slice(1)}`, report[key]),
    ),
    ...section('Logged as errors (no failure)', report.errors),
  ].join('\n');
}

function returnedRows(report: ChaosReport): readonly (readonly string[])[] {
  const { returned, personsCompared, personsLeftOut } = report;
  if (returned === undefined) return [];
  const n = (value: number) => value.toLocaleString('en-US');
  return [
    [
      'webhooks answered 200',
      n(returned.answered200),
      `repeated after ${counted(returned.repeated)}`,
    ],
    [
      'applied',
      n(returned.applied),
      `doubles ${n(returned.doubles)}, forged ${n(returned.forged)}`,
    ],
    ['persons compared', n(personsCompared), `left out ${n(personsLeftOut)}`],
  ];
}

function counted<K extends string>(
  counts: Readonly<Record<K, number>>,
  fits: (name: K) => boolean = () => true,
): string {
  const names = (Object.keys(counts) as K[]).filter((name) => fits(name) && counts[name] > 0);
  return names.map((name) => `${name.replace(/^kill-/, '')} ${counts[name]}`).join(', ');
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
