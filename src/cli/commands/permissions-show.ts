/** `callpermit permissions show`: one person, with each sender: what is allowed, what happened, whether they opted out. */
import type { Command } from 'commander';
import type { BookEntry } from '../../core/ports/index.ts';
import { lookAtPerson, type Person } from '../../replies/look-at-person.ts';
import { when } from '../../telemetry/times.ts';
import { numbersOption } from '../options/column-options.ts';
import { defaultCountryOption, type NumberOptions, readPeople } from '../options/phone-numbers.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { callsText, eventText, stateText } from '../screen/person.ts';
import { table } from '../screen/table.ts';

interface ShowOptions extends NumberOptions {
  readonly json?: true;
}

const HELP = `
A person is one person under all names that are known to be theirs: number, wa_id, user id. Meta \
allows 100 connected calls in 24 hours. After two calls in a row that nobody took it asks them to \
think again, and the fourth takes the permission back.

Examples:
  callpermit permissions show +16505551234
  callpermit permissions show US.13491208655302741918 --json`;

/** Adds `show`. */
export function addPermissionsShow(permissions: Command, cli: Cli): void {
  permissions
    .command('show')
    .argument('<number>', 'phone number, like +16505551234, or a user id, like US.1349')
    .summary('one person: each sender, what happened, the opt-out list')
    .description(
      'Shows what one person allows each sender, what happened so far, and whether they opted out.',
    )
    .addOption(defaultCountryOption())
    .addOption(numbersOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((number: string, options: ShowOptions) => show(cli, number, options));
}

async function show(cli: Cli, number: string, options: ShowOptions): Promise<void> {
  const [to = ''] = await readPeople(cli, [number], options);
  const person = await withApp(cli, { name: 'permissions', queue: 'none' }, (app) =>
    lookAtPerson(app, to),
  );
  const { print, printLines, note, width } = cli.terminal;
  if (options.json) {
    print(JSON.stringify(person));
    return;
  }
  const text = personText(person, width.out);
  if (text === '') note(`No permission is known of ${to}.`);
  else printLines(text);
  if (person.optOut !== null) {
    const { source, addedAt } = person.optOut;
    note(
      `${to} is on the opt-out list since ${when(addedAt)} (${source}): see \`callpermit suppress list\`.`,
    );
  }
}

function personText({ permissions, calls, history }: Person, columns: number | undefined): string {
  const senders = [...new Set([...permissions, ...calls].map((one) => one.senderId))].toSorted();
  const rows = senders.flatMap((senderId) => [
    ...permissions
      .filter((one) => one.senderId === senderId)
      .map((one) => [senderId, stateText(one)]),
    ...calls.filter((one) => one.senderId === senderId).map((one) => ['', callsText(one)]),
  ]);
  const several = senders.length > 1;
  const events = history.map((one) => [
    when(one.at),
    ...(several ? [one.senderId] : []),
    eventText(one),
  ]);
  const parts = [
    ...names(permissions),
    ...(rows.length === 0 ? [] : [table([['sender', 'what they allow'], ...rows], [], columns)]),
    ...(events.length === 0
      ? []
      : [
          table(
            [['when', ...(several ? ['sender'] : []), 'what happened'], ...events],
            [],
            columns,
          ),
        ]),
  ];
  return parts.join('\n\n');
}

/** The other names of the person; nothing where the number is the only one. */
function names(permissions: readonly BookEntry[]): readonly string[] {
  const known = permissions.flatMap(({ to, waId, userId }) => [
    ...(waId === null || to === `+${waId}` ? [] : [`wa_id ${waId}`]),
    ...(userId === null || userId === to ? [] : [`user id ${userId}`]),
  ]);
  return known.length === 0 ? [] : [[...new Set(known)].join(', ')];
}
