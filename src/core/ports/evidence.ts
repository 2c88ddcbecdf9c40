/** What the ledger does with evidence about requests whose outcome is not known. */
import type { CampaignState } from '../campaign.ts';
import type { RequestState } from '../request.ts';
import type { InParts } from './campaigns.ts';
import type { ClaimRef } from './sending.ts';

/** Evidence about requests whose outcome is not known, and operators' decisions on them. */
export interface EvidenceStore {
  /** An uncertain request whose check is due, and its place in the pace of that route. */
  takeCheck(p: {
    senderId: string;
    putOffMs: number;
    paceMs: number;
  }): Promise<UncertainCheck | undefined>;
  /** What the check found; `false` when the request had moved on meanwhile. */
  recordCheck(
    p: ClaimRef & {
      state: 'accepted' | 'pending' | 'uncertain';
      finding?: string;
      /** Only for `uncertain`: look again after this long; absent: the check is made. */
      againAfterMs?: number;
    },
  ): Promise<boolean>;
  /**
   * Statuses of messages, in any order and however often. Never causes a POST. One whose message is not known
   * waits and is looked for again ({@link applyWaiting}).
   * @param p.tell what all of them did that belong to a request; only failures that are news unless told
   */
  applyStatuses(
    statuses: readonly StatusEvent[],
    p?: { readonly tell?: boolean },
  ): Promise<readonly AppliedStatus[]>;
  /**
   * Statuses that wait for their message, as many as are due. A failure comes again half a minute later, as news, until
   * what follows from it is done ({@link waitingDone}).
   */
  applyWaiting(most: number): Promise<readonly AppliedWaiting[]>;
  waitingDone(applied: readonly Pick<AppliedWaiting, 'waiting'>[]): Promise<void>;
  /** An operator settles one uncertain request; `undefined` when there is no such row. */
  settle(p: {
    campaignId: string;
    row: number;
    as: 'accepted' | 'rejected';
  }): Promise<{ settled: boolean; state: RequestState } | undefined>;
  /**
   * An operator asks again those that ended in some states, a part of them at a time; gives how many, whether
   * the whole list was looked at, and in which state the campaign is: one that is cancelled asks nobody.
   */
  retry(
    p: {
      campaignId: string;
      states: readonly RequestState[];
      errorCode?: number;
    } & InParts,
  ): Promise<
    { readonly retried: number; readonly whole: boolean; readonly state: CampaignState } | undefined
  >;
}

/** Delivery as webhooks tell it; it only moves forward. */
export type DeliveryStatus = 'sent' | 'delivered' | 'read' | 'failed';

/** Why a message failed, in Meta's words. */
export interface StatusError {
  readonly code: number;
  readonly message: string;
}

/** One status webhook, as far as the ledger needs it. */
export interface StatusEvent {
  /** Only a message of this sender is meant. */
  readonly senderId?: string;
  /** From `biz_opaque_callback_data`, where it was ours. */
  readonly request?: string;
  readonly fence?: number;
  /** Absent where it came in a form that no store takes. */
  readonly wamid?: string;
  readonly status: DeliveryStatus;
  readonly at: Date;
  readonly waId?: string;
  readonly userId?: string;
  readonly error?: StatusError;
  /** Meta's `errors[]` whole. */
  readonly errors?: readonly StatusError[];
  /** What is charged: `<type> <category>`, and `free` where it is not billed. */
  readonly pricing?: string;
}

/** What a status did. */
export interface AppliedStatus {
  /** Which of the statuses that were given, from 1. */
  readonly n: number;
  readonly request: string;
  /** `false`: it belongs to an older attempt and was kept as evidence. */
  readonly applied: boolean;
  /** The delivery moved: `false` for a status that was here before, or came too late to count. */
  readonly news: boolean;
  readonly was: RequestState;
  readonly state: RequestState;
  readonly delivery: DeliveryStatus | null;
  readonly senderId: string;
  readonly template: string;
  readonly language: string;
  /** Digits of the wa_id where it is known, else of the number. */
  readonly person: string;
}

/** What a status did that had waited for its message. */
export interface AppliedWaiting extends AppliedStatus {
  /** Its own id while it waits. */
  readonly waiting: string;
  /** Meta's time of it. */
  readonly at: Date;
  readonly error?: StatusError;
}

/** An uncertain request with all that its check must weigh. */
export interface UncertainCheck extends ClaimRef {
  readonly to: string;
  readonly waId: string;
  /** Meta has named the wa_id of this number before. */
  readonly waIdKnown: boolean;
  /** This check included. */
  readonly checks: number;
  /** Since the allowance was reserved. */
  readonly ageMs: number;
  /** Other times we asked this person, outcome known or not, within 24 h and 7 days. */
  readonly knownDay: number;
  readonly knownWeek: number;
  /** A connected call has reset the counters since. */
  readonly resetSince: boolean;
  /** The person has left this number, or this user id, since: the count is somebody else's now. */
  readonly leftSince: boolean;
  /** Messages of this campaign were held since: this one may be held too, and not counted yet. */
  readonly heldSince: boolean;
  /** Wait this long before asking: the pace of the route. */
  readonly waitMs: number;
}
