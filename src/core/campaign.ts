import type { Counts } from './request.ts';

/** States of a campaign; see `ARCHITECTURE.md` for the picture. */
export const CAMPAIGN_STATES = [
  'loading',
  'draft',
  'running',
  'paused',
  'completed',
  'cancelled',
] as const;

/** State of a campaign: `loading` while its list is being read. */
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** Why a campaign is paused. `by` says whether a person did it, or we did. */
export interface PauseReason {
  readonly by: 'person' | 'us';
  /** What is at fault: the template, the sender, or the campaign's own settings. */
  readonly scope?: 'template' | 'sender' | 'campaign';
  /** Meta's error code, where there is one. */
  readonly code?: number;
  readonly message: string;
}

/** What a campaign is made with. */
export interface CampaignSpec {
  /** `WHATSAPP_PHONE_NUMBER_ID` of the sender; of several, the first. */
  readonly senderId: string;
  /** All of them, where the campaign spreads over several: one person is always asked by the same. */
  readonly senderIds?: readonly string[];
  readonly template: string;
  readonly language: string;
  /** `positional`: columns `1`, `2`, ...; `named`: columns are the variables' names. */
  readonly parameterFormat: 'positional' | 'named';
  /** Columns that fill the header's variable rather than the body's, if any. */
  readonly headerParameters: readonly string[];
  /** Columns that fill the body, in the order they are sent. `null`: all of a line's parameters. */
  readonly bodyParameters: readonly string[] | null;
  /** What people tell it by. */
  readonly name?: string;
  /** Starts by itself once its list is in: said of a campaign that waits for it. */
  readonly startWhenIn?: boolean;
  /** Same key and same spec: the same campaign; a dead load goes on where it stopped. */
  readonly idempotencyKey?: string;
  /** More rejected or uncertain ones than this pause it: a number, or percent of those settled. */
  readonly maxErrors?: { readonly count: number } | { readonly percent: number };
  /** One person, now: ahead of every list. */
  readonly single?: boolean;
  /** Its share of the sender beside other campaigns, 1 (default) to 100. */
  readonly weight?: number;
  /** What happens to people who were asked too often lately; `wait` by default. */
  readonly onPairLimit?: 'wait' | 'skip';
  /** Ask people too who have granted a permission that still holds. */
  readonly includeGranted?: boolean;
  /** Ask people too who declined, or whose permission Meta took back, within the last seven days, and who took it back themselves. */
  readonly includeDeclined?: boolean;
  /** Nobody is asked before. */
  readonly startAt?: Date;
  /** Nobody is asked after. */
  readonly expireAt?: Date;
  /** Hours of the day in which a person is not asked, in the person's own time zone. */
  readonly quietHours?: QuietHours;
}

/** From one time of day to another, over midnight where the second is earlier; `21:00`, `08:00`. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** A campaign as the ledger holds it. */
export interface Campaign extends CampaignSpec {
  readonly id: string;
  readonly senderIds: readonly string[];
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** A campaign with what became of its people so far. */
export interface CampaignSummary extends Campaign {
  readonly counts: Counts;
  readonly refusedLines: number;
  /** When it begins, where it is `running` and that lies ahead. */
  readonly scheduledFor: Date | null;
  /** Accepted requests of which Meta said something else than `accepted` (`message_status`), by that value. */
  readonly messageStatuses: Readonly<Record<string, number>>;
}

/** By what campaigns are told apart in lists: their states, and `scheduled`, the running ones whose start lies ahead. */
export const SHOWN_STATES = [...CAMPAIGN_STATES, 'scheduled'] as const;
/** One of them. */
export type ShownState = (typeof SHOWN_STATES)[number];

/** The state of a campaign as people are told it: a running one whose start lies ahead is `scheduled`. */
export function shownState(
  campaign: Pick<Campaign, 'state'> & Partial<Pick<CampaignSummary, 'scheduledFor'>>,
): ShownState {
  return campaign.state === 'running' && campaign.scheduledFor != null
    ? 'scheduled'
    : campaign.state;
}
