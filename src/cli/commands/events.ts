/** `callpermit events`: what was told to others, telling it again, and to whom it is told. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  EVENT_STATES,
  EVENT_TYPES,
  type EventState,
  type EventType,
  isEventType,
} from '../../core/events/event-types.ts';
import type { ListedEvent, SubscriptionStanding } from '../../core/ports/index.ts';
import { ProblemError, problem } from '../../core/problem.ts';
import { when } from '../../telemetry/times.ts';
import { count, counted } from '../../telemetry/words.ts';
import { duration } from '../options/options.ts';
import { instant } from '../options/when-options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { unwrap } from '../run/failure.ts';
import { type ListingColumn, printListing } from '../screen/listing.ts';

interface Common {
  readonly json?: true;
}

interface ListOptions extends Common {
  readonly type?: readonly EventType[];
  readonly since?: Date;
  readonly state?: EventState;
  readonly limit: number;
}

interface ReplayOptions extends Common {
  readonly since?: Date;
  readonly event?: string;
  readonly type?: readonly EventType[];
  readonly subscription?: string;
}

interface AddOptions extends Common {
  readonly type?: readonly EventType[];
}

const TYPES = `
Types:
${EVENT_TYPES.map((type) => `  ${type}`).join('\n')}`;

/** Read from the ledger at once. */
const PAGE = 500;
const USUAL = 100;
const OPEN = { name: 'events', queue: 'none' } as const;

/** Adds `events` with its subcommands. */
export function addEvents(program: Command, cli: Cli): void {
  const events = program
    .command('events')
    .summary('what changed, told to other programs')
    .description(
      'Shows what was told to other programs, tells it again, and adds and removes subscriptions.',
    )
    .addHelpText(
      'after',
      `\nEvents are posted by \`callpermit api\` and \`callpermit up\`. docs/events.md says how to receive them.\n${TYPES}\n\nExamples:\n  callpermit events subscriptions add https://example.com/hooks\n  callpermit events list --state dead\n  callpermit events replay --since 2h`,
    );
  events
    .command('list')
    .summary('the newest events, with how far each is')
    .description('Lists events, the newest first: told to all, still to be told, or given up.')
    .addOption(typeOption())
    .addOption(sinceOption())
    .addOption(new Option('--state <state>', 'only these').choices(EVENT_STATES))
    .option('--limit <n>', 'how many', limit, USUAL)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit events list --since 2h\n  callpermit events list --state dead --type request.rejected',
    )
    .action((options: ListOptions) => list(cli, options));
  events
    .command('replay')
    .summary('tell events again, by the ids they had')
    .description(
      'Tells events again, also those that were told: a receiver knows them by their ids. Those that were given up have another day.',
    )
    .addOption(sinceOption())
    .addOption(
      new Option(
        '--event <id>',
        'this one, to those with whom it was given up, in place of all since a time',
      ).conflicts(['since', 'type']),
    )
    .addOption(typeOption())
    .option('--subscription <id>', 'only to this one (else to all)')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit events replay --since 2h\n  callpermit events replay --since 2026-11-28T10:00:00Z --subscription settings\n  callpermit events replay --event EVENT_ID',
    )
    .action((options: ReplayOptions) => replay(cli, options));
  addSubscriptions(events, cli);
}

function addSubscriptions(events: Command, cli: Cli): void {
  const subscriptions = events
    .command('subscriptions')
    .summary('to whom events are posted')
    .description('Lists, adds and removes those to whom events are posted.')
    .addHelpText(
      'after',
      '\nEVENTS_URL is the subscription `settings`, and EVENTS_QUEUE the one `queue`.\n\nExamples:\n  callpermit events subscriptions list\n  callpermit events subscriptions add https://example.com/hooks',
    );
  subscriptions
    .command('list')
    .summary('who is told, and what waits')
    .description('Lists subscriptions, with what is still to be told to each.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit events subscriptions list --json')
    .action((options: Common) => listSubscriptions(cli, options));
  subscriptions
    .command('add')
    .argument('<url>', 'where events are posted, like https://example.com/hooks')
    .summary('have events posted to an address; its secret is shown this once')
    .description(
      'Adds an address to which events from now on are posted, and prints the secret that they are signed with. It wants EVENTS_KEY.',
    )
    .addOption(typeOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  callpermit events subscriptions add https://example.com/ --type request.read',
    )
    .action((url: string, options: AddOptions) => add(cli, url, options));
  subscriptions
    .command('remove')
    .argument('<id>', 'its id')
    .summary('tell an address nothing more')
    .description('Removes a subscription; what waits for it is dropped.')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  callpermit events subscriptions remove sub_1f2e3d4c5b6a7988',
    )
    .action((id: string, options: Common) => remove(cli, id, options));
}

function typeOption(): Option {
  return new Option('--type <types>', 'only these types, comma separated').argParser(types);
}

function sinceOption(): Option {
  return new Option(
    '--since <when>',
    'only since then: a span like 2h, or a time with a zone',
  ).argParser(since);
}

function types(text: string): readonly EventType[] {
  const found = text.split(',').map((one) => one.trim());
  if (found.every(isEventType)) return found;
  throw new InvalidArgumentError(`Expected some of ${EVENT_TYPES.join(', ')}`);
}

function since(text: string): Date {
  return /^\s*\d+[dhms]/i.test(text) ? new Date(Date.now() - duration(text)) : instant(text);
}

function limit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('Expected a whole number from 1 to 1000000');
}

const COLUMNS: readonly ListingColumn<ListedEvent>[] = [
  { head: 'happened', width: 21, of: ({ occurredAt }) => when(new Date(occurredAt)) },
  { head: 'type', width: 20, of: ({ type }) => type },
  { head: 'state', width: 9, of: ({ state }) => state },
  { head: 'tries', width: 5, of: ({ tries }) => count(tries) },
  { head: 'id', width: 20, of: ({ id }) => id },
  { head: '', of: ({ state, lastError }) => (state === 'delivered' ? '' : (lastError ?? '')) },
];

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const { type, since: from, state, json } = options;
  await withApp(cli, OPEN, async ({ ledger }) => {
    async function* items() {
      let left = options.limit;
      let before: string | undefined;
      while (left > 0) {
        const page = await ledger.events.list({
          ...{ types: type, since: from, state, before, limit: Math.min(left, PAGE) },
        });
        for (const { pos: _pos, ...event } of page) yield event as ListedEvent;
        before = page.at(-1)?.pos;
        left = page.length < PAGE ? 0 : left - page.length;
      }
    }
    await printListing<ListedEvent>(cli, {
      ...{ items: items(), columns: COLUMNS, name: 'events', json: json === true },
      none: 'There is no such event. They are written while somebody subscribes: callpermit events subscriptions list',
    });
  });
}

async function replay(cli: Cli, { json, ...options }: ReplayOptions): Promise<void> {
  const { since: from, event, type: some, subscription } = options;
  if (from === undefined && event === undefined)
    throw new ProblemError(
      problem('USAGE', 'Which events is not said.', {
        where: '--since',
        next: 'Give --since, like 2h, or the id of one with --event.',
      }),
    );
  const { replayEvent, replayEvents } = await import('../../events/manage.ts');
  await withApp(cli, OPEN, async ({ ledger: { events } }) => {
    const told =
      event !== undefined
        ? await replayEvent(events, { event, subscription })
        : await replayEvents(events, { since: from as Date, types: some, subscription });
    const n = unwrap(told);
    cli.terminal.note(`${counted(n, 'delivery is', 'deliveries are')} to be told again.`);
    if (json) cli.terminal.print(JSON.stringify({ deliveries: n }));
  });
}

const SUBSCRIPTIONS: readonly ListingColumn<SubscriptionStanding>[] = [
  { head: 'id', width: 20, of: ({ id }) => id },
  { head: 'pending', width: 8, of: ({ pending }) => count(pending) },
  { head: 'dead', width: 8, of: ({ dead }) => count(dead) },
  { head: 'last told', width: 21, of: ({ lastOkAt: at }) => (at === null ? 'never' : when(at)) },
  { head: 'types', width: 8, of: ({ types: some }) => (some === null ? 'all' : some.join(',')) },
  { head: 'to', width: 20, of: ({ url }) => url ?? 'callpermit-events' },
  { head: '', of: ({ disabledWhy, lastError }) => disabledWhy ?? lastError ?? '' },
];

async function listSubscriptions(cli: Cli, { json }: Common): Promise<void> {
  await withApp(cli, OPEN, async ({ ledger }) => {
    async function* items() {
      for (const { keyProof: _proof, ...one } of await ledger.events.standing())
        yield one as SubscriptionStanding;
    }
    await printListing<SubscriptionStanding>(cli, {
      ...{ items: items(), columns: SUBSCRIPTIONS, name: 'subscriptions', json: json === true },
      none: 'Nobody is told of events. Add somebody: callpermit events subscriptions add https://example.com/hooks',
    });
  });
}

async function add(cli: Cli, url: string, { type, json }: AddOptions): Promise<void> {
  const { addSubscription } = await import('../../events/manage.ts');
  await withApp(cli, OPEN, async ({ ledger, config }) => {
    const { subscription, secret } = unwrap(
      await addSubscription(ledger.events, config.events, { url, types: type }),
    );
    const { id, types: some } = subscription;
    cli.terminal.note(`Subscription ${id} is made. Its secret is shown this once:`);
    if (json) cli.terminal.print(JSON.stringify({ id, url, types: some, secret }));
    else cli.terminal.print(secret);
  });
}

async function remove(cli: Cli, id: string, { json }: Common): Promise<void> {
  const { removeSubscription } = await import('../../events/manage.ts');
  await withApp(cli, OPEN, async ({ ledger }) => {
    const removed = unwrap(await removeSubscription(ledger.events, id));
    cli.terminal.note(`Subscription ${id} is removed: nothing more is posted to it.`);
    if (json) cli.terminal.print(JSON.stringify({ id, url: removed.url }));
  });
}
