/** The table of settings as people read it: `--help`, `docs/settings.md`, `.env.example`. */
import { listSettings, type Setting } from './settings.ts';

/** The settings as lines for `--help`. */
export function settingsHelp(): string {
  const settings = listSettings();
  const width = Math.max(...settings.map(({ name }) => name.length));
  return settings
    .map((s) => `  ${s.name.padEnd(width)}  ${s.text}${inForce(s, (value) => value)}`)
    .join('\n');
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
  return `${[MARKDOWN_HEAD, ...sections, MARKDOWN_SENDERS].join('\n\n')}\n`;
}

/** `.env.example`, as `npm run docs:settings` writes it. */
export function envExample(): string {
  const sections = groups().map(([group, settings]) =>
    [
      `# --- ${group} ---`,
      ...settings.map((s) => `# ${s.text}${inForce(s, (v) => v)}\n${s.name}=`),
    ].join('\n'),
  );
  return `${[ENV_HEAD, ...sections].join('\n\n')}\n`;
}

function inForce(s: Setting, quote: (value: string) => string): string {
  return s.default === undefined ? '' : ` Default: ${quote(s.default)}`;
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

const MARKDOWN_SENDERS = `## SENDERS_FILE

A JSON array, one object a sender. What a sender leaves out is taken from the environment.

\`\`\`json
[
  { "phoneNumberId": "106540352242922", "tokenFile": "/run/secrets/first", "messagesPerSecond": 80 },
  { "phoneNumberId": "106540352242923", "tokenVariable": "SECOND_TOKEN", "businessAccountId": "102290129340398" },
  { "phoneNumberId": "106540352242924", "portfolio": "second business", "dailyRecipientLimit": 2000 }
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
