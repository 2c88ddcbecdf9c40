/** How a running campaign will go on: how fast its senders may go now, and how long it will take. */
import type { SenderConfig } from '../config/config.ts';
import type { CampaignSummary } from '../core/campaign.ts';
import type { CampaignStore, SenderStore } from '../core/ports/index.ts';
import { openCount } from '../core/request.ts';
import { type Expected, expectedOf, ratesOf } from './expected.ts';

/** How a campaign will go on. */
export interface Outlook {
  /** Messages a second its senders may send now, all campaigns together; 0 where no process sends for them. */
  readonly rate: number;
  /** Living processes that send for it. */
  readonly processes: number;
  /** Until everybody is asked, in s; `null` where nobody can tell. */
  readonly secondsLeft: number | null;
  readonly doneAt: Date | null;
}

/** The part of the ledger that is looked at. */
export interface OutlookTarget {
  readonly ledger: {
    readonly campaigns: Pick<CampaignStore, 'forecast'>;
    readonly senders: Pick<SenderStore, 'list'>;
  };
  readonly config: { readonly senders: readonly SenderConfig[] };
}

/** Reads it for one campaign; `undefined` unless it runs. A forecast that comes too late leaves its time out. */
export async function outlookOf(
  { ledger, config }: OutlookTarget,
  campaign: Pick<CampaignSummary, 'id' | 'state' | 'senderIds'>,
): Promise<Outlook | undefined> {
  if (campaign.state !== 'running') return undefined;
  const { rate, processes } = await atWork(ledger, campaign);
  if (rate === 0) return { rate, processes, secondsLeft: null, doneAt: null };
  const { forecast } = await expectedOf(ledger.campaigns, campaign.id, ratesOf(config.senders));
  const isKnown = forecast !== undefined && forecast.closed.length === 0;
  return {
    rate,
    processes,
    secondsLeft: isKnown ? Math.ceil(forecast.seconds) : null,
    doneAt: isKnown && forecast.doneAtMs !== null ? new Date(forecast.doneAtMs) : null,
  };
}

/**
 * How long a watch of a campaign will take, in s: until nobody is left who is due within five minutes. `undefined`
 * where nobody sends for it now, or nobody can tell.
 * @param known what was expected of it a moment ago; read here where it is left out
 */
export async function expectedWatch(
  { ledger, config }: OutlookTarget,
  campaign: Pick<CampaignSummary, 'id' | 'state' | 'senderIds' | 'counts'>,
  known?: Expected,
): Promise<number | undefined> {
  if (campaign.state !== 'running') return undefined;
  const { rate } = await atWork(ledger, campaign);
  if (rate === 0) return undefined;
  const { forecast } =
    known ?? (await expectedOf(ledger.campaigns, campaign.id, ratesOf(config.senders)));
  if (forecast === undefined) return openCount(campaign.counts) / rate;
  return forecast.closed.length > 0 ? undefined : forecast.secondsToPause;
}

/** What the processes that send for it may send now, all together. */
async function atWork(
  { senders }: OutlookTarget['ledger'],
  { senderIds }: Pick<CampaignSummary, 'senderIds'>,
): Promise<Pick<Outlook, 'rate' | 'processes'>> {
  const working = (await senders.list()).filter(
    ({ senderId, processes }) => processes > 0 && senderIds.includes(senderId),
  );
  return {
    rate: working.reduce((sum, s) => sum + (s.breaker === null ? s.rateNow : 0), 0),
    processes: working.reduce((sum, s) => sum + s.processes, 0),
  };
}
