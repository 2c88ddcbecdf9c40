/** `callpermit permissions export`: the book as a file for other programs, streamed: memory stays flat at any size. */
import { type Command, Option } from 'commander';
import type { BookState } from '../../core/ports/index.ts';
import { problem } from '../../core/problem.ts';
import { FORMATS, type Format, records } from '../../core/records.ts';
import { bookFilter } from '../../replies/book-filter.ts';
import { BOOK_COLUMNS, bookRecords } from '../../replies/book-records.ts';
import { counted } from '../../telemetry/words.ts';
import { campaignOption, stateOption } from '../options/book-options.ts';
import { spreadsheetOption } from '../options/options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';
import { formatOfFile } from '../screen/refused.ts';
import { writeFileOf, writeResult } from '../screen/write.ts';
import { needCampaign } from './permissions-list.ts';

interface ExportOptions {
  readonly state?: readonly BookState[];
  readonly campaign?: string;
  readonly format?: Format;
  readonly spreadsheet?: true;
  readonly output?: string;
  readonly json?: true;
}

const HELP = `
Columns: ${BOOK_COLUMNS.join(', ')}.

A line for each person and sender. reference and campaign are those of the last request to them. \
Times are ISO 8601 in UTC. The values are exact; with --spreadsheet an \
apostrophe stands before what a spreadsheet would run as a formula. Import the CSV as text columns.

Examples:
  callpermit permissions export --state callable --output callable.csv
  callpermit permissions export --campaign ID --format ndjson | jq .to`;

/** Adds `export`. */
export function addPermissionsExport(permissions: Command, cli: Cli): void {
  permissions
    .command('export')
    .summary('the book as CSV or NDJSON')
    .description('Writes whom each sender may call, who was asked, and who declined.')
    .addOption(stateOption())
    .addOption(campaignOption())
    .addOption(
      new Option(
        '--format <format>',
        'format of the export (else by the name of --output, else csv)',
      ).choices(FORMATS),
    )
    .addOption(spreadsheetOption())
    .option('-o, --output <file>', 'write to a file; one that is there is replaced')
    .option('--json', 'with --output: print one JSON object at the end')
    .addHelpText('after', HELP)
    .action((options: ExportOptions) => run(cli, options));
}

async function run(cli: Cli, options: ExportOptions): Promise<void> {
  const { output, state: states, campaign: campaignId } = options;
  if (options.json && output === undefined)
    throw thrown(
      problem('USAGE', '--json needs --output: standard output holds the export.', {
        next: 'Add --output FILE, or take --format ndjson.',
      }),
    );
  const format = options.format ?? (output === undefined ? 'csv' : formatOfFile(output));
  await withApp(cli, { name: 'permissions', queue: 'none' }, async (app) => {
    await needCampaign(app, campaignId);
    const entries = app.ledger.book.entries(bookFilter({ states, campaignId }));
    const pieces = records(bookRecords(entries), BOOK_COLUMNS, format, options);
    if (output === undefined) {
      await writeResult(cli.terminal, pieces);
      return;
    }
    const written = await writeFileOf(output, pieces);
    cli.terminal.note(`${counted(written, 'line', 'lines')} written to ${output}.`);
    if (options.json) cli.terminal.print(JSON.stringify({ output, format, lines: written }));
  });
}
