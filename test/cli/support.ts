/** A terminal that remembers, and a command line around it. */
import { Writable } from 'node:stream';
import { type Cli, createCli } from '../../src/cli/run/cli.ts';
import { createTerminal, type Terminal } from '../../src/cli/screen/terminal.ts';
import { noCounts, type RequestState } from '../../src/core/request.ts';

/** What was written to the two streams. */
export interface Remembering {
  readonly terminal: Terminal;
  readonly cli: Cli;
  out(): string;
  err(): string;
}

/** Makes one; `isTTY` makes standard error a terminal, `columns` makes one of standard output. */
export function remembering(
  p: {
    readonly isTTY?: boolean;
    readonly noColour?: boolean;
    readonly columns?: number;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Remembering {
  const { columns } = p;
  const out = Object.assign(sink(), columns === undefined ? {} : { isTTY: true, columns });
  const err = Object.assign(sink(), { isTTY: p.isTTY === true });
  const terminal = createTerminal({ out, err, noColour: p.noColour === true });
  return {
    terminal,
    cli: createCli(terminal, p.env ?? {}),
    out: () => out.text.join(''),
    err: () => err.text.join(''),
  };
}

/** Counts with some states filled in. */
export function counts(some: Partial<Record<RequestState, number>>) {
  return { ...noCounts(), ...some };
}

function sink() {
  const text: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { text });
}
