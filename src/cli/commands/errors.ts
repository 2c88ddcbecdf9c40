/** `callpermit errors`: what Meta's error codes mean and what follows from them here. */
import type { Command } from 'commander';
import type { VerdictEntry } from '../../core/verdicts/verdict.ts';
import { consequence, VERDICT_FAMILIES, verdictFor } from '../../core/verdicts/verdicts.ts';
import { errorCode } from '../options/options.ts';
import type { Cli } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { table } from '../screen/table.ts';

/** Adds `errors`. */
export function addErrors(program: Command, cli: Cli): void {
  program
    .command('errors')
    .argument('[code]', "Meta's error code; all of them by default", errorCode)
    .summary("what Meta's error codes mean and what happens then")
    .description(
      "Explains Meta's error codes: what happened, what callpermit does, what you can do.",
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExit code: 1 where the code is not known; what callpermit does then is shown anyway.\n\nExamples:\n  callpermit errors\n  callpermit errors 131026',
    )
    .action((code: number | undefined, options: { readonly json?: true }) => {
      const { print, printLines } = cli.terminal;
      if (code === undefined) {
        const errors = VERDICT_FAMILIES.flatMap((family) => [...family.rules, ...family.ranges]);
        if (options.json) print(JSON.stringify({ errors }));
        else printLines(overview(errors, cli.terminal.width.out));
        return;
      }
      const entry = verdictFor({ code, message: '' });
      // For scripts: a code that is in no table is a question without an answer.
      if (!entry.known) cli.exitCode = EXIT.wrong;
      if (options.json) print(JSON.stringify({ ...entry, code }));
      else printLines(explanation(code, entry));
    });
}

function overview(
  entries: readonly (VerdictEntry & { readonly to?: number })[],
  width: number | undefined,
): string {
  const rows = entries.map((e) => [
    e.to === undefined ? String(e.code) : `${e.code}-${e.to}`,
    e.verdict,
    e.meaning,
  ]);
  return table([['code', 'verdict', 'meaning'], ...rows], ['right'], width);
}

function explanation(code: number, entry: VerdictEntry): string {
  return table([
    ['code', String(code)],
    ['verdict', entry.verdict],
    ['meaning', entry.meaning],
    ['then', consequence(entry.verdict, 'answer').effect],
    ['as a status', consequence(entry.verdict, 'status').effect],
    ['advice', entry.advice],
    ['source', entry.source],
  ]);
}
