/** `callpermit campaign`: looking at campaigns and moving them from state to state. */
import type { Command } from 'commander';
import {
  cancelCampaign,
  pauseCampaign,
  type ResumedCampaign,
  resumeCampaign,
  startCampaign,
} from '../../campaign/control.ts';
import { expectedOf, ratesOf } from '../../campaign/expected.ts';
import { pausedIn, stuckQueueLine } from '../../campaign/paused-queues.ts';
import type { CampaignState, CampaignSummary } from '../../core/campaign.ts';
import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { count } from '../../telemetry/words.ts';
import type { App } from '../../wiring.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';
import { dieBy } from '../run/shutdown.ts';
import { printExpected } from '../screen/forecast.ts';
import { campaignJson, linesOf, stateLine } from '../screen/summary.ts';
import { addCampaignViews, follow, noCampaign } from './campaign-views.ts';
import { type DoneInParts, doInParts } from './in-parts.ts';
import { addOperator } from './operator.ts';
import { printWhoWorks } from './who-works.ts';

interface VerbOptions {
  readonly json?: true;
  readonly follow?: true;
}

/** A verb that moves a campaign. */
interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** The states it leads to; being there already is success, so that scripts may repeat it. */
  readonly target: readonly CampaignState[];
  readonly move: (
    ...args: Parameters<typeof cancelCampaign>
  ) => Promise<Result<CampaignSummary & Partial<ResumedCampaign>, Problem>>;
  /** Only where it changes a whole list, and takes its time: what it does to its people. */
  readonly toPeople?: string;
  /** Whether there is something to watch afterwards. */
  readonly canFollow?: true;
}

const VERBS: readonly Verb[] = [
  {
    name: 'start',
    summary: 'start a draft',
    description: 'Starts a campaign that was made with `enqueue --no-start`.',
    target: ['running', 'completed'],
    move: startCampaign,
    canFollow: true,
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
    canFollow: true,
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
    .summary('list, show, start, pause, resume or cancel campaigns, ask people again')
    .description('Looks at campaigns and moves them from state to state.')
    .addHelpText(
      'after',
      '\nExamples:\n  callpermit campaign list\n  callpermit campaign show ID --watch\n' +
        '  callpermit campaign pause ID\n  callpermit campaign resume ID',
    );
  addCampaignViews(campaign, cli);
  for (const verb of VERBS) {
    const command = campaign
      .command(verb.name)
      .argument('<id>', 'id of the campaign')
      .summary(verb.summary)
      .description(verb.description)
      .option('--json', 'print one JSON object')
      .addHelpText('after', `\nExample:\n  callpermit campaign ${verb.name} ID`)
      .action((id: string, options: VerbOptions) => move(cli, verb, id, options));
    if (verb.canFollow)
      command.option('--follow', 'watch it until it ends; Ctrl-C stops the watching only');
  }
  addOperator(campaign, cli);
}

async function move(cli: Cli, verb: Verb, id: string, options: VerbOptions): Promise<void> {
  const queue = verb.name === 'resume' ? 'look' : 'none';
  const stoppedBy = await withApp(cli, { name: 'campaign', queue }, async (app) => {
    const before = await app.ledger.campaigns.get(id);
    const paused =
      queue === 'look' ? await pausedIn(app, before === undefined ? [] : [before]) : [];
    if (verb.name === 'start' && before?.state === 'draft')
      printExpected(cli, await expectedOf(app.ledger.campaigns, id, ratesOf(app.config.senders)));
    const { result: moved, stoppedBy } = await carryOut(cli, app, verb, id, before);
    const stands = moved.ok ? moved.value : await app.ledger.campaigns.get(id);
    const isThere = stands !== undefined && verb.target.includes(stands.state);
    if (!moved.ok && (moved.error.code !== 'CAMPAIGN_STATE' || !isThere)) throw thrown(moved.error);
    if (stands === undefined) throw thrown(noCampaign(id));
    const already = moved.ok ? '' : ' already';
    cli.terminal.about(`campaign ${id}, ${stands.state}`);
    cli.terminal.note(`Campaign ${id} is${already} ${stateLine(stands)}.`);
    if (before !== undefined && before.senderId !== stands.senderId)
      cli.terminal.note(
        `${before.senderId} reached nobody and is not in the settings: from now on it is sent by ${stands.senderId}.`,
      );
    const stuck = (moved.ok && moved.value.stuckQueues) || [];
    for (const senderId of stuck) cli.terminal.note(stuckQueueLine(senderId));
    for (const senderId of moved.ok ? paused.filter((id) => !stuck.includes(id)) : [])
      cli.terminal.note(`The queue of sender ${senderId} was paused in the dashboard; it goes on.`);
    if (stands.state === 'running') await printWhoWorks(cli, app, stands);
    const left = stands.counts.pending + stands.counts.queued;
    if (stoppedBy !== undefined && left > 0)
      cli.terminal.note(
        `${count(left)} of its people still ${left === 1 ? 'stands' : 'stand'} as open, and none of them is asked: a running sender marks them as cancelled, or this command said again.`,
      );
    const followed =
      options.follow && stands.state === 'running' && (await follow(cli, app, stands));
    if (options.json) {
      const shown = followed ? followed.campaign : stands;
      const by = stoppedBy ?? (followed ? followed.stoppedBy : undefined);
      cli.terminal.print(
        JSON.stringify({
          ...campaignJson(shown),
          moved: moved.ok,
          ...(verb.name === 'resume' ? { stuckQueues: stuck } : {}),
          stoppedBy: by,
        }),
      );
    }
    return stoppedBy ?? (followed ? followed.stoppedBy : undefined);
  });
  if (stoppedBy !== undefined) dieBy(stoppedBy);
}

async function carryOut(
  cli: Cli,
  app: App,
  { move, toPeople }: Verb,
  id: string,
  before: CampaignSummary | undefined,
): Promise<DoneInParts<Awaited<ReturnType<Verb['move']>>>> {
  if (toPeople === undefined || before === undefined) return { result: await move(app, id) };
  return doInParts(cli.terminal, { done: toPeople, lines: linesOf(before) }, (how) =>
    move(app, id, how),
  );
}
