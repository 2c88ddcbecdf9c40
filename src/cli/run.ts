/** One run of the command line in this process: what `main.ts` and the entry points of `workers/` share. */
import { type Cli, createCli, environmentOrEmpty } from './cli.ts';
import { EXIT } from './exit-code.ts';
import { standardError, standardOutput } from './outlets.ts';
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
  const terminal = createTerminal({
    out: standardOutput(),
    err: standardError(),
    noColour: (environment.NO_COLOR ?? '') !== '',
  });
  const cli = createCli(terminal, environment);
  let failed = false;
  try {
    await work(cli);
    process.exitCode = cli.exitCode;
  } catch (error) {
    const code = report(cli, error, p.wantsJson);
    failed = !isHelp(error);
    process.exitCode = failed ? code : 0;
  }
  // A problem that was told keeps its own code; a result that nobody got is as good as none.
  const isLost = (await terminal.unwritten()) !== undefined;
  if (isLost && !failed) process.exitCode = EXIT.unreachable;
  setTimeout(() => process.exit(), LINGER_MS).unref();
  // Node's own end, once nothing is left to do, closes what is open and can spin in that for ever: seen
  // after two chaos runs of 35 minutes, on Node 20. This end does not.
  process.once('beforeExit', () => process.exit());
}

function isHelp(error: unknown): boolean {
  return error instanceof Error && 'exitCode' in error && error.exitCode === 0;
}
