/** `callpermit forget`: one person is erased. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { requireForgetKey } from '../../config/require.ts';
import { maskPhone } from '../../core/people/mask-phone.ts';
import { isUserId } from '../../core/people/user-id.ts';
import { numbersOption } from '../options/column-options.ts';
import { defaultCountryOption, type NumberOptions, readNumbers } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { unwrap } from '../run/failure.ts';
import { count } from '../screen/table.ts';

interface Options extends NumberOptions {
  readonly yes?: true;
  readonly json?: true;
}

const HELP = `
What counts stays: states, times, deliveries, answers. An opt-out and the pair limit stay too, as a hash by \
FORGET_KEY; the same key is needed for good, wherever lists come in. A request that is being sent is waited for.

Not reached are backups, logs of others and files that you exported. With several machines, run it once on each: \
each has a folder of its own (DATA_DIR) for outcomes that wait.

Examples:
  callpermit forget +16505551234
  callpermit forget US.13491208655302741918 --yes`;

const WAITS = {
  sending: 'A request to this person is being sent; its answer is waited for.',
  applying: 'What Meta told of this person is being applied; it is waited for.',
} as const;

/** Adds `forget`. */
export function addForget(program: Command, cli: Cli): void {
  program
    .command('forget')
    .argument('<person>', 'a phone number, like +16505551234, or a user id of Meta')
    .summary('erase a person, wherever they stand')
    .description(
      'Erases a person from the ledger: numbers, ids, names, parameters and references, in all campaigns and in what Meta sent. It cannot be undone.',
    )
    .option(
      '-y, --yes',
      'ask nothing; where standard input is no terminal, nothing is asked anyway',
    )
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((person: string, options: Options) => forget(cli, person, options));
}

async function forget(cli: Cli, person: string, options: Options): Promise<void> {
  unwrap(requireForgetKey(cli.config()));
  const [name = ''] = isUserId(person) ? [person] : await readNumbers(cli, [person], options);
  if (!options.yes && process.stdin.isTTY && !(await isSure(cli, person))) {
    cli.terminal.note('Nothing was erased.');
    if (options.json) cli.terminal.print(JSON.stringify({ forgotten: false }));
    cli.exitCode = EXIT.wrong;
    return;
  }
  const { forgetPerson } = await import('../../campaign/forget-person.ts');
  const { systemClock } = await import('../../telemetry/clock.ts');
  await withApp(cli, { name: 'forget', queue: 'look' }, async (app) => {
    cli.terminal.note('All requests and deliveries are looked through.');
    let told: string | undefined;
    const done = unwrap(
      await forgetPerson(
        {
          ledger: app.ledger,
          spool: await app.spool(),
          intakeQueue: await app.intakeQueue(),
          defaultCountry: options.defaultCountry ?? app.config.defaultCountry,
        },
        {
          name,
          clock: systemClock,
          onWait(what) {
            if (told !== what) cli.terminal.note(WAITS[what]);
            told = what;
          },
        },
      ),
    );
    const { requests, skipped, deliveries, spooled, jobs, optedOut } = done;
    const bars = optedOut ? 'The opt-out stays, as a hash.' : 'They had not opted out.';
    cli.terminal.note(
      `Forgotten: ${count(requests)} requests (${count(skipped)} had waited and are skipped), ${count(deliveries)} deliveries, ${count(spooled)} outcomes in DATA_DIR, ${count(jobs)} jobs of the intake queue. ${bars}`,
    );
    if (options.json)
      cli.terminal.print(
        JSON.stringify({ forgotten: true, requests, skipped, deliveries, spooled, jobs, optedOut }),
      );
  });
}

async function isSure(cli: Cli, person: string): Promise<boolean> {
  const shown = isUserId(person) ? person : maskPhone(person);
  const lines = createInterface({ input: process.stdin, output: cli.terminal.err });
  try {
    const answer = await lines.question(
      `Erase ${shown} from the ledger? It cannot be undone. Sure? (yes/no) `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
