/** `callpermit permissions check`: asks Meta what people allow, and corrects the book. */
import type { Command } from 'commander';
import { problemWhile } from '../../campaign/graph-problem.ts';
import { given } from '../../core/given.ts';
import { problem } from '../../core/problem.ts';
import { bookFilter } from '../../replies/book-filter.ts';
import type { CheckEnd, ToCheck } from '../../replies/check-book.ts';
import { checkPeople, everySenderOf, toCheckOf } from '../../replies/check-people.ts';
import { count, printable, span } from '../../telemetry/words.ts';
import type { App } from '../../wiring.ts';
import { campaignOption, senderId } from '../options/book-options.ts';
import { numbersOption } from '../options/column-options.ts';
import { defaultCountryOption, type NumberOptions, readPeople } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { EXIT, exitCodeOfProblems } from '../run/exit-code.ts';
import { thrown } from '../run/failure.ts';
import { dieBy, listenForShutdown } from '../run/shutdown.ts';
import { barProgress } from '../screen/progress.ts';
import { needCampaign } from './permissions-list.ts';

interface CheckOptions extends NumberOptions {
  readonly campaign?: string;
  readonly allExpired?: true;
  readonly sender?: string;
  readonly json?: true;
}

const HELP = `
Webhooks tell what people answer; this is for what no webhook told: deliveries that were missed, \
permissions given before callpermit was there, times that are over. Meta allows 100 such questions \
a second; CALL_PERMISSION_CHECKS_PER_SECOND (80) are asked, fewer where Meta says that it is too \
fast. 100,000 people take some 20 minutes.

Each person is asked about with the senders that know them in the book; a number that is in no book, \
with each sender of the settings.

Exit code:
  0  Meta said of everybody what they allow
  1  wrong use
  2  of some it did not
  3  stopped: the token or the sender is refused
  4  database or Graph API out of reach

Examples:
  callpermit permissions check +16505551234
  callpermit permissions check --campaign ID
  callpermit permissions check --all-expired --json`;

/** Adds `check`. */
export function addPermissionsCheck(permissions: Command, cli: Cli): void {
  permissions
    .command('check')
    .argument('[numbers...]', 'phone numbers, like +16505551234, or user ids, like US.1349')
    .summary('ask Meta what people allow, and correct the book')
    .description('Asks Meta what people allow, and corrects the book by what it says.')
    .addOption(campaignOption())
    .option('--all-expired', 'everybody whose permission is over')
    .option('--sender <id>', 'only with this sender (phone number id)', senderId)
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'end standard output with one JSON object')
    .addHelpText('after', HELP)
    .action((numbers: readonly string[], options: CheckOptions) => check(cli, numbers, options));
}

async function check(cli: Cli, numbers: readonly string[], options: CheckOptions): Promise<void> {
  const named = [numbers.length > 0, options.campaign !== undefined, options.allExpired === true];
  if (named.filter(Boolean).length !== 1)
    throw thrown(
      problem('USAGE', 'Expected numbers, or --campaign, or --all-expired: one of them.', {
        next: 'See: callpermit permissions check --help',
      }),
    );
  const people = await readPeople(cli, numbers, options);
  const stoppedBy = await withApp(cli, { name: 'permissions', queue: 'none' }, async (app) => {
    await needCampaign(app, options.campaign);
    const wanted = () => wantedOf(app, people, options);
    const total = await sizeOf(wanted());
    const { end, by } = await askAll(cli, app, wanted(), total);
    print(cli, end, { total, json: options.json === true });
    return by;
  });
  if (stoppedBy !== undefined) dieBy(stoppedBy);
}

/** Whom to ask about, with which sender. */
async function* wantedOf(
  app: App,
  people: readonly string[],
  { campaign: campaignId, sender: senderId }: CheckOptions,
): AsyncGenerator<ToCheck> {
  if (people.length === 0) {
    const states = campaignId === undefined ? (['expired'] as const) : undefined;
    const found = app.ledger.book.entries(bookFilter({ campaignId, states, senderId }));
    for await (const entry of found) yield toCheckOf(entry);
  }
  for (const to of people) yield* await everySenderOf(app, to, senderId);
}

async function sizeOf(people: AsyncIterable<unknown>): Promise<number> {
  let n = 0;
  for await (const _ of people) n += 1;
  return n;
}

async function askAll(cli: Cli, app: App, people: AsyncIterable<ToCheck>, total: number) {
  const { terminal } = cli;
  const shutdown = listenForShutdown(() => terminal.note('Stopping; what Meta said is booked.'));
  const began = performance.now();
  const progress = terminal.isTerminal
    ? barProgress<{ readonly done: number; readonly changed: number }>(terminal, {
        of: ({ done }) => ({ value: done, total }),
        parts: ({ done, changed }) => [
          `${span((((performance.now() - began) / 1_000) * (total - done)) / done)} left`,
          `${count(done)}/${count(total)} asked`,
          `changed ${count(changed)}`,
        ],
      })
    : undefined;
  try {
    const end = await checkPeople(app, people, {
      signal: shutdown.signal,
      onProgress: ({ asked, changed }) => progress?.update({ done: asked, changed }),
    });
    return { end, by: shutdown.by };
  } finally {
    progress?.stop();
    shutdown.stopListening();
  }
}

function print(
  cli: Cli,
  end: CheckEnd,
  { total, json }: { readonly total: number; readonly json: boolean },
): void {
  const { asked, changed, failed, reasons, gaveUp } = end;
  const { note, noteLines } = cli.terminal;
  if (total === 0) note('There is nobody to ask about.');
  else
    note(
      `Meta was asked about ${count(asked)} of ${count(total)}: the book changed for ${count(changed)}, ${count(failed)} failed.`,
    );
  if (reasons.length > 0)
    noteLines(reasons.map(({ why, n }) => `  ${count(n)}: ${printable(why, 300)}`).join('\n'));
  const stop = gaveUp && problemWhile(gaveUp, 'ask on');
  if (stop !== undefined) note(`${stop.message}${stop.next === undefined ? '' : ` ${stop.next}`}`);
  if (json)
    cli.terminal.print(
      JSON.stringify({ total, asked, changed, failed, reasons, ...given({ error: stop }) }),
    );
  if (stop !== undefined)
    cli.exitCode =
      stop.code === 'GRAPH_UNREACHABLE' ? exitCodeOfProblems([stop.code]) : EXIT.paused;
  else if (failed > 0) cli.exitCode = EXIT.someLeft;
}
