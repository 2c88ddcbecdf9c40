/**
 * The two ways out of a command: results for programs on standard output, everything for people on
 * standard error. A live line (progress bar) steps aside for whatever is said or logged meanwhile.
 */
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

/** A line that is drawn again and again at the foot of the terminal. */
export interface LiveLine {
  /** Draws it. */
  draw(): void;
}

/** Colours that say something: nothing else is coloured. */
export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

/** What commands write to. */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  /** Whether standard error is a terminal: progress bars and colours only there. */
  readonly isTerminal: boolean;
  /** A line to standard error. */
  say(line: string): void;
  /** A line to standard output. */
  print(line: string): void;
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
  const coloured = isTerminal && !p.noColour;
  let live: LiveLine | undefined;
  const aside = (text: string) => {
    if (live === undefined) {
      p.err.write(text);
      return;
    }
    p.err.write(`${CLEAR_LINE}${text}`);
    live.draw();
  };
  return {
    out: p.out,
    err: p.err,
    isTerminal,
    say: (line) => aside(`${line}\n`),
    print: (line) => void p.out.write(`${line}\n`),
    // Newer Nodes look at standard output themselves, which is not where this is written.
    paint: (colour, text) => (coloured ? styleText(colour, text, { validateStream: false }) : text),
    logStream: { write: aside },
    live: (line) => {
      live = line;
    },
  };
}
