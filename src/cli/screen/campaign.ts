/** Campaigns for people: one below the other in a table, or one with its times, its counts and its reasons. */
import type { Outlook } from '../../campaign/outlook.ts';
import { type CampaignSummary, shownState } from '../../core/campaign.ts';
import type { ReasonCount } from '../../core/ports/index.ts';
import { openCount } from '../../core/request.ts';
import { shortWhen, when, zoneOf } from '../../telemetry/times.ts';
import { count, printable, span } from '../../telemetry/words.ts';
import { linesOf, resultTable, stateLine } from './summary.ts';
import { table } from './table.ts';

/** A campaign, and how it will go on where it runs. */
export interface Outlined {
  readonly campaign: CampaignSummary;
  readonly outlook: Outlook | undefined;
}

/** What somebody waits for. */
const WAITS: Readonly<Record<string, string>> = {
  'pair-limit': 'asked too often lately',
  'quiet-hours': 'quiet hours where the person is',
};

/**
 * Campaigns, a row each.
 * @param width columns of the terminal it is for
 */
export function campaignTable(campaigns: readonly Outlined[], width: number | undefined): string {
  const zone = zoneOf(new Date());
  const rows = campaigns.map(({ campaign: c, outlook }) => [
    c.id,
    shownState(c),
    c.name ?? '',
    `${c.template} (${c.language})`,
    shortWhen(c.createdAt),
    shortWhen(c.scheduledFor ?? c.startedAt),
    count(linesOf(c)),
    count(c.counts.accepted + c.counts['already-granted']),
    count(c.counts.rejected),
    count(c.counts.uncertain),
    count(openCount(c.counts)),
    goingOn(outlook),
  ]);
  const head = [
    ...['id', 'state', 'name', 'template', `created (${zone})`, 'started'],
    ...['lines', 'accepted', 'rejected', 'uncertain', 'open', 'now'],
  ];
  const [left, right] = ['left', 'right'] as const;
  const align = [left, left, left, left, left, left, right, right, right, right, right, left];
  return table([head, ...rows], align, width);
}

/** One campaign: facts and counts. */
export function campaignText({ campaign: c, outlook }: Outlined): string {
  const times = [
    ['created', c.createdAt],
    ['starts', c.scheduledFor],
    ['started', c.scheduledFor === null ? c.startedAt : null],
    ['ends by', c.expireAt ?? null],
    ['ended', c.endedAt],
  ] as const;
  const done = outlook?.doneAt == null ? '' : `, done at ${when(outlook.doneAt)}`;
  const facts = table([
    ['campaign', c.id],
    ...(c.name === undefined ? [] : [['name', c.name]]),
    ['state', stateLine(c)],
    ['template', `${c.template} (${c.language})`],
    ['sender', c.senderIds.join(', ')],
    ...(c.idempotencyKey === undefined ? [] : [['key', c.idempotencyKey]]),
    ...times.flatMap(([name, at]) => (at === null ? [] : [[name, when(at)]])),
    ...(outlook === undefined ? [] : [['now', `${goingOn(outlook)}${done}`]]),
  ]);
  return `${facts}\n\n${resultTable(c)}`;
}

/** Everything that is not simply accepted, by reason, with what to do about it, and what waits, with its time. */
export function reasonLines(reasons: readonly ReasonCount[]): string {
  return reasons
    .filter((r) => r.reason !== null || r.errorCode !== null || r.nextAt !== null)
    .map((r) => {
      const code = r.errorCode === null ? [] : [r.errorCode];
      const next = r.nextAt === null ? '' : `, the next at ${when(r.nextAt)}`;
      const tries = r.attempts > 1 ? `, up to ${r.attempts} tries` : '';
      const waits = r.state === 'pending' && r.reason !== null ? WAITS[r.reason] : undefined;
      const reason = waits === undefined ? (r.reason ?? 'due later') : `${r.reason} (${waits})`;
      const notes = [r.message, r.advice]
        .filter((text) => text !== null)
        .map((text) => printable(text, 300));
      return [
        `${count(r.count)} ${stateOf(r)}: ${[...(r.reason === null && r.nextAt === null ? [] : [reason]), ...code].join(' ')}${tries}${next}`,
        ...notes.map((w) => `    ${w}`),
      ].join('\n');
    })
    .join('\n');
}

/** An accepted request has a code where its delivery failed. */
function stateOf({ state, errorCode }: ReasonCount): string {
  return state === 'accepted' && errorCode !== null ? 'accepted, not delivered' : state;
}

function goingOn(outlook: Outlook | undefined): string {
  if (outlook === undefined) return '';
  if (outlook.processes === 0) return 'no sender runs';
  if (outlook.rate === 0) return 'nobody is asked';
  const left = outlook.secondsLeft === null ? '' : `, about ${span(outlook.secondsLeft)} left`;
  return `up to ${outlook.rate.toFixed(1)}/s${left}`;
}
