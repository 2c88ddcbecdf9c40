/** `callpermit suppress import`: a list of opt-outs, read as a stream, the bad lines told. */
import type { Command } from 'commander';
import { given } from '../../core/given.ts';
import type { OpenList } from '../../core/ports/index.ts';
import { problem } from '../../core/problem.ts';
import type { App } from '../../wiring.ts';
import { columnMap, numbersOption } from '../options/column-options.ts';
import { formatOption } from '../options/options.ts';
import { defaultCountryOption, type NumberOptions } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { thrown, unwrap } from '../run/failure.ts';
import { printRefused, type RefusedTap, refusedTap } from '../screen/refused.ts';
import { count, counted } from '../screen/table.ts';

interface ImportOptions extends NumberOptions {
  readonly reason?: string;
  readonly map?: Readonly<Record<string, string>>;
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

/** People of one statement. */
const BATCH = 1_000;

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
      const { added, good } = await take(app, list, refused, options.reason);
      await refused.close();
      printRefused(cli, refused);
      if (good === 0) throw thrown(allRefused(refused.total));
      const known = good - added;
      const refusedLines = refused.total;
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

/** Puts the good lines on the list, batch by batch. */
async function take(app: App, list: OpenList, refused: RefusedTap, reason: string | undefined) {
  const total = { added: 0, good: 0 };
  let people: { to: string; reason?: string }[] = [];
  const write = async () => {
    total.good += people.length;
    total.added += await app.ledger.people.suppress({ people, source: 'import' });
    people = [];
  };
  for await (const lines of refused.batches(list.batches)) {
    for (const line of lines) {
      if (line.kind === 'refused') continue;
      const why = line.recipient.parameters.reason ?? reason;
      people.push({ to: line.recipient.to, ...(why === undefined ? {} : { reason: why }) });
      if (people.length === BATCH) await write();
    }
  }
  if (people.length > 0) await write();
  return total;
}

function allRefused(lines: number) {
  return problem(
    'LIST_ALL_REFUSED',
    lines === 1
      ? 'The only line has no number that can be read.'
      : `None of the ${count(lines)} lines has a number that can be read.`,
    {
      next: 'Look at the reasons beside the lines; nobody was put on the list.',
    },
  );
}
