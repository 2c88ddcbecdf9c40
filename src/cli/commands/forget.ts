/** `callpermit forget`: one person is erased. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ForgottenPerson } from '../../campaign/forget-person.ts';
import { requireForgetKey } from '../../config/require.ts';
import { maskPhone } from '../../core/people/mask-phone.ts';
import { isUserId } from '../../core/people/user-id.ts';
import { count, counted } from '../../telemetry/words.ts';
import { numbersOption } from '../options/column-options.ts';
import { defaultCountryOption, type NumberOptions, readPeople } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { EXIT } from '../run/exit-code.ts';
import { unwrap } from '../run/failure.ts';

interface Options extends NumberOptions {
  readonly yes?: true;
  readonly json?: true;
}

const HELP = `
What counts stays: states, times, deliveries, answers. What bars the person stays too, as a hash by FORGET_KEY: an \
opt-out, a permission that they took back themselves, and of the last seven days when they were asked, that they declined, \
and that Meta took a permission back. The same key is needed for good, wherever lists come in. A request that is being \
sent is waited for.

Nobody known by the number is no failure: that is said, and the exit code is 0 (--json: known is false). Where Meta told of them \
again meanwhile, that is said, and the exit code is 2 (--json: left is not 0).

Not reached are backups, logs of others and files that you exported. With several machines, run it once on each: \
each has a folder of its own (DATA_DIR) for outcomes that wait.

Examples:
  callpermit forget +16505551234
  callpermit forget US.13491208655302741918 --yes`;

const WAITS = {
  sending: 'A request to this person is being sent; its answer is waited for.',
  applying: 'What Meta told of this person is being applied; it is waited for.',
  telling: 'A subscriber is being told of this person; it is waited for.',
  busy: 'A list is being written, or somebody else is being forgotten; it is waited for.',
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
  const [name = ''] = await readPeople(cli, [person], options);
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
          uncertainCheckAfterMs: app.config.uncertainCheckAfterMs,
          intakeQueue: await app.intakeQueue(),
          eventQueue: await app.eventQueue(),
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
    cli.terminal.note(doneText(done, isUserId(person) ? 'id' : 'number'));
    if (done.left > 0) {
      cli.terminal.note(
        'Meta told of this person again meanwhile, and that is in the ledger: run the command again.',
      );
      cli.exitCode = EXIT.someLeft;
    }
    if (options.json) cli.terminal.print(JSON.stringify({ forgotten: !isNobody(done), ...done }));
  });
}

/** Nothing was there to erase. */
function isNobody({ known, spooled, jobs, eventJobs }: ForgottenPerson): boolean {
  return !known && spooled === 0 && jobs === 0 && eventJobs === 0;
}

function doneText(done: ForgottenPerson, by: 'id' | 'number'): string {
  const { requests, skipped, deliveries, spooled, jobs, eventJobs, optedOut } = done;
  if (isNobody(done)) {
    const before = optedOut ? ' Somebody of it was forgotten before, and their opt-out stays.' : '';
    return `Nobody is known by this ${by}: nothing was erased. Is it the right one?${before}`;
  }
  const erased = [
    `${counted(requests, 'request', 'requests')} (${count(skipped)} of them had waited and ${skipped === 1 ? 'is' : 'are'} skipped)`,
    counted(deliveries, 'delivery', 'deliveries'),
    `${counted(spooled, 'outcome', 'outcomes')} in DATA_DIR`,
    `${counted(jobs, 'job', 'jobs')} of the intake queue`,
    ...(eventJobs > 0
      ? [`${counted(eventJobs, 'event', 'events')} of the queue callpermit-events`]
      : []),
  ];
  const bars = optedOut ? 'The opt-out stays, as a hash.' : 'They had not opted out.';
  return `Forgotten: ${erased.join(', ')}. ${bars}`;
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
