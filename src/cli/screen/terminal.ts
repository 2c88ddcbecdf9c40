/**
 * The two ways out of a command: results for programs on standard output, everything for people on
 * standard error. A live line (progress bar) steps aside for whatever is printed or logged meanwhile.
 * Whatever a text contains, nothing in it commands the terminal: control characters are
 * shown, and only our own colours get through. What a stream does not take ends nothing.
 */
import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { systemCode } from '../../core/system-code.ts';
import { visible, visibleLine } from '../../telemetry/visible.ts';
import { wrapLines } from './wrap.ts';

/** A line that is drawn again and again at the foot of the terminal. */
export interface LiveLine {
  /** The line as it stands now, in no more than so many columns. */
  text(columns: number): string;
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
  /** Columns of standard output and standard error as they are now; `undefined` where it is no terminal. */
  readonly width: { readonly out: number | undefined; readonly err: number | undefined };
  /** A line to standard error; line feeds in it are shown, so that no text from outside makes a line of its own. */
  note(line: string): void;
  /** Several lines of ours (a {@link table}) to standard error. */
  noteLines(lines: string): void;
  /** A line to standard output, for programs: an id, a JSON object. It is never broken in two. */
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
  /** Puts a live line on and draws it, draws it again, or takes it off with `undefined`. */
  live(line: LiveLine | undefined): void;
}

/** What a terminal of unknown width is taken for, and one that says it has none. */
export const USUAL_COLUMNS = 80;

/**
 * From the cursor on everything goes, and the cursor stays where a line begins. Saved positions are not used:
 * once the screen has scrolled, they name another line. The cursor waits at the beginning of the live line, so
 * that an echoed `^C` is drawn over and a line that a narrower window has broken in two goes as a whole.
 */
const CLEAR = '\r\u001b[J';

/** Makes a terminal of two streams. */
export function createTerminal(p: {
  readonly out: Writable;
  readonly err: Writable & { readonly isTTY?: boolean };
  /** `NO_COLOR` is set (no-color.org). */
  readonly noColour: boolean;
}): Terminal {
  const isTerminal = p.err.isTTY === true;
  const colours = ownColours(isTerminal && !p.noColour);
  const width = {
    get out() {
      return columnsOf(p.out);
    },
    get err() {
      return columnsOf(p.err);
    },
  };
  let live: LiveLine | undefined;
  const draw = () => {
    if (live === undefined) return;
    // One column stays free: a full line leaves the cursor on the next one in some terminals.
    const line = colours.show(visibleLine(live.text((width.err ?? USUAL_COLUMNS) - 1)));
    p.err.write(`\r${line}\u001b[J\r`);
  };
  /** Something else is written: the live line goes, and comes back below it. */
  const around = (write: () => void) => {
    if (live !== undefined) p.err.write(CLEAR);
    write();
    draw();
  };
  const aside = (text: string) =>
    around(() => p.err.write(wrapLines(colours.show(visible(text)), width.err)));
  const result = resultStream(p.out, (code, what) => {
    const done = what === undefined ? '' : `; what was done stays done (${what})`;
    const where = `The result could not be written to standard output (${code})${done}.`;
    aside(`${colours.paint('red', 'error:')} ${where}\n`);
  });
  p.err.on('error', () => {});
  const printed = (text: string) => {
    const write = () => result.write(`${text}\n`);
    if (width.out === undefined) write();
    else around(write);
  };
  return {
    out: p.out,
    err: p.err,
    isTerminal,
    width,
    note: (line) => aside(`${visibleLine(line)}\n`),
    noteLines: (lines) => aside(`${lines}\n`),
    print: (line) => printed(colours.show(visibleLine(line))),
    printLines: (lines) => printed(wrapLines(colours.show(visible(lines)), width.out)),
    about: result.about,
    unwritten: result.unwritten,
    paint: colours.paint,
    logStream: { write: aside },
    live: (line) => {
      if (!isTerminal) return;
      if (line === undefined && live !== undefined) p.err.write(CLEAR);
      live = line;
      draw();
    },
  };
}

function columnsOf(
  stream: Writable & { readonly isTTY?: boolean; readonly columns?: number },
): number | undefined {
  if (stream.isTTY !== true) return undefined;
  return stream.columns === undefined || stream.columns <= 0 ? USUAL_COLUMNS : stream.columns;
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
