/** One run of the command line in this process: what `main.ts` and the entry points of `workers/` share. */
import { type Cli, createCli, environmentOrEmpty } from './cli.ts';
import { report } from './report.ts';
import { createTerminal } from './terminal.ts';

/**
 * A process that has said all it has to say and still does not end holds something open by mistake;
 * whoever waits for it must not pay for that. In ms.
 */
const LINGER_MS = 3_000;

/**
 * Does `work` and sets the exit code of the process; it never rejects.
 *
 * @param p.wantsJson problems become the last line of standard output too
 */
export async function runCli(
  work: (cli: Cli) => Promise<unknown>,
  p: { readonly wantsJson: boolean },
): Promise<void> {
  const environment = environmentOrEmpty();
  // A reader that goes away (`| head`) is no failure of ours, on either stream.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedReader);
  const terminal = createTerminal({
    out: process.stdout,
    err: process.stderr,
    noColour: (environment.NO_COLOR ?? '') !== '',
  });
  const cli = createCli(terminal, environment);
  try {
    await work(cli);
    process.exitCode = cli.exitCode;
  } catch (error) {
    const code = report(cli, error, p.wantsJson);
    process.exitCode = isHelp(error) ? 0 : code;
  }
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

function isHelp(error: unknown): boolean {
  return error instanceof Error && 'exitCode' in error && error.exitCode === 0;
}

function ignoreClosedReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
