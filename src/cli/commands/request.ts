/** `callpermit request`: one person, now, ahead of every list; waits for what becomes of it. */
import { type Command, Option } from 'commander';
import type { SingleRequest } from '../../campaign/request-options.ts';
import { requireSender } from '../../config/require.ts';
import { numbersOption } from '../options/column-options.ts';
import { repeatable, seconds } from '../options/options.ts';
import { readParameters } from '../options/parameters.ts';
import { defaultCountryOption } from '../options/phone-numbers.ts';
import { instant } from '../options/when-options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { unwrap } from '../run/failure.ts';
import { dieBy, listenForShutdown, printStopped, StoppedBySignal } from '../run/shutdown.ts';
import { endWith } from '../run/unsettled.ts';
import { standingLines } from '../screen/standing.ts';
import { campaignJson } from '../screen/summary.ts';

interface RequestOptions extends Omit<SingleRequest, 'to' | 'parameters' | 'notAfter'> {
  readonly param?: readonly string[];
  readonly expireAt?: Date;
  readonly wait: number;
  readonly json?: true;
}

const HELP = `
A running \`callpermit sender\` or \`callpermit up\` sends it, before anybody on a list; where none \
runs, this process sends it, together with what else is due, as a sender does. Ends when it is known \
what became of it, when it can go on only later (it says when), or after --wait seconds. The request \
stays in the ledger after that, and after Ctrl-C.

--param fills the template's variables: in order for a positional template, as name=text for a named \
one. A text that itself looks like name=text goes by its number: --param 1=a=b. header=text fills \
the header.

Exit code:
  0  accepted, or granted already
  1  bad input
  2  rejected, skipped, expired, uncertain, or it waits
  3  paused by us (token, template, sender)
  4  database, queue or Graph API out of reach

Examples:
  callpermit request +16505551234 -t sample_cpr_template -l en --param Ann
  callpermit request "(650) 555-1234" --default-country US -t order_call \\
    -l en_US --param name=Ann --param order=1001 --reference order-1001 --json
  callpermit request +16505551234 -t sample_cpr_template -l en --param Ann \\
    --wait 0 --idempotency-key ticket-77     # hand it over, do not wait`;

/** Adds `request`. */
export function addRequest(program: Command, cli: Cli): void {
  program
    .command('request')
    .summary('ask one person now, ahead of every list, and wait for the outcome')
    .description(
      'Asks one person for permission to call, ahead of every list, and waits for what becomes of it.',
    )
    .argument('<number>', 'phone number, like +16505551234')
    .requiredOption('-t, --template <name>', 'name of the approved template')
    .requiredOption('-l, --language <code>', "the template's language, like en or pt_BR")
    .option(
      '--param <text>',
      "text for the template's next variable, or name=text; once for each variable",
      repeatable,
    )
    .option(
      '--reference <text>',
      'your own name for this person; it stands in the result and in exports',
    )
    .option('--sender <id>', 'phone number id to ask from, where there are several')
    .addOption(
      new Option(
        '--on-pair-limit <what>',
        'where the person was asked too often lately (once in 24 hours, twice in 7 days): wait until they may be asked (the default), or skip',
      ).choices(['wait', 'skip']),
    )
    .option('--include-granted', 'ask also if a permission still holds')
    .option(
      '--include-declined',
      'ask also if the person declined, or Meta took the permission back, within the last seven days, or the person took it back',
    )
    .option('--expire-at <time>', 'do not ask after this time, like 2026-12-01T09:00:00Z', instant)
    .option(
      '--idempotency-key <key>',
      'your own key: the same request again under the same key asks nobody twice',
    )
    .option('--skip-preflight', 'do not ask Meta first whether template, parameters and number fit')
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option(
      '--wait <seconds>',
      'how long to wait for the outcome; 0 hands the request over and does not wait',
      seconds,
      60,
    )
    .option('--json', 'end standard output with one JSON object')
    .addHelpText('after', HELP)
    .action((to: string, options: RequestOptions) => request(cli, to, options));
}

async function request(cli: Cli, to: string, options: RequestOptions): Promise<void> {
  const sender = unwrap(requireSender(cli.config(), options.sender)).phoneNumberId;
  const parameters = unwrap(readParameters(options.param ?? []));
  const { param: _param, expireAt, wait, json, ...how } = options;
  const asked = { ...how, to, sender, parameters, notAfter: expireAt };
  const shutdown = listenForShutdown(() => {
    cli.terminal.note('Stopping. Press Ctrl-C again to leave at once.');
  });
  try {
    await withApp(cli, { name: 'request', queue: 'lazy', signal: shutdown.signal }, async (app) => {
      const { askOne } = await import('./ask-one.ts');
      const { id, created } = await askOne(cli, app, {
        asked,
        waitMs: wait * 1_000,
        signal: shutdown.signal,
      });
      cli.acting.at = id;
      const { awaitOutcome } = await import('../../campaign/await-outcome.ts');
      const stands = await awaitOutcome(app, id, { waitMs: 0 });
      const campaign = await app.ledger.campaigns.get(id);
      if (campaign === undefined) throw new Error(`request ${id} vanished from the ledger`);
      for (const line of standingLines(stands, cli.terminal.paint)) cli.terminal.note(line);
      const stopped = shutdown.by === undefined ? {} : { stoppedBy: shutdown.by };
      const all = { ...stands, ...campaignJson(campaign), created, ...stopped };
      if (json) cli.terminal.print(JSON.stringify(all));
      endWith(cli, exitCodeOf(campaign));
    });
  } catch (cause) {
    if (!(cause instanceof StoppedBySignal)) throw cause;
    const message = 'Stopped before the request was made: nobody is asked.';
    printStopped(cli, json, message);
  }
  shutdown.stopListening();
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}
