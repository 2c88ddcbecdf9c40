/** `callpermit user`: people who log in by a browser, each with a role. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { User, UserSession } from '../../core/ports/index.ts';
import { isUserName, ROLES, type Role } from '../../core/user.ts';
import { when } from '../../telemetry/times.ts';
import { count, counted } from '../../telemetry/words.ts';
import type { UsersTarget } from '../../users/manage-users.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { thrown, unwrap } from '../run/failure.ts';
import { readNewPassword } from '../run/read-password.ts';
import { dieBy, StoppedBySignal } from '../run/shutdown.ts';
import { type ListingColumn, printListing } from '../screen/listing.ts';

interface Common {
  readonly json?: true;
}

interface PasswordOptions extends Common {
  readonly passwordStdin?: true;
}

const OPEN = { name: 'user', queue: 'none' } as const;

const ROLES_HELP = `
Roles, each with those before it:
  viewer    looks at campaigns, requests, permissions, queues
  operator  asks people, steers campaigns, keeps the opt-out list, reads the audit log
  admin     everything else, too: templates, events, keys, users`;

const HELP = `
${ROLES_HELP.trimStart()}

Users log in at /login, which opens the dashboard (/queues) and the API's pages (/docs), and by POST /v1/session. \
Programs have keys instead: callpermit key --help

A password has at least 10 characters and at most 200 bytes. The ledger keeps a hash of it. It is asked for on a \
terminal, or read from standard input; as an argument everybody on the machine would see it.

Examples:
  callpermit user add ann --role admin
  pass show callpermit/bob | callpermit user add bob --role viewer --password-stdin
  callpermit user role bob operator
  callpermit user sessions bob --end`;

/** Adds `user` with its subcommands. */
export function addUserCommand(program: Command, cli: Cli): void {
  const user = program
    .command('user')
    .summary('people who log in by a browser, each with a role')
    .description('Makes, lists, changes and removes users, and logs them out.')
    .addHelpText('after', `\n${HELP}`);
  withPassword(user.command('add').addOption(roleOption()))
    .argument('<name>', 'letters, digits and ._@+- , up to 128; capitals do not matter', userName)
    .summary('let somebody log in')
    .description('Makes a user. The password is asked for twice, and not shown.')
    .addHelpText('after', `${ROLES_HELP}\n\nExample:\n  callpermit user add ann --role operator`)
    .action((name: string, options: PasswordOptions & { readonly role: Role }) =>
      add(cli, name, options),
    );
  user
    .command('list')
    .summary('who may log in, with role and last log-in')
    .description('Lists the users: role, last log-in, sessions in force, and who is disabled.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit user list')
    .action((options: Common) => list(cli, options));
  user
    .command('role')
    .argument('<name>', 'whose')
    .argument('<role>', 'viewer, operator or admin', role)
    .summary('give somebody another role')
    .description('Gives a user another role; it holds from their next request on.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `${ROLES_HELP}\n\nExample:\n  callpermit user role bob operator`)
    .action((name: string, to: Role, options: Common) =>
      change(cli, name, { role: to }, `User "${name}" is ${to} now.`, options),
    );
  withPassword(user.command('password'))
    .argument('<name>', 'whose')
    .summary('give somebody another password, and log them out')
    .description('Sets another password. All sessions of the user end.')
    .addHelpText('after', '\nExample:\n  callpermit user password bob')
    .action((name: string, options: PasswordOptions) => setPassword(cli, name, options));
  user
    .command('disable')
    .argument('<name>', 'whom')
    .summary('let somebody log in no more, and log them out')
    .description('Disables a user: all sessions end at once, and none begins.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit user disable bob')
    .action((name: string, options: Common) =>
      change(cli, name, { disabled: true }, `User "${name}" is disabled and logged out.`, options),
    );
  user
    .command('enable')
    .argument('<name>', 'whom')
    .summary('let somebody log in again')
    .description('Enables a user who was disabled; they log in with the password they had.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit user enable bob')
    .action((name: string, options: Common) =>
      change(cli, name, { disabled: false }, `User "${name}" may log in.`, options),
    );
  user
    .command('remove')
    .argument('<name>', 'whom')
    .summary('remove a user, and log them out')
    .description('Removes a user. What they did stays in the audit log, under their name.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit user remove bob')
    .action((name: string, options: Common) => remove(cli, name, options));
  user
    .command('sessions')
    .argument('<name>', 'whose')
    .summary("somebody's sessions, or the end of all of them")
    .description(
      'Lists the sessions in force: since when, from where, when last used (to the minute).',
    )
    .option('--end', 'end all of them: each process refuses them from its next request on')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit user sessions bob\n  callpermit user sessions bob --end',
    )
    .action((name: string, options: Common & { readonly end?: true }) =>
      sessions(cli, name, options),
    );
}

function roleOption(): Option {
  return new Option('--role <role>', 'what they may do').choices(ROLES).makeOptionMandatory();
}

function withPassword(command: Command): Command {
  return command
    .option('--password-stdin', 'read the password from the first line of standard input')
    .option('--json', 'print one JSON object');
}

function userName(text: string): string {
  if (isUserName(text)) return text;
  throw new InvalidArgumentError(
    'Expected 1 to 128 letters, digits and ._@+- , a letter or digit first',
  );
}

function role(text: string): Role {
  const found = ROLES.find((one) => one === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Expected one of ${ROLES.join(', ')}`);
}

async function targetOf({ users }: { readonly users: UsersTarget['users'] }): Promise<UsersTarget> {
  const { passwordHashes } = await import('../../users/hash-queue.ts');
  return { users, hashes: passwordHashes() };
}

/** The password; a person who stops before has changed nothing. */
async function asked(cli: Cli, { passwordStdin }: PasswordOptions): Promise<string | undefined> {
  try {
    return await readNewPassword(cli, { fromStdin: passwordStdin === true });
  } catch (error) {
    if (!(error instanceof StoppedBySignal)) throw error;
    dieBy(error.signal);
    return undefined;
  }
}

async function add(
  cli: Cli,
  name: string,
  options: PasswordOptions & { readonly role: Role },
): Promise<void> {
  const password = await asked(cli, options);
  if (password === undefined) return;
  const { addUser } = await import('../../users/manage-users.ts');
  await withApp(cli, OPEN, async ({ ledger }) => {
    const made = unwrap(
      await addUser(await targetOf(ledger), { name, role: options.role, password }),
    );
    cli.terminal.note(`User "${made.name}" is made, role ${made.role}. They log in at /login.`);
    if (options.json) cli.terminal.print(JSON.stringify(toJson(made)));
  });
}

async function setPassword(cli: Cli, name: string, options: PasswordOptions): Promise<void> {
  const password = await asked(cli, options);
  if (password === undefined) return;
  await change(
    cli,
    name,
    { password },
    `User "${name}" has another password, and is logged out everywhere.`,
    options,
  );
}

async function change(
  cli: Cli,
  name: string,
  to: { readonly role?: Role; readonly password?: string; readonly disabled?: boolean },
  told: string,
  { json }: Common,
): Promise<void> {
  const { changeUser } = await import('../../users/manage-users.ts');
  await withApp(cli, OPEN, async ({ ledger }) => {
    const changed = unwrap(await changeUser(await targetOf(ledger), name, to));
    cli.terminal.note(told);
    if (json) cli.terminal.print(JSON.stringify(toJson(changed)));
  });
}

async function remove(cli: Cli, name: string, { json }: Common): Promise<void> {
  const { removeUser } = await import('../../users/manage-users.ts');
  await withApp(cli, OPEN, async ({ ledger }) => {
    const removed = unwrap(await removeUser({ users: ledger.users }, name));
    cli.terminal.note(`User "${removed.name}" is removed and logged out.`);
    if (json) cli.terminal.print(JSON.stringify(toJson(removed)));
  });
}

type Listed = ReturnType<typeof toJson> & { readonly sessions: number };

const COLUMNS: readonly ListingColumn<Listed>[] = [
  { head: 'name', width: 20, of: ({ name }) => name },
  { head: 'role', width: 8, of: ({ role: one }) => one },
  {
    head: 'last log-in',
    width: 21,
    of: ({ lastLogInAt: at }) => (at === null ? 'never' : when(at)),
  },
  { head: 'sessions', width: 8, of: (one) => count(one.sessions) },
  { head: '', of: ({ disabled }) => (disabled ? 'disabled' : '') },
];

async function list(cli: Cli, { json }: Common): Promise<void> {
  await withApp(cli, OPEN, async ({ ledger }) => {
    async function* items() {
      for (const one of await ledger.users.list()) yield { ...toJson(one), sessions: one.sessions };
    }
    await printListing(cli, {
      items: items(),
      columns: COLUMNS,
      name: 'users',
      json: json === true,
      none: 'Nobody can log in yet. Make the first: callpermit user add NAME --role admin',
    });
  });
}

const SESSION_COLUMNS: readonly ListingColumn<UserSession>[] = [
  { head: 'since', width: 21, of: ({ createdAt }) => when(createdAt) },
  { head: 'last seen', width: 21, of: ({ lastSeenAt }) => when(lastSeenAt) },
  { head: 'from', width: 15, of: ({ address }) => address },
  { head: 'ends', of: ({ endsAt }) => when(endsAt) },
];

async function sessions(
  cli: Cli,
  name: string,
  { end, json }: Common & { readonly end?: true },
): Promise<void> {
  cli.acting.isSettled = end !== true;
  const { noUser } = await import('../../users/manage-users.ts');
  await withApp(cli, OPEN, async ({ ledger: { users } }) => {
    if ((await users.find(name, '')) === undefined) throw thrown(noUser());
    if (end) {
      const ended = await users.end({ name });
      cli.terminal.note(`${counted(ended, 'session is', 'sessions are')} ended.`);
      if (json) cli.terminal.print(JSON.stringify({ ended }));
      return;
    }
    async function* items() {
      yield* await users.sessions(name);
    }
    await printListing(cli, {
      items: items(),
      columns: SESSION_COLUMNS,
      name: 'sessions',
      json: json === true,
      none: `"${name}" is logged in nowhere.`,
    });
  });
}

function toJson({ name, role: one, createdAt, lastLogInAt, disabledAt }: User) {
  return { name, role: one, disabled: disabledAt !== null, createdAt, lastLogInAt };
}
