/**
 * Progress for people: one live line on a terminal, a plain line every few seconds elsewhere. What a person looks
 * for first, the share and the time left, stands first: what does not fit the width is left off at the end.
 */
import type { Counts, RequestState } from '../../core/request.ts';
import { openCount } from '../../core/request.ts';
import { count, span } from '../../telemetry/words.ts';
import { roughSpan } from './table.ts';
import type { Terminal } from './terminal.ts';
import { widthOf } from './wrap.ts';

/** In a log file a line every five seconds shows that it lives without filling the file. */
const PLAIN_EVERY_MS = 5_000;

/** Columns of a bar: what is left beside share, time left and rate on a terminal of 80. */
const BAR = { most: 24, least: 10 } as const;

/** What a moment of sending looks like. */
export interface SendingMoment {
  readonly counts: Counts;
  /** Settled a second, smoothed; `null` until it is measured. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  /** Whether the time left follows from the measured rate; else it is a rough one. */
  readonly isMeasured: boolean;
}

/** What a moment of work on a list that is there looks like. */
export interface PartsMoment {
  /** Rows of the list that were looked at, of so many. */
  readonly looked: number;
  readonly lines: number;
  readonly changed: number;
}

/** A shown progress. */
export interface Progress<T> {
  update(moment: T): void;
  /** Takes the live line off, or writes the last plain one. */
  stop(): void;
}

/** How a moment is shown by a bar: its parts in the order of their use. */
export interface Bar<T> {
  of(moment: T): { readonly value: number; readonly total: number };
  parts(moment: T): readonly string[];
}

/** The states shown while it runs, in the order of interest. */
const SHOWN: readonly RequestState[] = [
  'accepted',
  'already-granted',
  'rejected',
  'skipped',
  'uncertain',
  'expired',
  'cancelled',
];

/** `accepted 520`, `rejected 12`, `in flight 8`; states nobody is in are left out. */
export function countsParts(counts: Counts): readonly string[] {
  const parts = SHOWN.filter((s) => counts[s] > 0 || s === 'accepted').map(
    (s) => `${s} ${count(counts[s])}`,
  );
  return counts.sending > 0 ? [...parts, `in flight ${count(counts.sending)}`] : parts;
}

/** Progress of a campaign. */
export function sendingProgress(terminal: Terminal): Progress<SendingMoment> {
  if (!terminal.isTerminal)
    return plainProgress(terminal, (moment) => `sending  ${sendingParts(moment).join('  ')}`);
  return barProgress(terminal, {
    of: (moment) => ({ value: settledOf(moment), total: peopleOf(moment) }),
    parts: sendingParts,
  });
}

/** Progress of reading a list, whose length nobody knows before its end. */
export function readingProgress(
  terminal: Terminal,
): Progress<{ readonly lines: number; readonly refused: number }> {
  return plainProgress(
    terminal,
    (p) => `reading  ${count(p.lines)} lines  refused ${count(p.refused)}`,
  );
}

function peopleOf({ counts }: SendingMoment): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

function settledOf(moment: SendingMoment): number {
  return peopleOf(moment) - openCount(moment.counts);
}

function sendingParts(moment: SendingMoment): readonly string[] {
  const { counts, rate } = moment;
  return [
    ...leftPart(moment),
    `${count(settledOf(moment))}/${count(peopleOf(moment))}`,
    ...(rate === null ? [] : [`${rate.toFixed(1)}/s`]),
    ...countsParts(counts),
  ];
}

function leftPart({ secondsLeft, isMeasured }: SendingMoment): readonly string[] {
  if (secondsLeft === null) return [];
  if (isMeasured || secondsLeft === 0) return [`${span(secondsLeft)} left`];
  return [`about ${roughSpan(secondsLeft)} left`];
}

/**
 * Progress of work on a list that is there already: a bar on a terminal, nothing elsewhere, where only what
 * it came to is of use.
 * @param done what is done to people, e.g. `cancelled`
 */
export function partsProgress(terminal: Terminal, done: string): Progress<PartsMoment> {
  if (!terminal.isTerminal) return { update: () => undefined, stop: () => undefined };
  const began = performance.now();
  return barProgress(terminal, {
    parts: ({ looked, lines, changed }) => {
      const left = (((performance.now() - began) / 1_000) * (lines - looked)) / looked;
      return [
        ...(looked === 0 ? [] : [`${span(left)} left`]),
        `${count(looked)}/${count(lines)} lines`,
        `${done} ${count(changed)}`,
      ];
    },
    of: ({ looked, lines }) => ({ value: looked, total: lines }),
  });
}

/** A live line with a bar, its share, and as many of its parts as fit. */
export function barProgress<T>(terminal: Terminal, bar: Bar<T>): Progress<T> {
  return {
    update: (moment) => terminal.live({ text: (columns) => barLine(bar, moment, columns) }),
    stop: () => terminal.live(undefined),
  };
}

function barLine<T>(bar: Bar<T>, moment: T, columns: number): string {
  const { value, total } = bar.of(moment);
  const share = total === 0 ? 0 : Math.min(1, value / total);
  const size = Math.max(BAR.least, Math.min(BAR.most, Math.floor(columns / 5)));
  const filled = Math.round(share * size);
  const drawn = '█'.repeat(filled) + '░'.repeat(size - filled);
  const head = `${drawn} ${String(Math.floor(share * 100)).padStart(3)}%`;
  return bar.parts(moment).reduce(
    // Whole parts only: half a number is worse than none. The first one that has no room ends the line.
    ({ line, full }, part) => {
      const longer = `${line}  ${part}`;
      return full || widthOf(longer) > columns ? { line, full: true } : { line: longer, full };
    },
    { line: head, full: false },
  ).line;
}

function plainProgress<T>(terminal: Terminal, lineOf: (moment: T) => string): Progress<T> {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let written = '';
  let latest: string | undefined;
  const draw = () => {
    if (latest === undefined || latest === written) return;
    terminal.note(latest);
    written = latest;
    writtenAt = performance.now();
  };
  return {
    update: (moment) => {
      latest = lineOf(moment);
      if (performance.now() - writtenAt >= PLAIN_EVERY_MS) draw();
    },
    stop: draw,
  };
}
