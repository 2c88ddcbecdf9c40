/**
 * `--dry-run`: the list is read into the ledger as ever, judged there by the same statements as at a
 * start, and taken out again. Nothing is sent, and nothing stays.
 */
import type { Cli } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { forecastJson, readForecast, sayForecast } from '../screen/forecast.ts';
import { count } from '../screen/table.ts';
import { sayRefused, type Taken } from './take-list.ts';

/** Says what would become of the list; takes its campaign back. */
export async function dryRun(
  cli: Cli,
  { app, campaign, refused, rates }: Taken,
  options: { readonly json?: true },
): Promise<void> {
  try {
    const found = await readForecast(app, campaign.id, rates);
    const { lines, doubles } = campaign;
    cli.terminal.say(
      `Dry run: ${count(lines)} lines, ${count(refused.total)} refused, ${count(doubles)} doubles. Nobody is asked.`,
    );
    sayForecast(cli, found);
    sayRefused(cli, refused);
    if (options.json) {
      const { skipped, ...rest } = forecastJson(found);
      const figures = { lines, refusedLines: refused.total, doubles, skipped, ...rest };
      cli.terminal.print(JSON.stringify({ dryRun: true, ...figures }));
    }
    const left = refused.total + doubles + found.skips.reduce((sum, { n }) => sum + n, 0);
    if (left > 0) cli.exitCode = EXIT.someLeft;
  } finally {
    await app.ledger.intake.discard({ campaignId: campaign.id, loader: campaign.loader });
  }
}
