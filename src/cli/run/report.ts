/** The edge: how a command that failed is told to a person, to a program, and to the log. */
import type { Cli } from './cli.ts';
import { type ExitCode, exitCodeOfProblems } from './exit-code.ts';
import { problemsOf, type Shown } from './failure.ts';

/**
 * Reports what was thrown and gives the exit code.
 *
 * @param wantsJson `--json` was given: the problem is also the last line of standard output
 */
export function report(cli: Cli, error: unknown, wantsJson: boolean): ExitCode {
  const problems = problemsOf(error);
  cli.lastLog.debug({ err: error }, 'cause');
  for (const shown of problems) printProblem(cli, shown);
  const [first] = problems;
  if (wantsJson && first !== undefined) {
    const others = problems.length > 1 ? { errors: problems } : {};
    cli.terminal.print(JSON.stringify({ error: first, ...others }));
  }
  return exitCodeOfProblems(problems.map((p) => p.code));
}

/** `error: what was wrong` and, indented, where and what to do. */
function printProblem(cli: Cli, shown: Shown): void {
  const { paint, note } = cli.terminal;
  // Further lines are output of other programs (initdb's); indented, none can pass for one of ours.
  const [first = '', ...more] = shown.message.split('\n');
  note(`${paint('red', 'error:')} ${first}`);
  for (const line of more) note(`  ${line}`);
  if (shown.where !== undefined && !shown.message.includes(shown.where)) {
    note(`  where: ${shown.where}`);
  }
  if (shown.next !== undefined) note(`  next:  ${shown.next}`);
}
