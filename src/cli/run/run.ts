/** One run of the command line in this process: what `main.ts` and the entry points of `workers/` share. */

import { standardError, standardOutput } from '../screen/outlets.ts';
import { createTerminal } from '../screen/terminal.ts';
import { type Cli, createCli, environmentOrEmpty } from './cli.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { report } from './report.ts';

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
  process.exitCode = await runWith(cli, () => work(cli), p);
  setTimeout(() => process.exit(), LINGER_MS).unref();
  // Node's own end, once nothing is left to do, closes what is open and can spin in that forever: seen
  // after two chaos runs of 35 minutes, on Node 20. This end does not.
  process.once('beforeExit', () => process.exit());
}

/**
 * Does `work` and gives the exit code; it never rejects.
 *
 * @public the tests' command host loads it as it was built
 * @param p.wantsJson problems become the last line of standard output too
 */
export async function runWith(
  cli: Cli,
  work: () => Promise<unknown>,
  p: { readonly wantsJson: boolean },
): Promise<ExitCode> {
  let code: ExitCode;
  let failed = false;
  try {
    await work();
    code = cli.exitCode;
  } catch (error) {
    failed = !isHelp(error);
    const told = report(cli, error, p.wantsJson);
    code = failed ? told : EXIT.done;
  }
  // A problem that was told keeps its own code; a result that nobody got is as good as none.
  const isLost = (await cli.terminal.unwritten()) !== undefined;
  return isLost && !failed ? EXIT.unreachable : code;
}

function isHelp(error: unknown): boolean {
  return error instanceof Error && 'exitCode' in error && error.exitCode === 0;
}
