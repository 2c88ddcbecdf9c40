/** `callpermit suppress`: the people who are not to be asked, over all campaigns and senders. */
import type { Command } from 'commander';
import { shownTo } from '../../core/people/user-id.ts';
import type { Suppression } from '../../core/ports/index.ts';
import { when } from '../../telemetry/times.ts';
import { count, counted } from '../../telemetry/words.ts';
import { numbersOption } from '../options/column-options.ts';
import { defaultCountryOption, type NumberOptions, readPeople } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { type ListingColumn, printListing } from '../screen/listing.ts';
import { addSuppressImport } from './suppress-import.ts';

interface Options extends NumberOptions {
  readonly reason?: string;
  readonly json?: true;
}

interface ListOptions extends Options {
  readonly number?: string;
}

const HELP = `
People on the list are skipped from then on, also in campaigns that run already. Who is on it already \
keeps the first reason and time.

These get on it by themselves:
  - who told WhatsApp to stop such messages: Meta refuses the message (131050), or a webhook says so \
(a resume there takes them off again)
  - who writes a word of OPT_OUT_WORDS_FILE
  - who was forgotten, had opted out, and is on a list again

Examples:
  callpermit suppress add +16505551234 --reason "asked us by phone"
  callpermit suppress import opt-outs.csv
  callpermit suppress list --number +16505551234
  callpermit suppress remove +16505551234`;

/** Adds `suppress` with its subcommands. */
export function addSuppress(program: Command, cli: Cli): void {
  const suppress = program
    .command('suppress')
    .summary('the opt-out list: people who are never asked')
    .description('Keeps the list of people who are not to be asked, by any campaign or sender.')
    .addHelpText('after', HELP);
  suppress
    .command('add')
    .argument('<number...>', 'phone numbers, like +16505551234, or user ids, like US.1349')
    .summary('put people on the list')
    .description(
      'Puts people on the opt-out list: they are asked no more, but for a request that goes out in this very moment.',
    )
    .option('--reason <text>', 'why; shown by `suppress list`')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit suppress add +16505551234 --reason "by mail"')
    .action((numbers: readonly string[], options: Options) => add(cli, numbers, options));
  suppress
    .command('remove')
    .argument('<number...>', 'phone numbers, like +16505551234, or user ids, like US.1349')
    .summary('take people off the list')
    .description('Takes people off the opt-out list; requests that were skipped stay skipped.')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nWho was skipped meanwhile is asked again by: callpermit campaign retry ID --status skipped\n\nExample:\n  callpermit suppress remove +16505551234',
    )
    .action((numbers: readonly string[], options: Options) => remove(cli, numbers, options));
  suppress
    .command('list')
    .summary('who is on the list, since when and why')
    .description('Lists the people who are not to be asked, with source, time and reason.')
    .option('--number <number>', 'only this person')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nThe source is operator, import, api, meta (131050), preference (their setting at WhatsApp), typed or forgotten.\n\nExamples:\n  callpermit suppress list\n  callpermit suppress list --number +16505551234 --json',
    )
    .action((options: ListOptions) => list(cli, options));
  addSuppressImport(suppress, cli);
}

async function add(cli: Cli, texts: readonly string[], options: Options): Promise<void> {
  const numbers = new Set(await readPeople(cli, texts, options));
  const { reason } = options;
  const people = [...numbers].map((to) => ({ to, ...(reason === undefined ? {} : { reason }) }));
  await withApp(cli, { name: 'suppress', queue: 'none' }, async (app) => {
    const added = await app.ledger.people.suppress({ people, source: 'operator' });
    const known = people.length - added;
    cli.terminal.note(
      `${count(added)} put on the list; ${counted(known, 'was', 'were')} on it already.`,
    );
    if (options.json) cli.terminal.print(JSON.stringify({ added, known }));
  });
}

async function remove(cli: Cli, texts: readonly string[], options: Options): Promise<void> {
  const numbers = [...new Set(await readPeople(cli, texts, options))];
  await withApp(cli, { name: 'suppress', queue: 'none' }, async (app) => {
    const removed = await app.ledger.people.unsuppress(numbers);
    const unknown = numbers.length - removed;
    cli.terminal.note(
      `${count(removed)} taken off the list; ${counted(unknown, 'was', 'were')} not on it.`,
    );
    if (options.json) cli.terminal.print(JSON.stringify({ removed, unknown }));
  });
}

const COLUMNS: readonly ListingColumn<ReturnType<typeof shown>>[] = [
  { head: 'number', width: 16, of: (s) => s.to },
  { head: 'source', width: 10, of: (s) => s.source },
  { head: 'since', width: 21, of: (s) => when(s.addedAt) },
  { head: 'reason', of: (s) => s.reason ?? '' },
];

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const { number } = options;
  const [to] = number === undefined ? [] : await readPeople(cli, [number], options);
  await withApp(cli, { name: 'suppress', queue: 'none' }, async (app) => {
    async function* items() {
      const found = app.ledger.people.suppressions(to === undefined ? {} : { to });
      for await (const one of found) yield shown(one);
    }
    await printListing(cli, {
      items: items(),
      columns: COLUMNS,
      name: 'suppressions',
      json: options.json === true,
      none: to === undefined ? 'Nobody is on the list.' : `${to} is not on the list.`,
    });
  });
}

function shown({ person, ...rest }: Suppression) {
  return { to: shownTo(`+${person}`), ...rest };
}
