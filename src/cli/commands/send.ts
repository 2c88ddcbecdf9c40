/** `callpermit send`: a list goes in, and this process works on it until it is done. */
import type { Command } from 'commander';
import type { CampaignSummary } from '../../core/campaign.ts';
import { figuresOf } from '../../core/pace/forecast.ts';
import type { CampaignProgress } from '../../core/ports/index.ts';
import { openCount } from '../../core/request.ts';
import { counted } from '../../telemetry/words.ts';
import type { App } from '../../wiring.ts';
import { LIST_HELP, type ListOptions, withListOptions } from '../options/list-options.ts';
import { recordCommand } from '../run/audited.ts';
import type { Cli } from '../run/cli.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import {
  dieBy,
  listenForShutdown,
  printStopped,
  type Shutdown,
  StoppedBySignal,
} from '../run/shutdown.ts';
import { closeSenders, endWith } from '../run/unsettled.ts';
import { printExpected } from '../screen/forecast.ts';
import { printRefused } from '../screen/refused.ts';
import { campaignJson, printSummary } from '../screen/summary.ts';
import { printDryRun } from './dry-run.ts';
import { showProgress } from './show-progress.ts';
import type { Taken } from './take-list.ts';

const HELP = `${LIST_HELP}

Ends when everybody has an outcome, when the campaign is paused, or when only people are left who \
are due more than five minutes ahead. Ctrl-C finishes what is in flight and loses nothing.

Exit code:
  0  everybody was accepted
  1  bad input
  2  some were rejected, skipped, refused or are uncertain, or are due later
  3  paused by us (token, template, sender)
  4  database, queue or Graph API out of reach

Examples:
  callpermit send people.csv --template sample_cpr_template --language en
  callpermit send people.csv -t sample_cpr_template -l en --refused refused.csv
  zcat people.ndjson.gz | callpermit send - --idempotency-key march-1 \\
    -t sample_cpr_template -l en --json`;

/** Adds `send`. */
export function addSend(program: Command, cli: Cli): void {
  withListOptions(program.command('send'))
    .summary('ask everybody on a list, now, in this process')
    .description(
      'Asks everybody on a list for permission to call them. The work is done in this process, with a progress bar, beside any other senders that run.',
    )
    .addHelpText('after', HELP)
    .action((path: string, options: ListOptions) => send(cli, path, options));
}

async function send(cli: Cli, path: string, options: ListOptions): Promise<void> {
  let phase: 'reading' | 'sending' = 'reading';
  const shutdown = listenForShutdown(() => {
    const what = phase === 'reading' ? 'Stopping.' : 'Finishing what is in flight, then stopping.';
    cli.terminal.note(`${what} Press Ctrl-C again to leave at once.`);
  });
  try {
    const { takeList } = await import('./take-list.ts');
    const taken = await takeList(cli, {
      path,
      options,
      queue: options.dryRun ? 'none' : 'needed',
      name: 'send',
      signal: shutdown.signal,
    });
    phase = 'sending';
    try {
      if (options.dryRun) printDryRun(cli, taken, options);
      else await work(cli, taken, options, shutdown);
    } finally {
      await taken.app.close();
    }
  } catch (cause) {
    if (!(cause instanceof StoppedBySignal)) throw cause;
    const again =
      options.idempotencyKey === undefined
        ? 'Nobody was asked. Run the same command again to start over.'
        : 'Nobody was asked. The same command with the same --idempotency-key reads the list again.';
    printStopped(cli, options.json, `Stopped by ${cause.signal} while reading.`, again);
  }
  shutdown.stopListening();
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}

async function work(
  cli: Cli,
  taken: Taken,
  options: ListOptions,
  shutdown: Shutdown,
): Promise<void> {
  const { app, campaign, refused } = taken;
  const { id, doubles } = campaign;
  printFound(cli, campaign);
  cli.terminal.about(`campaign ${id}`);
  cli.acting.at = id;
  await recordCommand(cli, app);
  printExpected(cli, campaign);
  const due =
    campaign.state === 'running' ? await sendUntilDone(cli, app, campaign, shutdown) : undefined;
  const ended = await summaryOf(app, id);
  const isCut = shutdown.by !== undefined && ended.state === 'running';
  printSummary(cli, ended, { doubles, ...(due === undefined || isCut ? {} : { due }) });
  printRefused(cli, refused);
  if (isCut) printHowToResume(cli, ended);
  if (options.json) {
    cli.terminal.print(
      JSON.stringify({
        ...campaignJson(ended),
        created: campaign.created,
        doubles,
        ...(campaign.forecast === undefined ? {} : { forecast: figuresOf(campaign.forecast) }),
        ...(due === undefined ? {} : { later: due.later, nextDueAt: due.nextDueAt }),
        ...(shutdown.by === undefined ? {} : { stoppedBy: shutdown.by }),
      }),
    );
  }
  endWith(cli, exitCodeOf(ended));
}

async function sendUntilDone(
  cli: Cli,
  app: App,
  handed: Taken['campaign'],
  { signal }: Shutdown,
): Promise<CampaignProgress | undefined> {
  const campaign = await summaryOf(app, handed.id);
  const senders = await app.runSenders(campaign.senderIds);
  try {
    // Of one that runs already nothing was foreseen when the list came in.
    const known = handed.started ? handed : undefined;
    return await showProgress(cli, app, campaign, { signal, known });
  } finally {
    await closeSenders(cli, senders);
  }
}

function printFound(cli: Cli, campaign: Taken['campaign']): void {
  const { note } = cli.terminal;
  if (campaign.created || campaign.started) {
    note(`Campaign ${campaign.id}: ${counted(campaign.added, 'person', 'people')} on the list.`);
  } else if (campaign.state === 'running') {
    note(`Campaign ${campaign.id} is running already under this key: helping with it.`);
  } else {
    note(`Campaign ${campaign.id} is ${campaign.state} already under this key: nothing is sent.`);
  }
}

function printHowToResume(cli: Cli, campaign: CampaignSummary): void {
  const open = openCount(campaign.counts);
  cli.terminal.noteLines(
    `Stopped with ${counted(open, 'person', 'people')} not asked yet. Any running \`callpermit sender\` goes on ` +
      `with ${open === 1 ? 'it' : 'them'}.\nTo go on from here:\n` +
      `  callpermit campaign resume ${campaign.id}\n  callpermit sender`,
  );
}

async function summaryOf(app: App, id: string): Promise<CampaignSummary> {
  const found = await app.ledger.campaigns.get(id);
  if (found === undefined) throw new Error(`campaign ${id} vanished from the ledger`);
  return found;
}
