/** `callpermit webhook`: where Meta sends what people answer, and whether it does. */
import { type Command, InvalidArgumentError } from 'commander';
import { problemWhile } from '../../campaign/graph-problem.ts';
import { isLoopback } from '../../config/loopback.ts';
import { requireAccount } from '../../config/require.ts';
import type { GraphFailure, WebhookSettings } from '../../core/graph.ts';
import type { GraphPort } from '../../core/ports/index.ts';
import { problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { senderId } from '../options/book-options.ts';
import { audited } from '../run/audit-apart.ts';
import type { Cli } from '../run/cli.ts';
import { thrown, unwrap } from '../run/failure.ts';
import { table } from '../screen/table.ts';

interface Common {
  readonly sender?: string;
  readonly json?: true;
}

interface Where extends Common {
  readonly number?: true;
  readonly account?: true;
}

interface SetupOptions extends Where {
  readonly url: string;
}

/** Fields that may be sent to a URL of the number or the account (docs/meta.md, "Webhooks"). */
const OVERRIDABLE = ['messages', 'calls', 'account_settings_update'];
/** Fields that only ever go to the app's own URL. */
const APP_ONLY = [
  ...['message_template_status_update', 'message_template_quality_update'],
  ...['template_category_update', 'message_template_components_update'],
  ...['template_correct_category_detection', 'phone_number_quality_update'],
  ...['business_capability_update', 'account_update', 'account_alerts', 'user_preferences'],
  'security',
];
const LONGEST_URL = 200;

const SETUP_HELP = `
Subscribes the app to the account, and has webhooks of the number sent to the URL (--account: those of \
all numbers of the account; a URL of a number goes before one of its account, and that before the \
app's own). Meta asks the URL at once for WHATSAPP_WEBHOOK_VERIFY_TOKEN, so callpermit must be \
running there: callpermit receiver, api or up, under /webhooks/whatsapp.

Two things only a person can do, in the app's dashboard (WhatsApp, Configuration):
  - tick the fields, each once: ${[...OVERRIDABLE, ...APP_ONLY].join(', ')}
  - set the same URL there: news of templates and accounts go to the app's own URL only

Examples:
  callpermit webhook setup --url https://example.com/webhooks/whatsapp
  callpermit webhook setup --url https://example.com/webhooks/whatsapp --account`;

/** Adds `webhook` and what is under it. */
export function addWebhook(program: Command, cli: Cli): void {
  const webhook = program
    .command('webhook')
    .summary('have Meta send what people answer')
    .description('Where Meta sends deliveries, answers, calls and news: set, shown, taken off.')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit webhook setup --url https://example.com/webhooks/whatsapp\n  callpermit webhook show',
    );
  const setup = webhook
    .command('setup')
    .requiredOption('--url <url>', 'https, up to 200 characters', webhookUrl);
  where(setup, 'set it for')
    .summary('have webhooks sent to a URL')
    .description('Has Meta send webhooks to a URL, and says what is left to do by hand.')
    .addHelpText('after', SETUP_HELP)
    .action((options: SetupOptions) => withGraph(cli, options, (g) => setUp(cli, g, options)));
  common(webhook.command('show'))
    .summary('where webhooks are sent now')
    .description('Shows where Meta sends webhooks of the number: to the first URL that is set.')
    .addHelpText('after', '\nExample:\n  callpermit webhook show --json')
    .action((options: Common) => withGraph(cli, options, (g) => show(cli, g, options)));
  where(webhook.command('remove'), 'take off that of')
    .summary('take a URL off: webhooks go to the next one that is set')
    .description(
      'Takes off the URL of the number (or of the account). The app stays subscribed: webhooks go to the next URL that is set.',
    )
    .addHelpText('after', '\nExample:\n  callpermit webhook remove --account')
    .action((options: Where) => withGraph(cli, options, (g) => remove(cli, g, options)));
}

function common(command: Command): Command {
  return command
    .option('--sender <id>', 'phone number id; else the first of the settings', senderId)
    .option('--json', 'end standard output with one JSON object');
}

function where(command: Command, doing: string): Command {
  return common(command)
    .option('--number', `${doing} the sender's number (this is what happens by default)`)
    .option('--account', `${doing} the whole account`);
}

/** `--url`. Meta takes no other; this machine is for a simulator. */
function webhookUrl(text: string): string {
  if (!URL.canParse(text)) throw new InvalidArgumentError('Expected a URL, https://...');
  const { protocol, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(text)))
    throw new InvalidArgumentError('Expected https: Meta sends to nothing else');
  if (username !== '' || password !== '' || hash !== '')
    throw new InvalidArgumentError('Expected a URL without user, password and #');
  if (text.length > LONGEST_URL)
    throw new InvalidArgumentError(`Expected at most ${LONGEST_URL} characters`);
  return text;
}

async function withGraph(
  cli: Cli,
  options: Where,
  work: (graph: GraphPort) => Promise<void>,
): Promise<void> {
  if (options.number && options.account)
    throw thrown(problem('USAGE', '--number and --account exclude each other.'));
  const config = cli.config();
  await cli.log('webhook');
  const { openGraph } = await import('../../wiring.ts');
  const graph = unwrap(await openGraph(config, options.sender));
  try {
    await audited(cli, () => work(graph));
  } finally {
    await graph.close();
  }
}

async function setUp(cli: Cli, graph: GraphPort, options: SetupOptions): Promise<void> {
  const config = cli.config();
  unwrap(requireAccount(config, options.sender));
  const verifyToken = config.webhookVerifyToken?.reveal();
  if (verifyToken === undefined)
    throw thrown(
      problem('SETTING_MISSING', 'WHATSAPP_WEBHOOK_VERIFY_TOKEN is not set.', {
        where: 'WHATSAPP_WEBHOOK_VERIFY_TOKEN',
        next: 'Set it to a word of your own, the same where callpermit receives webhooks.',
      }),
    );
  const { url } = options;
  const override = { url, verifyToken };
  const doing = 'set the URL (Meta asks it at once: is callpermit running there, with this token?)';
  if (options.account) take(await graph.subscribeApp(override), doing);
  else {
    // To subscribe without a URL takes the account's off; where it has one, the app is subscribed.
    const before = take(await graph.readWebhook(), 'read where webhooks are sent');
    if (before.account === undefined) take(await graph.subscribeApp(), 'subscribe the app');
    take(await graph.setWebhookOverride(override), doing);
  }
  const now = take(await graph.readWebhook(), 'read where webhooks are sent');
  const { note, noteLines, print, printLines } = cli.terminal;
  note(`Webhooks of the ${options.account ? 'account' : 'number'} are sent to ${url}.`);
  if (!new URL(url).pathname.endsWith('/webhooks/whatsapp'))
    note('callpermit receives at /webhooks/whatsapp: this URL must lead there.');
  if (config.appSecrets.length === 0)
    note('WHATSAPP_APP_SECRET is not set: deliveries without a signature that fits are refused.');
  noteLines(`\nLeft to do in the app's dashboard (WhatsApp, Configuration):\n
1. Tick these fields: ${[...OVERRIDABLE, ...APP_ONLY].join(', ')}.\n
2. Set the same URL and verify token for the app: news of templates and accounts are only sent to the app's own URL.`);
  const others = config.senders.length - 1;
  if (others > 0 && !options.account)
    note(`\nThe settings have ${others} more: callpermit webhook setup --sender ID for each.`);
  if (!options.json) {
    note('');
    printLines(settingsText(now));
  } else
    print(
      JSON.stringify({
        ...{ url, on: options.account ? 'account' : 'number', webhook: toJson(now) },
        fields: { here: OVERRIDABLE, appOnly: APP_ONLY },
      }),
    );
}

async function show(cli: Cli, graph: GraphPort, options: Common): Promise<void> {
  const now = take(await graph.readWebhook(), 'read where webhooks are sent');
  if (options.json) cli.terminal.print(JSON.stringify({ webhook: toJson(now) }));
  else cli.terminal.printLines(settingsText(now));
}

async function remove(cli: Cli, graph: GraphPort, options: Where): Promise<void> {
  if (options.account) unwrap(requireAccount(cli.config(), options.sender));
  take(
    options.account ? await graph.subscribeApp() : await graph.setWebhookOverride(undefined),
    'take the URL off',
  );
  await show(cli, graph, options);
}

function toJson({ number, account, app }: WebhookSettings) {
  return { number: number ?? null, account: account ?? null, app: app ?? null };
}

function settingsText({ number, account, app }: WebhookSettings): string {
  const first = number === undefined ? (account === undefined ? 'app' : 'account') : 'number';
  const rows = [
    ['number', number],
    ['account', account],
    ['app', app],
  ] as const;
  return table([
    ['of the', 'URL', ''],
    ...rows.map(([name, url]) => [
      name,
      url ?? (name === 'app' ? 'not told' : 'none'),
      name === first ? 'answers go here' : '',
    ]),
  ]);
}

function take<T>(result: Result<T, GraphFailure>, doing: string): T {
  if (result.ok) return result.value;
  throw thrown(problemWhile(result.error, doing));
}
