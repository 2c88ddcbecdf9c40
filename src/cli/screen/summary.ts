/** How a campaign stands, as one JSON object for programs and as a table for people. */
import type { CampaignSummary } from '../../core/campaign.ts';
import type { CampaignProgress } from '../../core/ports/index.ts';
import { openCount, REQUEST_STATES } from '../../core/request.ts';
import type { Cli } from '../run/cli.ts';
import { count, table } from './table.ts';

/** The fields every `--json` of a campaign has. */
export function campaignJson(campaign: CampaignSummary): Record<string, unknown> {
  return {
    id: campaign.id,
    state: campaign.state,
    ...(campaign.reason === null ? {} : { reason: campaign.reason }),
    counts: campaign.counts,
    refusedLines: campaign.refusedLines,
    lines: linesOf(campaign),
    senderId: campaign.senderId,
    template: campaign.template,
    language: campaign.language,
    ...(campaign.idempotencyKey === undefined ? {} : { idempotencyKey: campaign.idempotencyKey }),
    createdAt: campaign.createdAt,
    startedAt: campaign.startedAt,
    endedAt: campaign.endedAt,
  };
}

/** All lines the list had: those that became requests, and those refused. */
export function linesOf(campaign: Pick<CampaignSummary, 'counts' | 'refusedLines'>): number {
  return Object.values(campaign.counts).reduce((sum, n) => sum + n, 0) + campaign.refusedLines;
}

/** `running`, or `paused by us: the token was refused (code 190)`. */
export function stateLine(campaign: Pick<CampaignSummary, 'state' | 'reason'>): string {
  if (campaign.reason === null) return campaign.state;
  const by = campaign.reason.by === 'us' ? ' by us' : ' by a person';
  const code = campaign.reason.code === undefined ? '' : ` (code ${campaign.reason.code})`;
  return `${campaign.state}${by}: ${campaign.reason.message}${code}`;
}

/** The table of results: its rows add up to the lines of the list. */
export function resultTable(
  campaign: Pick<CampaignSummary, 'counts' | 'refusedLines'>,
  notes: { readonly doubles?: number } = {},
): string {
  const { counts, refusedLines } = campaign;
  const always = new Set(['accepted', 'rejected', 'skipped', 'uncertain']);
  const inOrder = [...REQUEST_STATES.slice(3), ...REQUEST_STATES.slice(0, 3)];
  const rows = inOrder
    .filter((state) => always.has(state) || counts[state] > 0)
    .map((state) => [
      state,
      count(counts[state]),
      state === 'skipped' && notes.doubles ? `of these doubles: ${count(notes.doubles)}` : '',
    ]);
  return table(
    [...rows, ['refused lines', count(refusedLines)], ['lines', count(linesOf(campaign))]],
    ['left', 'right'],
  );
}

/** What a person can do now, by how the campaign stands. */
export function adviceLines(
  campaign: CampaignSummary,
  due: Pick<CampaignProgress, 'later' | 'nextDueAt' | 'budgetWait'> | undefined,
): readonly string[] {
  const { id, counts } = campaign;
  const open = openCount(counts);
  const lines: string[] = [];
  if (campaign.state === 'paused') {
    lines.push(`${count(open)} are not sent yet. Go on: callpermit campaign resume ${id}`);
  }
  if (campaign.state === 'running' && due?.budgetWait) {
    const { limit, freesAt } = due.budgetWait;
    const at = freesAt === null ? '' : `; the next place frees at ${freesAt.toISOString()}`;
    lines.push(
      `The daily budget is used up: ${count(limit)} people were asked within 24 hours${at}.`,
    );
  }
  if (campaign.state === 'running' && due !== undefined && due.later > 0) {
    const at = due.nextDueAt === null ? '' : `, the next at ${due.nextDueAt.toISOString()}`;
    lines.push(
      `${count(due.later)} are due later${at}. Any running \`callpermit sender\` or ` +
        '`callpermit up` takes them then.',
    );
  }
  if (counts.uncertain > 0) {
    lines.push(
      `${count(counts.uncertain)} are uncertain: they may have gone out, so they are not sent ` +
        `again. See them: callpermit export ${id} --status uncertain`,
    );
  }
  if (counts.rejected > 0) {
    lines.push(`Why some were rejected: callpermit export ${id} --status rejected`);
  }
  lines.push(`What became of each: callpermit export ${id} --output results.csv`);
  if (campaign.refusedLines > 0) {
    lines.push(`Refused lines: callpermit export ${id} --refused --output refused.csv`);
  }
  return lines;
}

/** Says how a campaign ended. */
export function saySummary(
  cli: Cli,
  campaign: CampaignSummary,
  p: {
    readonly doubles?: number;
    readonly due?: Pick<CampaignProgress, 'later' | 'nextDueAt' | 'budgetWait'>;
  } = {},
): void {
  const { paint, say, sayLines } = cli.terminal;
  const colour =
    campaign.state === 'completed' ? 'green' : campaign.state === 'paused' ? 'red' : 'yellow';
  say('');
  say(`Campaign ${campaign.id}: ${paint(colour, stateLine(campaign))}`);
  sayLines(resultTable(campaign, p));
  say('');
  for (const line of adviceLines(campaign, p.due)) say(line);
}
