/** `callpermit template`: the templates of a business account. */

import type { Command } from 'commander';
import {
  createTemplate,
  deleteTemplate,
  findTemplates,
  listTemplates,
} from '../../campaign/manage-templates.ts';
import { requireAccount } from '../../config/require.ts';
import { given } from '../../core/given.ts';
import type { Template } from '../../core/graph.ts';
import type { GraphPort } from '../../core/ports/index.ts';
import { hasCallPermissionComponent } from '../../core/template/template.ts';
import { templateNewsText } from '../../replies/news-text.ts';
import { type Told, withNews } from '../../replies/standing-news.ts';
import { repeatable } from '../options/options.ts';
import { audited } from '../run/audit-apart.ts';
import type { Cli } from '../run/cli.ts';
import { unwrap } from '../run/failure.ts';
import { table } from '../screen/table.ts';
import { awaitReview } from './review.ts';
import { templateNews } from './template-news.ts';

interface Common {
  readonly sender?: string;
  readonly json?: true;
}

interface CreateOptions extends Common {
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly body: string;
  readonly example?: readonly string[];
  readonly header?: string;
  readonly footer?: string;
  readonly wait?: true;
}

const CREATE_HELP = `
Variables are {{1}}, {{2}}, ... or {{name}}. Meta wants an example for each, that of the header \
first: --example Ann --example 1001, or --example name=Ann --example order=1001 for named ones. The \
rules Meta refuses by are checked before the call, all at once.

Example:
  callpermit template create --name sample_cpr_template --language en \\
    --category UTILITY --example Ann --wait \\
    --body "Hello {{1}}, we would like to call you to help support your order."`;

/** Adds `template` and what is under it. */
export function addTemplate(program: Command, cli: Cli): void {
  const template = program
    .command('template')
    .summary('create, list, show or delete templates')
    .description('The message templates of the business account (WHATSAPP_BUSINESS_ACCOUNT_ID).')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit template list\n  callpermit template create --help',
    );
  const toCreate = template
    .command('create')
    .requiredOption('--name <name>', 'name of it: lower-case letters, digits and underscores')
    .requiredOption('--language <code>', 'language of the texts, like en, en_US or pt_BR')
    .requiredOption('--category <category>', 'UTILITY or MARKETING, in capitals or not')
    .requiredOption('--body <text>', 'the text, with its variables');
  common(toCreate)
    .summary('create a template that asks for permission to call')
    .description('Creates a template that asks for permission to call.')
    .option('--example <text>', 'an example for a variable; once for each', repeatable)
    .option('--header <text>', 'a line above the body, with one variable at most')
    .option('--footer <text>', 'a line below the body, without variables')
    .option('--wait', 'wait until Meta has approved or rejected it')
    .addHelpText('after', CREATE_HELP)
    .action((options: CreateOptions) => withGraph(cli, options, (g) => create(cli, g, options)));
  common(template.command('list'))
    .summary('the templates of the account')
    .description(
      'The templates of the account, and what Meta told of them by webhooks: quality, category, why paused or rejected.',
    )
    .option('--name <name>', 'only those of this name')
    .option('--status <status>', 'only those of this status, like APPROVED')
    .action((options: Common & { readonly name?: string; readonly status?: string }) =>
      withGraph(cli, options, (g) => list(cli, g, options)),
    );
  common(template.command('show'))
    .argument('<name>', 'name or id')
    .option('--language <code>', 'only in this language')
    .summary('one template, in every language it has')
    .description('One template, in every language it has.')
    .action((name: string, options: Common & { readonly language?: string }) =>
      withGraph(cli, options, (g) => show(cli, g, name, options)),
    );
  common(template.command('delete'))
    .argument('<name>', 'name of the template')
    .option(
      '--id <id>',
      'delete only the one with this id; else every language of the name is deleted',
    )
    .summary('delete a template')
    .description('Deletes a template. Meta keeps its name from use for 30 days.')
    .action((name: string, options: Common & { readonly id?: string }) =>
      withGraph(cli, options, (g) => remove(cli, g, name, options)),
    );
}

function common(command: Command): Command {
  return command
    .option('--sender <id>', 'phone number id whose account and token are used')
    .option('--json', 'end standard output with one JSON object');
}

async function withGraph(
  cli: Cli,
  options: Common,
  work: (graph: GraphPort) => Promise<void>,
): Promise<void> {
  const config = cli.config();
  unwrap(requireAccount(config, options.sender));
  // What fails is told to the last logger, too.
  await cli.log('template');
  const { openGraph } = await import('../../wiring.ts');
  const graph = unwrap(await openGraph(config, options.sender));
  try {
    await audited(cli, () => work(graph));
  } finally {
    await graph.close();
  }
}

async function create(cli: Cli, graph: GraphPort, options: CreateOptions): Promise<void> {
  const { note, paint, print } = cli.terminal;
  const { name, language, category, body, example, header, footer } = options;
  cli.acting.at = name;
  const draft = {
    name,
    language,
    category,
    body,
    examples: example ?? [],
    ...given({ header, footer }),
  };
  const { created, asked: wanted, ...made } = unwrap(await createTemplate(graph, draft));
  const isThere = created ? '' : 'is there already: ';
  note(
    `Template ${name} (${language}): ${isThere}id ${made.id}, ${made.status}, ${made.category}.`,
  );
  printCategory(cli, wanted, made.category);
  const asked = { name, language, ...made };
  if (!options.wait || made.status === 'APPROVED') {
    print(options.json ? JSON.stringify(asked) : made.id);
    return;
  }
  const reviewed = unwrap(await awaitReview(graph, made, cli.terminal));
  note(paint('green', `Template ${name} (${language}) is approved.`));
  printCategory(cli, made.category, reviewed.category);
  const { status, category: settled } = reviewed;
  print(options.json ? JSON.stringify({ ...asked, status, category: settled }) : made.id);
}

function printCategory(cli: Cli, asked: string, given: string): void {
  if (asked === given) return;
  const warning = cli.terminal.paint('yellow', 'warning:');
  cli.terminal.note(
    `${warning} Meta made the category ${given} instead of ${asked}; price and limits follow it.`,
  );
}

async function list(
  cli: Cli,
  graph: GraphPort,
  options: Common & { readonly name?: string; readonly status?: string },
): Promise<void> {
  const templates = unwrap(await listTemplates(graph, options));
  const told = withNews(templates, await templateNews(cli));
  if (options.json) cli.terminal.print(JSON.stringify({ templates: told }));
  else if (templates.length === 0) cli.terminal.note('There is no such template.');
  else {
    cli.terminal.printLines(overview(templates));
    const news = told.flatMap((t) =>
      t.news.map((one) => `${t.name} (${t.language}): ${templateNewsText(one)}`),
    );
    if (news.length > 0) cli.terminal.printLines(`\n${news.join('\n')}`);
  }
}

async function show(
  cli: Cli,
  graph: GraphPort,
  name: string,
  options: Common & { readonly language?: string },
): Promise<void> {
  const wanted = unwrap(await findTemplates(graph, { name, language: options.language }));
  const told = withNews(wanted, await templateNews(cli));
  if (options.json) cli.terminal.print(JSON.stringify({ templates: told }));
  else cli.terminal.printLines(told.map(text).join('\n\n'));
}

async function remove(
  cli: Cli,
  graph: GraphPort,
  name: string,
  options: Common & { readonly id?: string },
): Promise<void> {
  const { id } = options;
  const p = { name, ...given({ id }) };
  unwrap(await deleteTemplate(graph, p));
  cli.terminal.note(`Template ${name} is deleted${id === undefined ? ' in every language' : ''}.`);
  if (options.json) cli.terminal.print(JSON.stringify({ ...p, state: 'deleted' }));
}

function overview(templates: readonly Template[]): string {
  const head = ['name', 'language', 'status', 'category', 'asks for calls', 'id'];
  const rows = templates.map((t) => [
    t.name,
    t.language,
    t.status,
    t.category,
    hasCallPermissionComponent(t) ? 'yes' : 'no',
    t.id,
  ]);
  return table([head, ...rows]);
}

function text(t: Told): string {
  return table([
    ['name', t.name],
    ['language', t.language],
    ['id', t.id],
    ['status', t.rejectedReason ? `${t.status} (${t.rejectedReason})` : t.status],
    ['category', t.category],
    ...t.components.map((c) => [c.type.toLowerCase(), c.text ?? '']),
    ...t.news.map((one) => ['Meta told', templateNewsText(one)]),
  ]);
}
