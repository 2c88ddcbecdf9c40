/** Progress for people: one live line on a terminal, a plain line every few seconds elsewhere. */
import { SingleBar } from 'cli-progress';
import type { Counts, RequestState } from '../../core/request.ts';
import { openCount } from '../../core/request.ts';
import { count, span } from './table.ts';
import type { Terminal } from './terminal.ts';

/** In a log file a line every five seconds shows that it lives without filling the file. */
const PLAIN_EVERY_MS = 5_000;

/** What a moment of sending looks like. */
export interface SendingMoment {
  readonly counts: Counts;
  /** Settled a second, smoothed. */
  readonly rate: number;
  readonly secondsLeft: number | null;
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

/** The states worth a word while it runs, in the order of interest. */
const SHOWN: readonly RequestState[] = [
  'accepted',
  'already-granted',
  'rejected',
  'skipped',
  'uncertain',
  'expired',
  'cancelled',
];

/** `accepted 520  rejected 12  in flight 8`; states nobody is in are left out. */
export function countsLine(counts: Counts): string {
  const parts = SHOWN.filter((s) => counts[s] > 0 || s === 'accepted').map(
    (s) => `${s} ${count(counts[s])}`,
  );
  if (counts.sending > 0) parts.push(`in flight ${count(counts.sending)}`);
  return parts.join('  ');
}

/** Progress of a campaign. */
export function sendingProgress(terminal: Terminal): Progress<SendingMoment> {
  if (!terminal.isTerminal) return plainProgress(terminal, sendingLine);
  return barProgress(terminal, {
    of: (moment) => ({ value: settledOf(moment), total: peopleOf(moment) }),
    text: (moment) => sendingLine(moment).replace(/^sending {2}/, ''),
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

function sendingLine(moment: SendingMoment): string {
  const { counts, rate, secondsLeft } = moment;
  const of = `${count(settledOf(moment))}/${count(peopleOf(moment))}`;
  const left = secondsLeft === null ? '' : `  ${span(secondsLeft)} left`;
  return `sending  ${of}  ${rate.toFixed(1)}/s  ${countsLine(counts)}${left}`;
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
    text: ({ looked, lines, changed }) => {
      const left = (((performance.now() - began) / 1_000) * (lines - looked)) / looked;
      return `${count(looked)}/${count(lines)} lines  ${done} ${count(changed)}  ${span(left)} left`;
    },
    of: ({ looked, lines }) => ({ value: looked, total: lines }),
  });
}

/** How a moment is shown by a bar. */
interface Bar<T> {
  of(moment: T): { readonly value: number; readonly total: number };
  text(moment: T): string;
}

function barProgress<T>(terminal: Terminal, shown: Bar<T>): Progress<T> {
  let latest: T | undefined;
  const bar = new SingleBar({
    stream: terminal.err,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    gracefulExit: false,
    emptyOnZero: true,
    clearOnComplete: true,
    format: (_options, { progress }) => {
      const filled = Math.round(progress * 24);
      const drawn = '█'.repeat(filled) + '░'.repeat(24 - filled);
      const text = latest === undefined ? '' : shown.text(latest);
      return `${drawn} ${String(Math.floor(progress * 100)).padStart(3)}%  ${text}`;
    },
  });
  return {
    update: (moment) => {
      const { value, total } = shown.of(moment);
      if (latest === undefined) {
        bar.start(total, 0);
        terminal.live({ draw: () => bar.render() });
      }
      latest = moment;
      bar.setTotal(total);
      bar.update(value);
    },
    stop: () => {
      terminal.live(undefined);
      bar.stop();
    },
  };
}

function plainProgress<T>(terminal: Terminal, lineOf: (moment: T) => string): Progress<T> {
  let saidAt = Number.NEGATIVE_INFINITY;
  let said = '';
  let latest: string | undefined;
  const say = () => {
    if (latest === undefined || latest === said) return;
    terminal.say(latest);
    said = latest;
    saidAt = performance.now();
  };
  return {
    update: (moment) => {
      latest = lineOf(moment);
      if (performance.now() - saidAt >= PLAIN_EVERY_MS) say();
    },
    stop: say,
  };
}
