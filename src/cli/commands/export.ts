/** `callpermit export`: what became of each person, streamed in the order of the list. */

import { type Command, Option } from 'commander';
import { given } from '../../core/given.ts';
import { REFUSED_COLUMNS } from '../../core/people/recipient.ts';
import { problem } from '../../core/problem.ts';
import { FORMATS, type Format, records } from '../../core/records.ts';
import { EXPORT_COLUMNS, REQUEST_STATES, type RequestState } from '../../core/request.ts';
import { counted } from '../../telemetry/words.ts';
import type { App } from '../../wiring.ts';
import { someOf, spreadsheetOption } from '../options/options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';
import { formatOfFile } from '../screen/refused.ts';
import { writeFileOf, writeResult } from '../screen/write.ts';
import { noCampaign } from './campaign-views.ts';

interface ExportOptions {
  readonly format?: Format;
  readonly status?: readonly RequestState[];
  readonly refused?: true;
  readonly spreadsheet?: true;
  readonly output?: string;
  readonly json?: true;
}

const HELP = `
Columns: ${EXPORT_COLUMNS.join(', ')}.

With --refused, the lines of the list that could not be used: ${REFUSED_COLUMNS.join(', ')}.

The values are exact, for programs, and numbers begin with +. A spreadsheet takes a cell that begins \
with = for a formula: with --spreadsheet an apostrophe stands before it. Import the CSV as text columns.

Examples:
  callpermit export ID > results.csv
  callpermit export ID --format ndjson --status rejected,uncertain | jq .advice
  callpermit export ID --refused --output refused.csv`;

/** Adds `export`. */
export function addExport(program: Command, cli: Cli): void {
  program
    .command('export')
    .argument('<id>', 'id of the campaign')
    .summary('what became of each person, as CSV or NDJSON')
    .description('Writes what became of each person, in the order of the list, to standard output.')
    .addOption(
      new Option(
        '--format <format>',
        'format of the export (else by the name of --output, else csv)',
      ).choices(FORMATS),
    )
    .addOption(
      new Option(
        '--status <states>',
        `only people in these states, with commas between: ${REQUEST_STATES.join(', ')}`,
      ).argParser(someOf(REQUEST_STATES)),
    )
    .addOption(spreadsheetOption())
    .option('--refused', 'write the refused lines of the list instead')
    .option('-o, --output <file>', 'write to a file; one that is there is replaced')
    .option('--json', 'with --output: print one JSON object at the end')
    .addHelpText('after', HELP)
    .action((id: string, options: ExportOptions) => run(cli, id, options));
}

async function run(cli: Cli, id: string, options: ExportOptions): Promise<void> {
  const { output } = options;
  if (options.json && output === undefined) {
    throw thrown(
      problem('USAGE', '--json needs --output: standard output holds the export.', {
        next: 'Add --output FILE, or take --format ndjson.',
      }),
    );
  }
  if (options.refused && options.status !== undefined) {
    throw thrown(problem('USAGE', '--refused and --status exclude each other.'));
  }
  const format = options.format ?? (output === undefined ? 'csv' : formatOfFile(output));
  await withApp(cli, { name: 'export', queue: 'none' }, async (app) => {
    const found = await app.ledger.campaigns.get(id);
    if (found === undefined) throw thrown(noCampaign(id));
    const pieces = piecesOf(app, id, format, options);
    if (output === undefined) {
      await writeResult(cli.terminal, pieces);
      return;
    }
    const lines = await writeFileOf(output, pieces);
    cli.terminal.note(`${counted(lines, 'line', 'lines')} written to ${output}.`);
    if (options.json) {
      const { state, reason, counts, refusedLines } = found;
      const why = reason === null ? {} : { reason };
      cli.terminal.print(
        JSON.stringify({ id, state, ...why, counts, refusedLines, output, format, lines }),
      );
    }
  });
}

function piecesOf(
  app: App,
  id: string,
  format: Format,
  options: ExportOptions,
): AsyncGenerator<string, number> {
  if (options.refused)
    return records(app.ledger.campaigns.refusedLines(id), REFUSED_COLUMNS, format, options);
  const states = options.status;
  return records(
    app.ledger.campaigns.results({ id, ...given({ states }) }),
    EXPORT_COLUMNS,
    format,
    options,
  );
}
