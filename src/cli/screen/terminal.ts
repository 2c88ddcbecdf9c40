/**
 * The two ways out of a command: results for programs on standard output, everything for people on
 * standard error. A live line (progress bar) steps aside for whatever is said or logged meanwhile.
 * Whatever the words are made of, nothing in them commands the terminal: control characters are
 * shown, and only our own colours get through. What a stream does not take ends nothing.
 */
import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { visible, visibleLine } from '../../telemetry/visible.ts';
import { systemCode } from '../run/failure.ts';

/** A line that is drawn again and again at the foot of the terminal. */
export interface LiveLine {
  /** Draws it. */
  draw(): void;
}

const COLOURS = ['red', 'yellow', 'green', 'dim', 'bold'] as const;

/** Colours that say something: nothing else is coloured. */
export type Colour = (typeof COLOURS)[number];

/** What commands write to. */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  /** Whether standard error is a terminal: progress bars and colours only there. */
  readonly isTerminal: boolean;
  /** A line to standard error; line feeds in it are shown, so that no words from outside make a line. */
  say(line: string): void;
  /** Several lines of ours (a {@link table}) to standard error. */
  sayLines(lines: string): void;
  /** A line to standard output. */
  print(line: string): void;
  /** Several lines of ours to standard output. */
  printLines(lines: string): void;
  /** Names what was done, e.g. `campaign 12`: said where the result itself cannot be written. */
  about(what: string): void;
  /**
   * Waits until standard output has taken what was printed; gives the system's code of what it did
   * not take (`ENOSPC`). A reader that went away (`| head`) has had enough: that is no failure.
   */
  unwritten(): Promise<string | undefined>;
  paint(colour: Colour, text: string): string;
  /** Where log lines go while a live line may be on. */
  readonly logStream: { write(line: string): void };
  /** Puts a live line on, or takes it off with `undefined`. */
  live(line: LiveLine | undefined): void;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Makes a terminal of two streams. */
export function createTerminal(p: {
  readonly out: Writable;
  readonly err: Writable & { readonly isTTY?: boolean };
  /** `NO_COLOR` is set (no-color.org). */
  readonly noColour: boolean;
}): Terminal {
  const isTerminal = p.err.isTTY === true;
  const colours = ownColours(isTerminal && !p.noColour);
  let live: LiveLine | undefined;
  const aside = (text: string) => {
    const shown = colours.show(visible(text));
    if (live === undefined) {
      p.err.write(shown);
      return;
    }
    p.err.write(`${CLEAR_LINE}${shown}`);
    live.draw();
  };
  const result = resultStream(p.out, (code, what) => {
    const done = what === undefined ? '' : `; what was done stays done (${what})`;
    const where = `The result could not be written to standard output (${code})${done}.`;
    aside(`${colours.paint('red', 'error:')} ${where}\n`);
  });
  p.err.on('error', () => {});
  return {
    out: p.out,
    err: p.err,
    isTerminal,
    say: (line) => aside(`${visibleLine(line)}\n`),
    sayLines: (lines) => aside(`${lines}\n`),
    print: (line) => result.write(`${colours.show(visibleLine(line))}\n`),
    printLines: (lines) => result.write(`${colours.show(visible(lines))}\n`),
    about: result.about,
    unwritten: result.unwritten,
    paint: colours.paint,
    logStream: { write: aside },
    live: (line) => {
      live = line;
    },
  };
}

/** Standard output with a memory: the first failure is told once, when it happens. */
function resultStream(
  out: Writable,
  tell: (code: string, what: string | undefined) => void,
): Pick<Terminal, 'about' | 'unwritten'> & { write(text: string): void } {
  let what: string | undefined;
  let failure: string | undefined;
  out.on('error', (error) => {
    const code = systemCode(error) ?? error.message;
    if (code === 'EPIPE' || failure !== undefined) return;
    failure = code;
    tell(code, what);
  });
  return {
    write: (text) => void out.write(text),
    about: (done) => {
      what = done;
    },
    async unwritten() {
      // Answered after what was written before it, with an error where the stream is gone.
      if (!out.destroyed) await new Promise<void>((resolve) => out.write('', () => resolve()));
      return failure;
    },
  };
}

/**
 * Colours travel as marks that nobody outside can know, and become escape sequences only after the
 * text around them was made harmless.
 */
function ownColours(on: boolean) {
  const mark = `\uFDD0${randomBytes(8).toString('hex')}`;
  const marks = new RegExp(`${mark}(\\d)([^\\uFDD1]*)\\uFDD1`, 'g');
  return {
    paint: (colour: Colour, text: string) =>
      on ? `${mark}${COLOURS.indexOf(colour)}${text}\uFDD1` : text,
    show: (text: string) =>
      text.replace(marks, (_, index: string, painted: string) =>
        // Newer Nodes look at standard output themselves, which is not where this is written.
        styleText(COLOURS[Number(index)] ?? 'bold', painted, { validateStream: false }),
      ),
  };
}
