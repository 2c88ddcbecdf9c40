/** `callpermit permissions`: what people allowed each sender, as far as callpermit was told. */
import type { Command } from 'commander';
import type { Permission } from '../../core/ports/index.ts';
import type { App } from '../../wiring.ts';
import { numbersOption } from '../options/column-options.ts';
import { defaultCountryOption, type NumberOptions, readNumbers } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { type ListingColumn, printListing } from '../screen/listing.ts';
import { when } from '../screen/times.ts';

interface PermissionOptions extends NumberOptions {
  readonly number?: string;
  readonly json?: true;
}

const HELP = `
The status is temporary (until a time), permanent, declined or revoked. The source is webhook (the \
person answered), refusal (Meta said so: 138017) or operator. Who granted it is not asked again \
while it lasts; who declined, not for seven days.

Examples:
  callpermit permissions list
  callpermit permissions show +16505551234 --json`;

/** Adds `permissions`. */
export function addPermissions(program: Command, cli: Cli): void {
  const permissions = program
    .command('permissions')
    .summary('who may be called, until when; who declined')
    .description('Shows what people allowed each sender, as far as callpermit was told.')
    .addHelpText('after', HELP);
  permissions
    .command('list')
    .summary('everybody who answered')
    .description('Lists the permissions of all people, by sender.')
    .option('--number <number>', 'only this person')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((options: PermissionOptions) => list(cli, options));
  permissions
    .command('show')
    .argument('<number>', 'phone number, like +16505551234')
    .summary('one person: each sender, and the opt-out list')
    .description('Shows what one person allowed each sender, and whether they opted out.')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit permissions show +16505551234')
    .action((number: string, options: PermissionOptions) => show(cli, number, options));
}

const COLUMNS: readonly ListingColumn<ReturnType<typeof shown>>[] = [
  { head: 'number', width: 16, of: (p) => p.to },
  { head: 'status', width: 9, of: (p) => p.status },
  { head: 'until', width: 21, of: (p) => timeOf(p.expiresAt) },
  { head: 'since', width: 21, of: (p) => timeOf(p.at) },
  { head: 'source', width: 8, of: (p) => p.source },
  { head: 'sender', of: (p) => p.senderId },
];

async function list(cli: Cli, options: PermissionOptions): Promise<void> {
  const { number } = options;
  const [to] = number === undefined ? [] : await readNumbers(cli, [number], options);
  await withApp(cli, { name: 'permissions', queue: 'none' }, async (app) => {
    await print(cli, app, to, { json: options.json === true });
  });
}

async function show(cli: Cli, number: string, options: PermissionOptions): Promise<void> {
  const [to = ''] = await readNumbers(cli, [number], options);
  await withApp(cli, { name: 'permissions', queue: 'none' }, async (app) => {
    let optOut: { reason: string | null; source: string; addedAt: Date } | null = null;
    for await (const { person: _, ...found } of app.ledger.people.suppressions({ to }))
      optOut = found;
    const more = { to, optOut };
    const json = options.json === true;
    await print(cli, app, to, { json, more });
    if (optOut !== null && !json)
      cli.terminal.note(`${to} is on the opt-out list: see \`callpermit suppress list\`.`);
  });
}

function print(
  cli: Cli,
  app: App,
  to: string | undefined,
  p: { readonly json: boolean; readonly more?: Readonly<Record<string, unknown>> },
): Promise<void> {
  async function* items() {
    const found = app.ledger.people.permissions(to === undefined ? {} : { to });
    for await (const one of found) yield shown(one);
  }
  const none = `No permission is known${to === undefined ? '' : ` of ${to}`}.`;
  return printListing(cli, { items: items(), columns: COLUMNS, name: 'permissions', none, ...p });
}

function shown({ person, ...rest }: Permission) {
  return { to: `+${person}`, ...rest };
}

function timeOf(at: Date | null): string {
  return at === null ? '' : when(at);
}
