/** The table of settings as people read it: `--help`, `docs/settings.md`, `.env.example`. */
import { listSettings, type Setting } from './settings.ts';

/** The settings as lines for `--help`. */
export function settingsHelp(): string {
  const settings = listSettings();
  const width = Math.max(...settings.map(({ name }) => name.length));
  return settings.map((s) => `  ${s.name.padEnd(width)}  ${s.text}${inForce(s)}`).join('\n');
}

/** `docs/settings.md`, as `npm run docs:settings` writes it. */
export function settingsMarkdown(): string {
  const sections = groups().map(([group, settings]) => {
    const rows = settings.map(
      (s) => `| \`${s.name}\` | ${s.default === undefined ? '' : `\`${s.default}\``} | ${s.text} |`,
    );
    return [
      `## ${group}`,
      '',
      '| setting | default | what it does |',
      '|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `${[MARKDOWN_HEAD, ...sections, MARKDOWN_DATABASE, MARKDOWN_POOLER, MARKDOWN_SENDERS].join('\n\n')}\n`;
}

/** `.env.example`, as `npm run docs:settings` writes it. */
export function envExample(): string {
  const sections = groups().map(([group, settings]) =>
    [`# --- ${group} ---`, ...settings.map((s) => `# ${s.text}${inForce(s)}\n${s.name}=`)].join(
      '\n',
    ),
  );
  return `${[ENV_HEAD, ...sections].join('\n\n')}\n`;
}

function inForce(s: Setting): string {
  return s.default === undefined ? '' : ` Default: ${s.default}`;
}

type Named = ReturnType<typeof listSettings>[number];

function groups(): readonly (readonly [string, readonly Named[]])[] {
  const settings = listSettings();
  return [...new Set(settings.map((s) => s.group))].map(
    (group) => [group, settings.filter((s) => s.group === group)] as const,
  );
}

const MARKDOWN_HEAD = `# Settings

Made from \`src/config/settings.ts\` by \`npm run docs:settings\`.

Settings are environment variables. A file \`.env\` in the working directory is read too; a variable
of the real environment wins. An empty value is an unset one. All wrong values are reported at once,
and \`callpermit doctor\` checks them against the services they name.`;

const MARKDOWN_DATABASE = `## The database

Postgres 15 to 18; an older server is refused at the start. The role needs no superuser and no special
privilege: it owns its database (\`create database callpermit owner callpermit\`), or may create in its
schema \`public\` and may create the schema \`bullmq\` (\`grant create on database\`).

A process holds at most 11 connections (\`api\` and \`up\` 3 more, for events): 5 to send, one that listens, up to 3 while
people look at campaigns or hand lists in, and up to 2 while somebody scrapes its metrics. Where the queue lives in the
database it holds another 5 and one for each of its senders, and one more
for a moment when it starts or when a connection does not answer. Twenty \`callpermit sender\` of one sender each:
120 with Redis, 240 without it, so set \`max_connections\` accordingly. The embedded Postgres takes 500; one that was
started by an older program takes 100 until all processes of its \`DATA_DIR\` have ended once.

Each statement of a sender ends after 20 s, and after 5 s of waiting for a lock, also behind a pooler. The
schema is brought up to date at each start, by whoever comes first: a migration waits two seconds for a table,
then lets the others pass and tries again. A program that is older than the ledger is refused at its start, one
that runs already may finish.

The Redis of \`REDIS_URL\` must keep what it is given: \`maxmemory-policy noeviction\`, and room (some 10 MB for 10,000 waiting jobs).`;

const MARKDOWN_POOLER = `## A pooler before the database

A pooler that pools transactions (pgbouncer with \`pool_mode = transaction\`, Supabase on port 6543, Neon's hosts with
\`-pooler\`) is found at each start and needs no setting; \`callpermit doctor\` says what was found. Tested with
pgbouncer 1.18. Behind it statements are not prepared, which costs Postgres some processor time, and what other processes
do is looked for four times a second: a pause reaches claims already made a quarter of a second later.

\`DATABASE_DIRECT_URL\` names the same database past the pooler, and what others do is told at once: one connection a
process, and one for each of its senders where the queue lives in the database. It must lead to the same ledger; a start
that needs it ends with 4 where it does not answer.

A pooler of sessions needs nothing. One of statements (\`pool_mode = statement\`) cannot be worked with.`;

const MARKDOWN_SENDERS = `## SENDERS_FILE

A JSON array, one object a sender. What a sender leaves out is taken from the environment.

\`\`\`json
[
  { "phoneNumberId": "109876543212002", "tokenFile": "/run/secrets/first", "messagesPerSecond": 80 },
  { "phoneNumberId": "109876543213003", "tokenVariable": "SECOND_TOKEN", "businessAccountId": "102290129340398" },
  { "phoneNumberId": "109876543214004", "portfolio": "second business", "dailyRecipientLimit": 2000 }
]
\`\`\`

A token is given as the name of a file (\`tokenFile\`, counted from the file it stands in, read again
when it changes), the name of a variable (\`tokenVariable\`), or itself (\`token\`).

Meta counts the people reached in a moving 24 hours per business portfolio, over all its numbers. Senders
with the same \`portfolio\` (any name) share one budget, and so do those that name none. It is the lowest
of what its senders have: each its \`dailyRecipientLimit\`, else \`DAILY_RECIPIENT_LIMIT\`, else what Meta
says of the number (\`whatsapp_business_manager_messaging_limit\`).`;

const ENV_HEAD = `# Copy to .env and fill in. An empty value is an unset one.
# Made from src/config/settings.ts by \`npm run docs:settings\`.

# --- docker-compose.yml only ---
# Password of its Postgres: letters and digits, for it stands in a URL (openssl rand -hex 24).
# There DATABASE_URL, REDIS_URL, HOST and PORT are set by docker-compose.yml and not read from here.
POSTGRES_PASSWORD=`;
