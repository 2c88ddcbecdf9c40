/** Progress for people: one live line on a terminal, a plain line every few seconds elsewhere. */
import { SingleBar } from 'cli-progress';
import type { Counts, RequestState } from '../core/request.ts';
import { openCount } from '../core/request.ts';
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
  return terminal.isTerminal ? barProgress(terminal) : plainProgress(terminal, sendingLine);
}

/** Progress of reading a list, whose length nobody knows before its end. */
export function readingProgress(
  terminal: Terminal,
): Progress<{ readonly lines: number; readonly refused: number; readonly doubles: number }> {
  return plainProgress(
    terminal,
    (p) =>
      `reading  ${count(p.lines)} lines  refused ${count(p.refused)}  doubles ${count(p.doubles)}`,
  );
}

function sendingLine({ counts, rate, secondsLeft }: SendingMoment): string {
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const settled = total - openCount(counts);
  const left = secondsLeft === null ? '' : `  ${span(secondsLeft)} left`;
  return `sending  ${count(settled)}/${count(total)}  ${rate.toFixed(1)}/s  ${countsLine(counts)}${left}`;
}

function barProgress(terminal: Terminal): Progress<SendingMoment> {
  let latest: SendingMoment | undefined;
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
      const text = latest === undefined ? '' : sendingLine(latest).replace(/^sending {2}/, '');
      return `${drawn} ${String(Math.floor(progress * 100)).padStart(3)}%  ${text}`;
    },
  });
  return {
    update: (moment) => {
      const total = Object.values(moment.counts).reduce((sum, n) => sum + n, 0);
      if (latest === undefined) {
        bar.start(total, 0);
        terminal.live({ draw: () => bar.render() });
      }
      latest = moment;
      bar.setTotal(total);
      bar.update(total - openCount(moment.counts));
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
