/** Outcomes that the ledger did not take before a command's senders had to end: said, and exit code 4. */
import type { RunningSenders } from '../../sending/run-senders.ts';
import type { Cli } from './cli.ts';
import { EXIT } from './exit-code.ts';

/** Closes the senders of a command; says what the ledger did not hear of, which then decides the exit code. */
export async function closeSenders(cli: Cli, senders: RunningSenders): Promise<void> {
  const { unsettled } = await senders.close();
  if (unsettled === 0) return;
  cli.exitCode = EXIT.unreachable;
  const what = unsettled === 1 ? '1 outcome was' : `${unsettled} outcomes were`;
  cli.terminal.noteLines(
    `${what} not taken by the database before the end. The log line above says where it waits for the\n` +
      'next `callpermit sender` of this DATA_DIR; or, where no file could be written, that it is lost.',
  );
}

/** What a command ends with: a loss of outcomes goes before how its campaign stands. */
export function endWith(cli: Cli, code: Cli['exitCode']): void {
  if (cli.exitCode !== EXIT.unreachable) cli.exitCode = code;
}
