/** What `npm run sim` does with its arguments. */
import { parseArgs } from 'node:util';
import { barProgress } from '../../src/cli/screen/progress.ts';
import { createTerminal } from '../../src/cli/screen/terminal.ts';
import { span } from '../../src/telemetry/words.ts';
import { runOnCores } from './cores.ts';

const USAGE = `npm run sim -- [--seeds N] [--seed S] [--events E] [--mode A|B] [--postgres 15|18]
  [--json]
  Runs the real sending side with everything around it in one simulation, seed by seed, on all cores. A seed that
  breaks a promise is shown with the least that breaks it; the same seed gives the same run.
  --seeds   how many seeds to run (100; 1 with --seed)
  --seed    the first of them (1)
  --events  events of interest of each, at most (300)
  --mode    A: over a model of the ledger (the default); B: over the real statements on a real Postgres, each of which
            must do what the model says
  --postgres  which one: 18, which npm brings (the default), or 15, the oldest that is supported
  --json    the result as one line of JSON
  Exit code 0: no promise was broken; 1: one was, or the arguments are wrong.`;

/** Where the command writes. */
export interface Out {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** For what is not part of the result. */
  readonly err: NodeJS.WriteStream;
  /** Starts a server of that version. */
  readonly postgres: Readonly<Record<string, () => Promise<RunningPostgres>>>;
}

/** A server of this run. */
export interface RunningPostgres {
  readonly connectionString: string;
  stop(): Promise<void>;
}

const OPTIONS = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  events: { type: 'string', default: '300' },
  mode: { type: 'string', default: 'A' },
  postgres: { type: 'string', default: '18' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Runs seeds and says what they came to; gives the exit code. */
export async function command(args: readonly string[], out: Out): Promise<number> {
  const asked = read(args);
  if (typeof asked === 'string') {
    out.complain(`${asked}\n\n${USAGE}`);
    return 1;
  }
  if (asked.help) {
    out.print(USAGE);
    return 0;
  }
  const start = asked.mode === 'B' ? out.postgres[asked.postgres] : undefined;
  if (asked.mode === 'B' && start === undefined) {
    out.complain(`--postgres is one of ${Object.keys(out.postgres).join(', ')}.\n\n${USAGE}`);
    return 1;
  }
  const server = await start?.();
  try {
    return await runAll({ ...asked, connectionString: server?.connectionString }, out);
  } finally {
    await server?.stop();
  }
}

async function runAll(
  asked: {
    readonly first: number;
    readonly seeds: number;
    readonly events: number;
    readonly json: boolean;
    readonly connectionString: string | undefined;
  },
  out: Out,
): Promise<number> {
  const began = performance.now();
  const terminal = createTerminal({ out: process.stdout, err: out.err, noColour: true });
  const progress = barProgress<{ readonly done: number; readonly failed: number }>(terminal, {
    of: ({ done }) => ({ value: done, total: asked.seeds }),
    parts: ({ done, failed }) => {
      const left = ((performance.now() - began) / 1_000) * (asked.seeds / Math.max(1, done) - 1);
      return [`${span(left)} left`, `${done}/${asked.seeds} seeds`, `${failed} failed`];
    },
  });
  const report = await runOnCores({
    ...asked,
    onDone: (done, failed) => progress.update({ done, failed }),
    onFailure: (text) => terminal.noteLines(`${text}\n`),
  }).finally(() => progress.stop());
  const seconds = Number(((performance.now() - began) / 1_000).toFixed(1));
  const { seeds, posts, steps } = report;
  const failed = [...report.failed.values()].reduce((n, list) => n + list.length, 0);
  if (asked.json)
    out.print(
      JSON.stringify({
        ...{ seeds, first: asked.first, failed, posts, events: steps, seconds },
        broken: Object.fromEntries(report.failed),
      }),
    );
  else {
    for (const [rule, list] of report.failed)
      out.print(`${rule}: ${list.length} seeds (${list.slice(0, 10).join(', ')})`);
    out.print(`${seeds} seeds, ${failed} failed, ${posts} POSTs, ${steps} events, ${seconds} s`);
  }
  return failed > 0 ? 1 : 0;
}

/** What is asked for, or what is wrong with it. */
function read(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const first = Number(values.seed ?? 1);
    // A seed by itself is run alone, to be looked at.
    const seeds = Number(values.seeds ?? (values.seed === undefined ? 100 : 1));
    const events = Number(values.events);
    if (![first, seeds, events].every((n) => Number.isSafeInteger(n) && n > 0))
      return '--seeds, --seed and --events are whole numbers from 1 on.';
    if (!['A', 'B'].includes(values.mode)) return '--mode is A or B.';
    const { mode, postgres, json, help } = values;
    return { first, seeds, events, mode, postgres, json, help };
  } catch (error) {
    return (error as Error).message;
  }
}
