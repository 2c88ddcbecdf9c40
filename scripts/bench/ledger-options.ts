/** What `npm run bench:ledger` is asked to do. */
import { parseArgs } from 'node:util';

/** How Postgres plans while a statement is measured. */
export interface Mode {
  readonly analysed: boolean;
  /** Plans that know no values, as Postgres may take them from the sixth run on. */
  readonly generic: boolean;
}

/** One run of the bench. */
export interface LedgerOptions {
  readonly rows: number;
  readonly postgres: '15' | '18';
  readonly modes: readonly Mode[];
  /** How often each statement is run. */
  readonly runs: number;
  /** Sent from beginning to end, for the bytes that they take. */
  readonly people: number;
  /** How long claims are measured beside readers, s. */
  readonly seconds: number;
  readonly only: string;
  readonly json: boolean;
}

/** How to call it. */
export const USAGE = `npm run bench:ledger [-- options]

Fills a ledger and runs each statement of a sender's loop and each read of an operator's on it, with
statistics and without, with plans that know the values and plans that do not. Then claims beside ten
readers. Exit code 0 only if each keeps its bound. Before that a list is sent in a ledger of its own, for
the bytes that a request takes, in its tables and in the log.

  --rows N          requests in the ledger (2000000)
  --postgres V      15, from a package manager, or 18, from npm (18)
  --quick           200,000 requests and fewer runs
  --only TEXT       statements whose name holds this; bytes: those alone
  --json            one JSON object on standard output`;

/** Reads the command line; a string is what is wrong with it. */
export function readLedgerOptions(args: readonly string[]): LedgerOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rows: { type: 'string' },
        postgres: { type: 'string', default: '18' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { quick, postgres, only, json } = values;
    const rows = Number(values.rows ?? (quick ? 200_000 : 2_000_000));
    if (!(Number.isInteger(rows) && rows >= 200_000 && rows <= 20_000_000))
      return `--rows ${values.rows}: expected a whole number from 200000 to 20000000.`;
    if (postgres !== '15' && postgres !== '18') return `--postgres ${postgres}: expected 15 or 18.`;
    const modes = [false, true].flatMap((analysed) =>
      [false, true].map((generic) => ({ analysed, generic })),
    );
    const sizes = quick
      ? { runs: 8, people: 4_000, seconds: 5 }
      : { runs: 20, people: 20_000, seconds: 15 };
    return { rows, postgres, modes, ...sizes, only, json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A mode in words. */
export function modeName({ analysed, generic }: Mode): string {
  return `${analysed ? 'analysed' : 'no statistics'}, ${generic ? 'generic' : 'auto'}`;
}
