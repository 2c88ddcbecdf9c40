/** The port to requests of all campaigns: looked up by what callers know of them, and read page by page. */
import type { RefusedLine } from '../people/recipient.ts';
import type { RequestResult, RequestState } from '../request.ts';

/** A request that was looked up. */
export interface FoundRequest extends RequestResult {
  /** Its own id in the ledger. */
  readonly id: string;
  readonly campaignId: string;
  /** It was asked alone: its campaign has nobody else. */
  readonly single: boolean;
  readonly senderId: string;
  /** Why it waits or ended, as a code for programs. */
  readonly reason: string | null;
  /** When it is checked, of one whose outcome is not known. ISO 8601 in UTC. */
  readonly check_at: string | null;
}

/** What is known of requests that are looked for; all of it has to fit. */
export interface RequestFilter {
  readonly wamid?: string;
  /** The person's number without plus, or user id; requests under their other names are found as well. */
  readonly name?: string;
  readonly reference?: string;
  readonly states?: readonly RequestState[];
}

/** Where a look among those who wait has come: campaign, sender, language, due time in microseconds (-1: always), id. */
export type WaitingPlace = readonly [string, string, string, number, string];

/** Where a page ended: at an id, or among those who wait. */
export type LookUpPlace =
  | { readonly before: string; readonly waiting?: undefined }
  | { readonly waiting: WaitingPlace; readonly before?: undefined };

/** A page of requests that were found: the newest first, then those who wait. */
export interface FoundRequests {
  readonly requests: readonly FoundRequest[];
  /** `after` of the page that follows; `null` where nothing does. */
  readonly next: LookUpPlace | null;
}

/** Requests in the ledger, a page at a time. */
export interface RequestStore {
  get(id: string): Promise<FoundRequest | undefined>;
  /**
   * Looks requests up. A page may be short, or empty, though others follow: with nothing but states no more than 50,000
   * requests are looked at for one, and of those who wait, by number or reference, no more than 200,000.
   */
  find(
    p: RequestFilter & { readonly limit: number; readonly after?: LookUpPlace },
  ): Promise<FoundRequests>;
  /** Requests of one campaign behind a row, `limit` at most. */
  ofCampaign(p: {
    readonly campaignId: string;
    readonly afterRow: number;
    readonly limit: number;
    readonly states?: readonly RequestState[];
    /** Meta's error code. */
    readonly errorCode?: number;
    /** Or, of those without one, why it waits or ended in a word of ours: `quiet-hours`. */
    readonly reason?: string;
  }): Promise<readonly RequestResult[]>;
  /** Lines of a campaign's list that could not be asked behind a row, `limit` at most. */
  refusedOf(p: {
    readonly campaignId: string;
    readonly afterRow: number;
    readonly limit: number;
  }): Promise<readonly RefusedLine[]>;
}
