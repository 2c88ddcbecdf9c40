/**
 * `--dry-run`: the list was read into the ledger as ever, judged there by the same statements as at a
 * start, and taken out again. Nothing was sent, and nothing stays.
 */
import { figuresOf } from '../../core/pace/forecast.ts';
import { count, counted } from '../../telemetry/words.ts';
import type { Cli } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { printForecast } from '../screen/forecast.ts';
import { printRefused } from '../screen/refused.ts';
import type { Taken } from './take-list.ts';

/** Prints what would become of the list. */
export function printDryRun(
  cli: Cli,
  { campaign, refused }: Taken,
  options: { readonly json?: true },
): void {
  const { lines, doubles, forecast } = campaign;
  if (forecast === undefined) throw new Error('expected a dry run to have its forecast');
  cli.terminal.note(
    `Dry run: ${counted(lines, 'line', 'lines')}, ${count(refused.total)} refused, ${counted(doubles, 'double', 'doubles')}. Nobody is asked.`,
  );
  printForecast(cli, forecast);
  printRefused(cli, refused);
  if (options.json) {
    const { skipped, ...rest } = figuresOf(forecast);
    const figures = { lines, refusedLines: refused.total, doubles, skipped, ...rest };
    cli.terminal.print(JSON.stringify({ dryRun: true, ...figures }));
  }
  const left = refused.total + doubles + forecast.skips.reduce((sum, { n }) => sum + n, 0);
  if (left > 0) cli.exitCode = EXIT.someLeft;
}
