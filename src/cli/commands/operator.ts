/** `callpermit campaign retry|settle`: an operator decides on requests that ended badly. */

import { type Command, Option } from 'commander';
import {
  RETRYABLE,
  type RetryOptions,
  retryAsAsked,
  settleRequest,
} from '../../campaign/operator.ts';
import { count } from '../../telemetry/words.ts';
import { errorCode, positive, someOf } from '../options/options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { unwrap } from '../run/failure.ts';
import { dieBy } from '../run/shutdown.ts';
import { linesOf } from '../screen/summary.ts';
import { doInParts } from './in-parts.ts';

interface Retry extends RetryOptions {
  readonly json?: true;
}

interface SettleOptions {
  readonly row: number;
  readonly as: 'accepted' | 'rejected';
  readonly json?: true;
}

/** Adds `retry` and `settle` under `campaign`. */
export function addOperator(campaign: Command, cli: Cli): void {
  campaign
    .command('retry')
    .argument('<id>', 'id of the campaign')
    .summary('ask those again that ended badly')
    .description(
      'Puts requests back to be asked once more: those that were rejected (by default), skipped or expired, or, only when you say so, the uncertain ones, who may have been asked already.',
    )
    .option('--code <n>', "only those with this error code of Meta's", errorCode)
    .option(
      '--status <states>',
      `only those in these states, with commas between: ${RETRYABLE.join(', ')} (else rejected)`,
      someOf(RETRYABLE),
    )
    .option(
      '--uncertain',
      'those whose outcome is not known, and no others: they may be asked a second time',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit campaign retry ID --code 131026\n  callpermit campaign retry ID --status skipped,expired\n  callpermit campaign retry ID --uncertain',
    )
    .action((id: string, options: Retry) => retry(cli, id, options));
  campaign
    .command('settle')
    .argument('<id>', 'id of the campaign')
    .summary('say what became of an uncertain request')
    .description(
      'Settles one request whose outcome is not known, when you know it (from the person, or from Meta). An acceptance that comes later still counts.',
    )
    .requiredOption('--row <n>', 'row of the list, as `export` shows it', positive)
    .addOption(
      new Option('--as <state>', 'what became of it')
        .choices(['accepted', 'rejected'])
        .makeOptionMandatory(),
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit campaign settle ID --row 17 --as accepted')
    .action((id: string, options: SettleOptions) => settle(cli, id, options));
}

async function retry(cli: Cli, id: string, options: Retry): Promise<void> {
  const stoppedBy = await withApp(cli, { name: 'campaign', queue: 'none' }, async (app) => {
    const before = await app.ledger.campaigns.get(id);
    const lines = before === undefined ? 0 : linesOf(before);
    const done = await doInParts(cli.terminal, { done: 'to be asked again', lines }, (how) =>
      retryAsAsked(app, { campaignId: id, options, ...how }),
    );
    const { retried, whole } = unwrap(done.result);
    const campaign = await app.ledger.campaigns.get(id);
    cli.terminal.about(`campaign ${id}, ${count(retried)} to be asked again`);
    cli.terminal.note(
      retried === 0 && whole
        ? `Nobody in campaign ${id} ended that way: nothing was changed.`
        : `${count(retried)} will be asked again; campaign ${id} is ${campaign?.state}. A running \`callpermit sender\` takes them.`,
    );
    if (!whole)
      cli.terminal.note('The rest of its list is as it was; this command said again goes on.');
    const { stoppedBy } = done;
    if (options.json)
      cli.terminal.print(JSON.stringify({ id, state: campaign?.state, retried, stoppedBy }));
    return stoppedBy;
  });
  if (stoppedBy !== undefined) dieBy(stoppedBy);
}

function settle(cli: Cli, id: string, options: SettleOptions): Promise<void> {
  return withApp(cli, { name: 'campaign', queue: 'none' }, async (app) => {
    const { state } = unwrap(
      await settleRequest(app, { campaignId: id, row: options.row, as: options.as }),
    );
    cli.terminal.about(`row ${options.row} of campaign ${id}, ${state}`);
    cli.terminal.note(`Row ${options.row} of campaign ${id} is ${state} now.`);
    if (options.json) cli.terminal.print(JSON.stringify({ id, row: options.row, status: state }));
  });
}
