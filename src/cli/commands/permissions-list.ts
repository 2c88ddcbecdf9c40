/** `callpermit permissions list`: the book, for people and for programs. */
import type { Command } from 'commander';
import type { BookEntry, BookState } from '../../core/ports/index.ts';
import { problem } from '../../core/problem.ts';
import { bookFilter } from '../../replies/book-filter.ts';
import { shortWhen, zoneOf } from '../../telemetry/times.ts';
import type { App } from '../../wiring.ts';
import { campaignOption, stateOption } from '../options/book-options.ts';
import { numbersOption } from '../options/column-options.ts';
import { duration } from '../options/options.ts';
import { defaultCountryOption, type NumberOptions, readPeople } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';
import { type ListingColumn, printListing } from '../screen/listing.ts';
import { typedSpan } from '../screen/table.ts';
import { noCampaign } from './campaign-views.ts';

interface ListOptions extends NumberOptions {
  readonly state?: readonly BookState[];
  readonly expiringWithin?: number;
  readonly campaign?: string;
  readonly number?: string;
  readonly json?: true;
}

const HELP = `
Without --state, everybody who was asked or who said something. --expiring-within names those whose \
permission ends so soon: call them first, or ask them again. Times are those of this machine (TZ); \
with --json they are in UTC.

Examples:
  callpermit permissions list --state callable
  callpermit permissions list --expiring-within 24h
  callpermit permissions list --campaign ID --state declined,revoked
  callpermit permissions list --number +16505551234 --json`;

/** Adds `list`. */
export function addPermissionsList(permissions: Command, cli: Cli): void {
  permissions
    .command('list')
    .summary('everybody who was asked or answered, by sender')
    .description('Lists whom each sender may call, who was asked, and who declined.')
    .addOption(stateOption())
    .option(
      '--expiring-within <span>',
      'only permissions that end within this time, like 24h',
      duration,
    )
    .addOption(campaignOption())
    .option('--number <number>', 'only this person; a user id (US.1349) is taken too')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((options: ListOptions) => list(cli, options));
}

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const { state, expiringWithin, campaign: campaignId, number, json } = options;
  if (number !== undefined && campaignId !== undefined)
    throw thrown(problem('USAGE', '--number and --campaign exclude each other.'));
  const [to] = number === undefined ? [] : await readPeople(cli, [number], options);
  const filter = bookFilter({ states: state, expiringWithinMs: expiringWithin, campaignId, to });
  await withApp(cli, { name: 'permissions', queue: 'none' }, async (app) => {
    await needCampaign(app, campaignId);
    await printListing(cli, {
      items: app.ledger.book.entries(filter),
      columns: columns(),
      name: 'permissions',
      json: json === true,
      none: nobody({ to, states: filter.states, withinMs: expiringWithin }),
    });
  });
}

/** A campaign that is not there is told; its empty book would look like "nobody". */
export async function needCampaign(app: App, id: string | undefined): Promise<void> {
  if (id !== undefined && (await app.ledger.campaigns.get(id)) === undefined)
    throw thrown(noCampaign(id));
}

function columns(): readonly ListingColumn<BookEntry>[] {
  const zone = zoneOf(new Date());
  // With the sender's id 80 columns, where nothing is longer.
  return [
    { head: 'number', width: 14, of: (p) => p.to },
    { head: 'state', width: 9, of: (p) => p.state },
    { head: `until, ${zone}`, width: 12, of: (p) => shortWhen(p.until) },
    { head: 'since', width: 12, of: (p) => shortWhen(p.since) },
    { head: 'source', width: 8, of: (p) => p.source ?? '' },
    { head: 'sender', of: (p) => p.senderId },
  ];
}

function nobody(p: {
  readonly to: string | undefined;
  readonly states: readonly BookState[] | undefined;
  readonly withinMs: number | undefined;
}): string {
  const { to, states, withinMs } = p;
  const within = withinMs === undefined ? '' : ` within ${typedSpan(withinMs)}`;
  if (to !== undefined)
    return withinMs === undefined
      ? `No permission is known of ${to}.`
      : `No permission of ${to} is known that ends${within}.`;
  if (withinMs !== undefined)
    return states?.every((state) => state === 'temporary' || state === 'permanent')
      ? `Nobody's permission ends${within}, as far as is known.`
      : `Nobody is ${states?.join(' or ')} with an end${within}, as far as is known.`;
  return states === undefined
    ? 'Nobody was asked, and nobody said anything, as far as is known.'
    : `Nobody is ${states.join(' or ')}, as far as is known.`;
}
