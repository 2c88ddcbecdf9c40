/** How a campaign stands, as one JSON object for programs and as a table for people. */
import { type CampaignSummary, shownState } from '../../core/campaign.ts';
import type { CampaignProgress } from '../../core/ports/index.ts';
import { openCount, REQUEST_STATES } from '../../core/request.ts';
import { when } from '../../telemetry/times.ts';
import { count, counted, printable } from '../../telemetry/words.ts';
import type { Cli } from '../run/cli.ts';
import { table } from './table.ts';

/** What is told of those who wait. */
export type Due = Pick<CampaignProgress, 'later' | 'laterChecks' | 'nextDueAt' | 'budgetWait'>;

/**
 * What Meta says of a message that it took but does not send at once. Words that it does not document are shown
 * as they are. Source: Meta's pages on template pacing and on the `message_status` of a template message.
 */
const MESSAGE_STATUSES: Readonly<Record<string, string>> = {
  held_for_quality_assessment:
    'Meta holds them back while it judges the template, an hour as a rule; then it sends them, or drops them and pauses the template (132015)',
  paused: 'Meta has paused the delivery of the template',
};

/** The fields every `--json` of a campaign has. */
export function campaignJson(campaign: CampaignSummary): Record<string, unknown> {
  return {
    id: campaign.id,
    ...(campaign.name === undefined ? {} : { name: campaign.name }),
    state: campaign.state,
    ...(campaign.reason === null ? {} : { reason: campaign.reason }),
    counts: campaign.counts,
    messageStatuses: campaign.messageStatuses,
    refusedLines: campaign.refusedLines,
    lines: linesOf(campaign),
    senderId: campaign.senderId,
    template: campaign.template,
    language: campaign.language,
    ...(campaign.idempotencyKey === undefined ? {} : { idempotencyKey: campaign.idempotencyKey }),
    createdAt: campaign.createdAt,
    startAt: campaign.startAt ?? null,
    scheduledFor: campaign.scheduledFor,
    startedAt: campaign.startedAt,
    endedAt: campaign.endedAt,
  };
}

/** All lines the list had: those that became requests, and those refused. */
export function linesOf(campaign: Pick<CampaignSummary, 'counts' | 'refusedLines'>): number {
  return Object.values(campaign.counts).reduce((sum, n) => sum + n, 0) + campaign.refusedLines;
}

/** `running`, `scheduled: starts at 28 Nov 2026 09:00 CET`, or `paused by us: the token was refused (code 190)`. */
export function stateLine(
  campaign: Pick<CampaignSummary, 'state' | 'reason'> &
    Partial<Pick<CampaignSummary, 'scheduledFor'>>,
): string {
  const state = shownState(campaign);
  if (campaign.scheduledFor && state === 'scheduled')
    return `scheduled: starts at ${when(campaign.scheduledFor)}`;
  if (campaign.reason === null) return state;
  const by = campaign.reason.by === 'us' ? ' by us' : ' by a person';
  const code = campaign.reason.code === undefined ? '' : ` (code ${campaign.reason.code})`;
  return `${state}${by}: ${campaign.reason.message}${code}`;
}

/** The table of results: its rows add up to the lines of the list. */
export function resultTable(
  campaign: Pick<CampaignSummary, 'counts' | 'refusedLines' | 'messageStatuses'>,
  notes: { readonly doubles?: number } = {},
): string {
  const { counts, refusedLines, messageStatuses } = campaign;
  const always = new Set(['accepted', 'rejected', 'skipped', 'uncertain']);
  const inOrder = [...REQUEST_STATES.slice(3), ...REQUEST_STATES.slice(0, 3)];
  const said = Object.entries(messageStatuses).map(
    ([status, n]) => `${printable(status, 40)}: ${count(n)}`,
  );
  const note = (state: string) => {
    if (state === 'skipped' && notes.doubles) return `of these doubles: ${count(notes.doubles)}`;
    return state === 'accepted' && said.length > 0 ? `of these ${said.join(', ')}` : '';
  };
  const rows = inOrder
    .filter((state) => always.has(state) || counts[state] > 0)
    .map((state) => [state, count(counts[state]), note(state)]);
  return table(
    [...rows, ['refused lines', count(refusedLines)], ['lines', count(linesOf(campaign))]],
    ['left', 'right'],
  );
}

/** What a person can do now, by how the campaign stands. */
export function adviceLines(campaign: CampaignSummary, due: Due | undefined): readonly string[] {
  const { id, counts } = campaign;
  const open = openCount(counts);
  const lines: string[] = [];
  if (campaign.state === 'paused') {
    lines.push(
      `${counted(open, 'is', 'are')} not sent yet. Go on: callpermit campaign resume ${id}`,
    );
  }
  if (campaign.state === 'running' && due?.budgetWait) {
    const { limit, freesAt } = due.budgetWait;
    const at = freesAt === null ? '' : `; the next place frees at ${when(freesAt)}`;
    lines.push(
      `The daily budget is used up: ${counted(limit, 'person was', 'people were')} asked within 24 hours${at}.`,
    );
  }
  const waiting = due === undefined ? 0 : due.later - due.laterChecks;
  const next = due === undefined || due.nextDueAt === null ? '' : when(due.nextDueAt);
  if (campaign.state === 'running' && waiting > 0) {
    const at = next === '' ? '' : `, the next at ${next}`;
    lines.push(
      `${counted(waiting, 'is', 'are')} due later${at}. Any running \`callpermit sender\` or ` +
        `\`callpermit up\` takes ${waiting === 1 ? 'it' : 'them'} then.`,
    );
  }
  if (counts.uncertain > 0) {
    const checks = due?.laterChecks ?? 0;
    const at = waiting > 0 || next === '' ? '' : ` The next look is at ${next}.`;
    const asked =
      checks === 0
        ? ''
        : ` A running sender asks Meta whether ${count(checks)} of them went out.${at}`;
    lines.push(
      `${uncertainLine(counts.uncertain)}${asked} See ${counts.uncertain === 1 ? 'it' : 'them'}: callpermit export ${id} --status uncertain`,
    );
  }
  for (const [status, n] of Object.entries(campaign.messageStatuses)) {
    const meaning = MESSAGE_STATUSES[status] ?? 'Meta does not say what that means';
    lines.push(
      `${counted(n, 'was', 'were')} taken by Meta as ${printable(status, 40)}: ${meaning}. ${n === 1 ? 'It is' : 'They are'} not asked again.`,
    );
  }
  if (counts.rejected > 0) {
    lines.push(`Why some were rejected: callpermit export ${id} --status rejected`);
  }
  if (counts.skipped > 0) {
    lines.push(`Why some were skipped: callpermit export ${id} --status skipped`);
  }
  lines.push(`What became of each: callpermit export ${id} --output results.csv`);
  if (campaign.refusedLines > 0) {
    lines.push(`Refused lines: callpermit export ${id} --refused --output refused.csv`);
  }
  return lines;
}

function uncertainLine(n: number): string {
  return n === 1
    ? '1 is uncertain: it may have gone out, so it is not sent again.'
    : `${count(n)} are uncertain: they may have gone out, so they are not sent again.`;
}

/** Prints how a campaign ended. */
export function printSummary(
  cli: Cli,
  campaign: CampaignSummary,
  p: { readonly doubles?: number; readonly due?: Due } = {},
): void {
  const { paint, note, noteLines } = cli.terminal;
  const colour =
    campaign.state === 'completed' ? 'green' : campaign.state === 'paused' ? 'red' : 'yellow';
  note('');
  note(`Campaign ${campaign.id}: ${paint(colour, stateLine(campaign))}`);
  noteLines(resultTable(campaign, p));
  note('');
  for (const line of adviceLines(campaign, p.due)) note(line);
}
