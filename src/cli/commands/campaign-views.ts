/** `callpermit campaign list|show`, and watching one that others work on. */
import type { Command } from 'commander';
import { outlookOf } from '../../campaign/outlook.ts';
import { outlookWhilePaused, pausedIn, pausedQueueLine } from '../../campaign/paused-queues.ts';
import type { CampaignSummary } from '../../core/campaign.ts';
import type { CampaignProgress } from '../../core/ports/index.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { funnelOf } from '../../replies/funnel.ts';
import type { App } from '../../wiring.ts';
import { positive } from '../options/options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { thrown } from '../run/failure.ts';
import { dieBy, listenForShutdown } from '../run/shutdown.ts';
import { campaignTable, campaignText, type Outlined, reasonLines } from '../screen/campaign.ts';
import { funnelText } from '../screen/funnel.ts';
import { adviceLines, campaignJson, printSummary } from '../screen/summary.ts';
import { showProgress } from './show-progress.ts';

/** A list that must be waited for longer says nothing of the time left of its last campaigns. In ms. */
const OUTLOOKS_MS = 2_000;

/** Adds `list` and `show` under `campaign`. */
export function addCampaignViews(campaign: Command, cli: Cli): void {
  campaign
    .command('list')
    .summary('the newest campaigns')
    .description(
      'The newest campaigns with their times and counts, and how long those that run will take. Times are those of this machine (TZ); with --json they are in UTC.',
    )
    .option('--limit <n>', 'how many to show', positive, 20)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit campaign list --limit 5')
    .action((options: { readonly json?: true; readonly limit: number }) => list(cli, options));
  campaign
    .command('show')
    .argument('<id>', 'id of the campaign')
    .summary('one campaign: its state, why, when, what came back')
    .description(
      'One campaign: its state, why, what became of its people so far, and what came back by webhooks: whom the messages reached, who read them, who allowed calls, and what was charged.',
    )
    .option('--watch', 'watch it until it ends; Ctrl-C stops the watching only')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nShares are of those whom Meta accepted. With --json what came back is `funnel`. With --watch the exit code is that of `callpermit send`.\n\nExamples:\n  callpermit campaign show ID\n  callpermit campaign show ID --watch',
    )
    .action((id: string, options: { readonly json?: true; readonly watch?: true }) =>
      show(cli, id, options),
    );
}

/** What is wrong where there is no such campaign. */
export function noCampaign(id: string): Problem {
  return problem('NOT_FOUND', `There is no campaign ${id}.`, {
    next: 'See: callpermit campaign list',
  });
}

/**
 * Watches a campaign that others work on until it ends, is paused, or only people are left who are due later;
 * says how it stands then. Ctrl-C stops the watching, not the campaign.
 */
export async function follow(
  cli: Cli,
  app: App,
  before: CampaignSummary,
): Promise<{ readonly campaign: CampaignSummary; readonly stoppedBy?: NodeJS.Signals }> {
  const shutdown = listenForShutdown(() =>
    cli.terminal.note('No longer watching; the campaign goes on.'),
  );
  let last: CampaignProgress | undefined;
  try {
    last = await showProgress(cli, app, before, { signal: shutdown.signal });
  } finally {
    shutdown.stopListening();
  }
  const campaign = await existing(app, before.id);
  printSummary(cli, campaign, last === undefined ? {} : { due: last });
  cli.exitCode = exitCodeOf(campaign);
  return shutdown.by === undefined ? { campaign } : { campaign, stoppedBy: shutdown.by };
}

function list(cli: Cli, options: { readonly json?: true; readonly limit: number }): Promise<void> {
  return withApp(cli, { name: 'campaign', queue: 'look' }, async (app) => {
    const began = performance.now();
    const campaigns: Outlined[] = [];
    for (const campaign of await app.ledger.campaigns.list({ limit: options.limit })) {
      const isLate = performance.now() - began > OUTLOOKS_MS;
      campaigns.push({ campaign, outlook: isLate ? undefined : await outlookOf(app, campaign) });
    }
    const paused = await pausedIn(
      app,
      campaigns.map(({ campaign }) => campaign),
    );
    for (const senderId of paused) cli.terminal.note(pausedQueueLine(senderId));
    if (options.json) {
      const shown = campaigns.map(({ campaign, outlook }) => ({
        ...campaignJson(campaign),
        ...outlookWhilePaused(outlook, campaign, paused),
      }));
      cli.terminal.print(JSON.stringify({ campaigns: shown, pausedQueues: paused }));
    } else if (campaigns.length === 0) {
      cli.terminal.note('There are no campaigns yet: callpermit send --help');
    } else {
      cli.terminal.printLines(
        campaignTable(
          campaigns.map(({ campaign, outlook }) => ({
            campaign,
            outlook: outlookWhilePaused(outlook, campaign, paused),
          })),
          cli.terminal.width.out,
        ),
      );
    }
  });
}

async function show(
  cli: Cli,
  id: string,
  options: { readonly json?: true; readonly watch?: true },
): Promise<void> {
  const stoppedBy = await withApp(cli, { name: 'campaign', queue: 'look' }, async (app) => {
    const found = await existing(app, id);
    const ended = options.watch && found.state !== 'completed' && found.state !== 'cancelled';
    const watched = ended ? await follow(cli, app, found) : undefined;
    if (watched !== undefined && !options.json) return watched.stoppedBy;
    const campaign = watched?.campaign ?? found;
    const progress = await app.ledger.campaigns.progress(id);
    const reasons = await app.ledger.campaigns.reasons(id);
    const funnel = await funnelOf(app, campaign, reasons);
    const paused = await pausedIn(app, [campaign]);
    const outlook = outlookWhilePaused(await outlookOf(app, campaign), campaign, paused);
    for (const senderId of paused) cli.terminal.note(pausedQueueLine(senderId));
    if (options.json) {
      const due = progress && {
        later: progress.later,
        nextDueAt: progress.nextDueAt,
        budgetWait: progress.budgetWait,
      };
      cli.terminal.print(
        JSON.stringify({
          ...campaignJson(campaign),
          ...outlook,
          ...due,
          reasons,
          funnel,
          pausedQueues: paused,
        }),
      );
      return watched?.stoppedBy;
    }
    cli.terminal.printLines(campaignText({ campaign, outlook }));
    const cameBack = funnelText(funnel, cli.terminal.width.out !== undefined);
    if (cameBack !== '') cli.terminal.printLines(`\n${cameBack}`);
    const why = reasonLines(reasons);
    if (why !== '') cli.terminal.printLines(`\n${why}`);
    for (const line of adviceLines(campaign, progress)) cli.terminal.note(line);
    return undefined;
  });
  if (stoppedBy !== undefined) dieBy(stoppedBy);
}

async function existing(app: App, id: string): Promise<CampaignSummary> {
  const found = await app.ledger.campaigns.get(id);
  if (found === undefined) throw thrown(noCampaign(id));
  return found;
}
