/** How a running campaign will go on: how fast its senders may go now, and how long it will take. */
import type { SenderConfig } from '../config/config.ts';
import type { CampaignSummary } from '../core/campaign.ts';
import type { CampaignStore, SenderStore } from '../core/ports/index.ts';
import { expectedOf, ratesOf } from './expected.ts';

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
  const senders = (await ledger.senders.list()).filter(
    ({ senderId, processes }) => processes > 0 && campaign.senderIds.includes(senderId),
  );
  const rate = senders.reduce((sum, s) => sum + (s.breaker === null ? s.rateNow : 0), 0);
  const processes = senders.reduce((sum, s) => sum + s.processes, 0);
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
