/** `callpermit suppress import`: a list of opt-outs, read as a stream, the bad lines told. */
import type { Command } from 'commander';
import { takeOptOuts } from '../../campaign/take-opt-outs.ts';
import { given } from '../../core/given.ts';
import type { ColumnMap } from '../../core/people/column-map.ts';
import { count, counted } from '../../telemetry/words.ts';
import { columnMap, numbersOption } from '../options/column-options.ts';
import { formatOption } from '../options/options.ts';
import { defaultCountryOption, type NumberOptions } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { unwrap } from '../run/failure.ts';
import { printRefused, refusedTap } from '../screen/refused.ts';

interface ImportOptions extends NumberOptions {
  readonly reason?: string;
  readonly map?: ColumnMap;
  readonly format?: 'csv' | 'ndjson' | 'json';
  readonly refused?: string;
  readonly json?: true;
}

const HELP = `
The list is a CSV with a column to (or phone) and, if you like, reason; NDJSON; a JSON array; or \
bare numbers, one a line. Other columns are not looked at.

Numbers without a plus are taken as our export prints them (wa_id); with a default country, where \
they can be two numbers, --numbers says which.

What was read is on the opt-out list at once, while campaigns run; a second import of the same list \
changes nothing.

Exit code:
  0  all lines were taken
  1  bad input, or no line is good
  2  some lines were refused
  4  database out of reach

Examples:
  callpermit suppress import opt-outs.csv --reason "newsletter"
  cut -f1 crm.tsv | callpermit suppress import - --default-country DE`;

/** Adds `import` under `suppress`. */
export function addSuppressImport(suppress: Command, cli: Cli): void {
  suppress
    .command('import')
    .argument('<list>', 'file with one person a line, or - for standard input')
    .summary('put everybody in a file on the list')
    .description(
      'Puts everybody in a file on the opt-out list. Lines that cannot be read are refused, the others are taken.',
    )
    .option('--reason <text>', 'why, for lines that give no reason; shown by `suppress list`')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--map <column=to>', 'the column with the numbers, like "Phone Number=to"', columnMap)
    .addOption(formatOption())
    .option('--refused <file>', 'write the refused lines to a file (.csv or .ndjson)')
    .option('--json', 'end standard output with one JSON object')
    .addHelpText('after', HELP)
    .action((path: string, options: ImportOptions) => importList(cli, path, options));
}

async function importList(cli: Cli, path: string, options: ImportOptions): Promise<void> {
  const { openIntake } = await import('../../wiring.ts');
  const country = options.defaultCountry ?? cli.config().defaultCountry;
  const list = unwrap(
    await openIntake()
      .file(path, given({ format: options.format }))
      .open({
        optOuts: true,
        ...given({ defaultCountry: country, numbers: options.numbers, map: options.map }),
      }),
  );
  const refused = refusedTap(options.refused);
  try {
    await withApp(cli, { name: 'suppress', queue: 'none' }, async (app) => {
      const taken = await takeOptOuts(app.ledger.people, refused.batches(list.batches), {
        source: 'import',
        reason: options.reason,
      });
      await refused.close();
      printRefused(cli, refused);
      const { added, known, refused: refusedLines } = unwrap(taken);
      const bad =
        refusedLines === 0 ? '' : ` ${counted(refusedLines, 'line was', 'lines were')} refused.`;
      cli.terminal.note(
        `${count(added)} put on the list; ${counted(known, 'was', 'were')} on it already.${bad}`,
      );
      if (options.json) cli.terminal.print(JSON.stringify({ added, known, refusedLines }));
      if (refusedLines > 0) cli.exitCode = EXIT.someLeft;
    });
  } finally {
    await list.close();
  }
}
