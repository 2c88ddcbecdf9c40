/** `callpermit enqueue`: a list goes in; the running senders do the work. */
import type { Command } from 'commander';
import { figuresOf } from '../../core/pace/forecast.ts';
import { count, counted } from '../../telemetry/words.ts';
import { LIST_HELP, type ListOptions, withListOptions } from '../options/list-options.ts';
import { recordCommand } from '../run/audited.ts';
import type { Cli } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { dieBy, listenForShutdown, printStopped, StoppedBySignal } from '../run/shutdown.ts';
import { printExpected } from '../screen/forecast.ts';
import { printRefused } from '../screen/refused.ts';
import { campaignJson, stateLine } from '../screen/summary.ts';
import { printDryRun } from './dry-run.ts';
import { printWhoWorks } from './who-works.ts';

interface EnqueueOptions extends ListOptions {
  /** Commander's `--no-start`. */
  readonly start: boolean;
}

const HELP = `${LIST_HELP}

Prints the campaign's id. The queue need not be up: the list goes to the ledger.

Exit code:
  0  taken
  1  bad input
  2  taken, but some lines were refused or skipped
  4  database or Graph API out of reach

Examples:
  callpermit enqueue people.csv --template sample_cpr_template --language en
  id=$(callpermit enqueue people.csv -t sample_cpr_template -l en)
  callpermit campaign show $id --watch`;

/** Adds `enqueue`. */
export function addEnqueue(program: Command, cli: Cli): void {
  withListOptions(program.command('enqueue'))
    .option('--no-start', 'leave the campaign as a draft; `callpermit campaign start` starts it')
    .summary('hand a list to the running senders and print the campaign id')
    .description(
      'Makes and starts a campaign, prints its id, and leaves the work to the running `callpermit sender` or `callpermit up` processes.',
    )
    .addHelpText('after', HELP)
    .action((path: string, options: EnqueueOptions) => enqueue(cli, path, options));
}

async function enqueue(cli: Cli, path: string, options: EnqueueOptions): Promise<void> {
  const shutdown = listenForShutdown(() => cli.terminal.note('Stopping.'));
  try {
    const { takeList } = await import('./take-list.ts');
    const taken = await takeList(cli, {
      path,
      options,
      queue: 'none',
      name: 'enqueue',
      signal: shutdown.signal,
    });
    const { app, campaign, refused } = taken;
    try {
      if (options.dryRun) {
        printDryRun(cli, taken, options);
        return;
      }
      printExpected(cli, campaign);
      const stands = await app.ledger.campaigns.get(campaign.id);
      if (stands === undefined) throw new Error(`campaign ${campaign.id} vanished from the ledger`);
      cli.terminal.about(`campaign ${stands.id}, ${stands.state}`);
      cli.acting.at = stands.id;
      await recordCommand(cli, app);
      const known = campaign.created ? '' : ' (known already under this key)';
      cli.terminal.note(
        `Campaign ${stands.id} is ${stateLine(stands)}${known}: ${counted(campaign.lines, 'line', 'lines')}, ` +
          `${counted(campaign.doubles, 'double', 'doubles')} skipped, ${count(stands.refusedLines)} refused.`,
      );
      if (stands.state === 'running') await printWhoWorks(cli, app, stands);
      printRefused(cli, refused);
      const { doubles, created } = campaign;
      cli.terminal.print(
        options.json
          ? JSON.stringify({
              ...campaignJson(stands),
              created,
              doubles,
              ...(campaign.forecast === undefined
                ? {}
                : { forecast: figuresOf(campaign.forecast) }),
            })
          : stands.id,
      );
      if (stands.refusedLines + doubles > 0) cli.exitCode = EXIT.someLeft;
    } finally {
      await app.close();
    }
  } catch (error) {
    if (!(error instanceof StoppedBySignal)) throw error;
    const message = 'The list was not read to its end and nobody will be asked.';
    printStopped(cli, options.json, message);
  }
  shutdown.stopListening();
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}
