/** `callpermit key`: keys by which other services call the HTTP API, each with a name and a scope. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isKeyName, KEY_SCOPES, type KeyScope } from '../../core/api-key.ts';
import type { ApiKey } from '../../core/ports/index.ts';
import { when } from '../../telemetry/times.ts';
import { createKey, revokeKey } from '../../users/manage-keys.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { unwrap } from '../run/failure.ts';
import { type ListingColumn, printListing } from '../screen/listing.ts';

interface Common {
  readonly json?: true;
}

interface CreateOptions extends Common {
  readonly scope: KeyScope;
}

interface ListOptions extends Common {
  readonly all?: true;
}

const SCOPES = `
Scopes, each with those before it:
  read   look at campaigns, requests, results
  send   make campaigns and requests, start, pause, resume and cancel them
  admin  everything else, too: what concerns the whole service`;

const HELP = `
${SCOPES.trimStart()}

The ledger keeps a hash of each key, so a key that was lost is made anew. Keys of API_KEYS are not among these; they \
have the scope admin.

Examples:
  callpermit key create crm --scope send
  callpermit key list
  callpermit key revoke crm`;

/** Adds `key` with its subcommands. */
export function addKey(program: Command, cli: Cli): void {
  const key = program
    .command('key')
    .summary('keys by which other services call the HTTP API')
    .description('Makes, lists and revokes keys of the HTTP API, each with a name and a scope.')
    .addHelpText('after', `\n${HELP}`);
  key
    .command('create')
    .argument('<name>', 'whose key it is: letters, digits and ._- , up to 64', keyName)
    .summary('make a key; it is shown this once')
    .description(
      'Makes a key and prints it on standard output. It is shown this once: the ledger keeps its hash only.',
    )
    .addOption(
      new Option('--scope <scope>', 'what it may do').choices(KEY_SCOPES).makeOptionMandatory(),
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${SCOPES}\n\nExamples:\n  callpermit key create crm --scope send\n  callpermit key create dashboard --scope read --json`,
    )
    .action((name: string, options: CreateOptions) => create(cli, name, options));
  key
    .command('list')
    .summary('the keys in force, with scope and last use')
    .description('Lists the keys in force: name, scope, when made and last used (to the minute).')
    .option('--all', 'those that are revoked, too')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExamples:\n  callpermit key list\n  callpermit key list --all --json')
    .action((options: ListOptions) => list(cli, options));
  key
    .command('revoke')
    .argument('<key>', 'its name, or its id')
    .summary('have a key refused from now on')
    .description(
      'Revokes a key: each process refuses it from its next request on. It cannot be undone; its name may be given to another.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit key revoke crm')
    .action((idOrName: string, options: Common) => revoke(cli, idOrName, options));
}

function keyName(text: string): string {
  if (isKeyName(text)) return text;
  throw new InvalidArgumentError(
    'Expected 1 to 64 letters, digits and ._- , a letter or digit first, and not the form of an id',
  );
}

async function create(cli: Cli, name: string, { scope, json }: CreateOptions): Promise<void> {
  await withApp(cli, { name: 'key', queue: 'none' }, async ({ ledger }) => {
    const made = unwrap(await createKey(ledger.keys, { name, scope }));
    cli.terminal.note(
      `Key "${name}" is made, scope ${scope}, id ${made.id}. It is shown this once:`,
    );
    if (json) cli.terminal.print(JSON.stringify({ ...toJson(made), key: made.key }));
    else cli.terminal.print(made.key);
  });
}

const COLUMNS: readonly ListingColumn<ApiKey>[] = [
  { head: 'name', width: 16, of: ({ name }) => name },
  { head: 'scope', width: 5, of: ({ scope }) => scope },
  { head: 'last used', width: 21, of: ({ lastUsedAt: at }) => (at === null ? 'never' : when(at)) },
  { head: 'id', width: 20, of: ({ id }) => id },
  { head: '', of: ({ revokedAt: at }) => (at === null ? '' : `revoked ${when(at)}`) },
];

async function list(cli: Cli, { all, json }: ListOptions): Promise<void> {
  await withApp(cli, { name: 'key', queue: 'none' }, async ({ ledger }) => {
    async function* items() {
      for (const key of await ledger.keys.list()) if (all || key.revokedAt === null) yield key;
    }
    await printListing<ApiKey>(cli, {
      items: items(),
      columns: COLUMNS,
      name: 'keys',
      json: json === true,
      none: 'There is no key yet. Make one: callpermit key create NAME --scope send',
    });
  });
}

async function revoke(cli: Cli, idOrName: string, { json }: Common): Promise<void> {
  await withApp(cli, { name: 'key', queue: 'none' }, async ({ ledger }) => {
    const revoked = unwrap(await revokeKey(ledger.keys, idOrName));
    const { name, id, wasRevoked } = revoked;
    cli.terminal.note(
      wasRevoked
        ? `Key "${name}" (${id}) had been revoked already.`
        : `Key "${name}" (${id}) is revoked: it is refused from now on.`,
    );
    if (json) cli.terminal.print(JSON.stringify({ ...toJson(revoked), wasRevoked }));
  });
}

/** What is shown of a key; without what was added to it, such as the key. */
function toJson({ id, name, scope, createdAt, lastUsedAt, revokedAt }: ApiKey): ApiKey {
  return { id, name, scope, createdAt, lastUsedAt, revokedAt };
}
