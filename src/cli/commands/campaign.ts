/** `callpermit campaign`: looking at campaigns and moving them from state to state. */
import type { Command } from 'commander';
import {
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../../campaign/control.ts';
import { pausedQueueLine, pausedQueues } from '../../campaign/paused-queues.ts';
import type { CampaignState, CampaignSummary } from '../../core/campaign.ts';
import type { ReasonCount } from '../../core/ports/index.ts';
import { problem } from '../../core/problem.ts';
import { openCount } from '../../core/request.ts';
import type { App } from '../../wiring.ts';
import { positive } from '../options/options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';
import { dieBy } from '../run/shutdown.ts';
import { forecastAtStart } from '../screen/forecast.ts';
import { type DoneInParts, doInParts } from '../screen/in-parts.ts';
import { adviceLines, campaignJson, linesOf, resultTable, stateLine } from '../screen/summary.ts';
import { count, printable, table } from '../screen/table.ts';
import { addOperator } from './operator.ts';

interface JsonOption {
  readonly json?: true;
}

/** A verb that moves a campaign. */
interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** The states it leads to; being there already is success, so that scripts may repeat it. */
  readonly target: readonly CampaignState[];
  readonly move: typeof cancelCampaign;
  /** Only where it changes a whole list, and takes its time: what it does to its people. */
  readonly toPeople?: string;
}

const VERBS: readonly Verb[] = [
  {
    name: 'start',
    summary: 'start a draft',
    description: 'Starts a campaign that was made with `enqueue --no-start`.',
    target: ['running', 'completed'],
    move: startCampaign,
  },
  {
    name: 'pause',
    summary: 'stop sending within a second',
    description:
      'Stops a running campaign. What is in flight is finished; nothing new goes out after this command has returned, but for what was being written in that very moment.',
    target: ['paused'],
    move: pauseCampaign,
  },
  {
    name: 'resume',
    summary: 'go on with a paused campaign',
    description:
      'Goes on with a paused campaign; one that was paused by us (token, template) tries again. The running senders take it up: start one with `callpermit sender` if there is none.',
    target: ['running', 'completed'],
    move: resumeCampaign,
  },
  {
    name: 'cancel',
    summary: 'give up what is not sent',
    description:
      'Ends a campaign. Everybody not asked yet becomes `cancelled`; there is no way back. Nobody is asked any more from its first moment on; on a long list the rest takes a minute, with a bar on a terminal.',
    target: ['cancelled'],
    move: cancelCampaign,
    toPeople: 'cancelled',
  },
];

/** Adds `campaign` and what is under it. */
export function addCampaign(program: Command, cli: Cli): void {
  const campaign = program
    .command('campaign')
    .summary('list, show, start, pause, resume or cancel campaigns')
    .description('Looks at campaigns and moves them from state to state.')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit campaign list\n  callpermit campaign show ID\n' +
        '  callpermit campaign pause ID\n  callpermit campaign resume ID',
    );
  campaign
    .command('list')
    .description('The newest campaigns with their counts.')
    .option('--limit <n>', 'how many', positive, 20)
    .option('--json', 'print one JSON object')
    .action((options: JsonOption & { readonly limit: number }) => list(cli, options));
  campaign
    .command('show')
    .argument('<id>', 'id of the campaign')
    .description('One campaign: its state, why, and what became of its people so far.')
    .option('--json', 'print one JSON object')
    .action((id: string, options: JsonOption) => show(cli, id, options));
  for (const verb of VERBS) {
    campaign
      .command(verb.name)
      .argument('<id>', 'id of the campaign')
      .summary(verb.summary)
      .description(verb.description)
      .option('--json', 'print one JSON object')
      .addHelpText('after', `\nExample:\n  callpermit campaign ${verb.name} ID`)
      .action((id: string, options: JsonOption) => move(cli, verb, id, options));
  }
  addOperator(campaign, cli);
}

function list(cli: Cli, options: JsonOption & { readonly limit: number }): Promise<void> {
  return withApp(cli, { name: 'campaign', queue: 'lazy' }, async (app) => {
    const campaigns = await app.ledger.campaigns.list({ limit: options.limit });
    const paused = await pausedIn(app, campaigns);
    for (const senderId of paused) cli.terminal.say(pausedQueueLine(senderId));
    if (options.json) {
      cli.terminal.print(
        JSON.stringify({ campaigns: campaigns.map(campaignJson), pausedQueues: paused }),
      );
    } else if (campaigns.length === 0) {
      cli.terminal.say('There are no campaigns yet: callpermit send --help');
    } else {
      cli.terminal.printLines(campaignTable(campaigns));
    }
  });
}

function show(cli: Cli, id: string, options: JsonOption): Promise<void> {
  return withApp(cli, { name: 'campaign', queue: 'lazy' }, async (app) => {
    const found = await existing(app, id);
    const paused = await pausedIn(app, [found]);
    for (const senderId of paused) cli.terminal.say(pausedQueueLine(senderId));
    const progress = await app.ledger.campaigns.progress(id);
    const reasons = await app.ledger.campaigns.reasons(id);
    if (options.json) {
      const due = progress && {
        later: progress.later,
        nextDueAt: progress.nextDueAt,
        budgetWait: progress.budgetWait,
      };
      cli.terminal.print(
        JSON.stringify({ ...campaignJson(found), ...due, reasons, pausedQueues: paused }),
      );
      return;
    }
    cli.terminal.printLines(campaignText(found));
    const why = reasonLines(reasons);
    if (why !== '') cli.terminal.printLines(`\n${why}`);
    for (const line of adviceLines(found, progress)) cli.terminal.say(line);
  });
}

async function move(cli: Cli, verb: Verb, id: string, options: JsonOption): Promise<void> {
  const queue = verb.name === 'resume' ? 'lazy' : 'none';
  const stoppedBy = await withApp(cli, { name: 'campaign', queue }, async (app) => {
    const before = await app.ledger.campaigns.get(id);
    const paused =
      queue === 'lazy' ? await pausedIn(app, before === undefined ? [] : [before]) : [];
    if (verb.name === 'start' && before?.state === 'draft') {
      const rates = new Map(app.config.senders.map((s) => [s.phoneNumberId, s.messagesPerSecond]));
      await forecastAtStart(cli, app, id, rates);
    }
    const { result: moved, stoppedBy } = await carryOut(cli, app, verb, id, before);
    const stands = moved.ok ? moved.value : await app.ledger.campaigns.get(id);
    const isThere = stands !== undefined && verb.target.includes(stands.state);
    if (!moved.ok && (moved.error.code !== 'CAMPAIGN_STATE' || !isThere)) throw thrown(moved.error);
    if (stands === undefined) throw thrown(notFound(id));
    const already = moved.ok ? '' : ' already';
    cli.terminal.about(`campaign ${id}, ${stands.state}`);
    cli.terminal.say(`Campaign ${id} is${already} ${stateLine(stands)}.`);
    if (before !== undefined && before.senderId !== stands.senderId)
      cli.terminal.say(
        `${before.senderId} reached nobody and is not in the settings: from now on it is sent by ${stands.senderId}.`,
      );
    for (const senderId of paused)
      cli.terminal.say(`The queue of sender ${senderId} was paused in the dashboard; it goes on.`);
    if (stands.state === 'running') await sayWhoWorks(cli, app, stands);
    const left = stands.counts.pending + stands.counts.queued;
    if (stoppedBy !== undefined && left > 0)
      cli.terminal.say(
        `${count(left)} of its people still stand as open, and none of them is asked: a running sender marks them as cancelled, or this command said again.`,
      );
    if (options.json)
      cli.terminal.print(JSON.stringify({ ...campaignJson(stands), moved: moved.ok, stoppedBy }));
    return stoppedBy;
  });
  if (stoppedBy !== undefined) dieBy(stoppedBy);
}

async function carryOut(
  cli: Cli,
  app: App,
  { move, toPeople }: Verb,
  id: string,
  before: CampaignSummary | undefined,
): Promise<DoneInParts<Awaited<ReturnType<typeof cancelCampaign>>>> {
  if (toPeople === undefined || before === undefined) return { result: await move(app, id) };
  return doInParts(cli.terminal, { done: toPeople, lines: linesOf(before) }, (how) =>
    move(app, id, how),
  );
}

/** A running campaign moves only while a sender lives; not saying so would leave people waiting. */
async function sayWhoWorks(cli: Cli, app: App, campaign: CampaignSummary): Promise<void> {
  const sender = (await app.ledger.senders.list()).find((s) => s.senderId === campaign.senderId);
  const processes = sender?.processes ?? 0;
  const people = count(openCount(campaign.counts));
  if (!app.config.senders.some((s) => s.phoneNumberId === campaign.senderId))
    cli.terminal.say(`Its sender ${campaign.senderId} is not in the settings here.`);
  cli.terminal.say(
    processes > 0
      ? `${people} people are left; ${processes} running sender process(es) take them.`
      : `${people} people are left, and no sender runs. Start one: callpermit sender`,
  );
}

/** Senders of campaigns that run whose queue does not. */
function pausedIn(app: App, campaigns: readonly CampaignSummary[]): Promise<readonly string[]> {
  const open = campaigns.filter(({ state }) => state === 'running' || state === 'paused');
  return pausedQueues(
    app.queue,
    open.flatMap(({ senderIds }) => senderIds),
  );
}

/** Everything that is not simply accepted, by reason, with what to do about it. */
function reasonLines(reasons: readonly ReasonCount[]): string {
  return reasons
    .filter((r) => r.reason !== null || r.errorCode !== null)
    .map((r) => {
      const code = r.errorCode === null ? '' : ` ${r.errorCode}`;
      const next = r.nextAt === null ? '' : `, next ${r.nextAt.toISOString()}`;
      const tries = r.attempts > 1 ? `, up to ${r.attempts} tries` : '';
      const words = [r.message, r.advice]
        .filter((text) => text !== null)
        .map((text) => printable(text, 300));
      return [
        `${count(r.count)} ${r.state}: ${r.reason ?? ''}${code}${tries}${next}`,
        ...words.map((w) => `    ${w}`),
      ].join('\n');
    })
    .join('\n');
}

async function existing(app: App, id: string): Promise<CampaignSummary> {
  const found = await app.ledger.campaigns.get(id);
  if (found === undefined) throw thrown(notFound(id));
  return found;
}

function notFound(id: string) {
  return problem('NOT_FOUND', `There is no campaign ${id}.`, {
    next: 'See: callpermit campaign list',
  });
}

function campaignTable(campaigns: readonly CampaignSummary[]): string {
  const head = ['id', 'state', 'template', 'lines', 'accepted', 'rejected', 'uncertain', 'open'];
  const rows = campaigns.map((c) => [
    c.id,
    c.state,
    `${c.template} (${c.language})`,
    count(linesOf(c)),
    count(c.counts.accepted + c.counts['already-granted']),
    count(c.counts.rejected),
    count(c.counts.uncertain),
    count(openCount(c.counts)),
  ]);
  return table(
    [head, ...rows],
    ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
  );
}

function campaignText(c: CampaignSummary): string {
  const times = [
    ['made', c.createdAt],
    ['started', c.startedAt],
    ['ended', c.endedAt],
  ] as const;
  const facts = table([
    ['campaign', c.id],
    ['state', stateLine(c)],
    ['template', `${c.template} (${c.language})`],
    ['sender', c.senderId],
    ...(c.idempotencyKey === undefined ? [] : [['key', c.idempotencyKey]]),
    ...times.flatMap(([name, at]) => (at === null ? [] : [[name, at.toISOString()]])),
  ]);
  return `${facts}\n\n${resultTable(c)}`;
}
