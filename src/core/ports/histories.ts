/** The port to what is kept of one request's way: its times, each try, and the deliveries of Meta that name it. */
import type { RequestTraces } from '../webhook/parts-about.ts';
import type { FoundRequest } from './requests.ts';

/** What is kept of one try, or of what was said of it. */
export interface KeptTry {
  readonly at: Date;
  /** Which claim it was. */
  readonly fence: number;
  /** `accepted`, `refused`, `unsent`, `uncertain`, `doubted`, `check: accepted`, `settled: rejected`, `status: failed` ... */
  readonly outcome: string;
  /** False: it came too late to change anything. */
  readonly applied: boolean;
  /** Meta's error code. */
  readonly code: number | null;
  readonly detail: string | null;
  /** When it is tried next, where that was decided. */
  readonly retryAt: Date | null;
}

/** A request with all that is kept of it. */
export interface KeptRequest {
  readonly request: FoundRequest;
  readonly language: string;
  /** How often it was claimed. */
  readonly fence: number;
  readonly claimedAt: Date | null;
  readonly uncertainAt: Date | null;
  readonly failedAt: Date | null;
  readonly tries: readonly KeptTry[];
  readonly traces: RequestTraces;
}

/** A place among stored deliveries: a day of UTC, `2026-11-29`, and the delivery to look at next. */
export interface DeliveryPlace {
  readonly day: string;
  readonly id: string;
}

/** A stored delivery that may be about a request. */
export interface FoundDelivery {
  readonly id: string;
  readonly receivedAt: Date;
  readonly body: string;
}

/** How a campaign goes: how long its last messages took, in ms from claim to answer, `null` where there were none. */
export interface Latency {
  readonly sampled: number;
  readonly medianMs: number | null;
  /** Of a hundred, 95 took no longer. */
  readonly mostMs: number | null;
  /** How many it asked a second, by the last ones; `null` where these are too few. */
  readonly askedPerSecond: number | null;
}

/** Reads what is kept of requests. */
export interface HistoryStore {
  ofRow(p: { readonly campaignId: string; readonly row: number }): Promise<KeptRequest | undefined>;
  /** The first delivery of a day that came at a time or later; `undefined` of a day without any. */
  firstFrom(day: string, at: Date): Promise<DeliveryPlace | undefined>;
  /**
   * Deliveries from a place on that hold one of some texts. `next` is where to go on in that day; `null`: it has no more.
   */
  deliveriesWith(p: {
    readonly from: DeliveryPlace;
    /** None that came later. */
    readonly until: Date;
    readonly texts: readonly string[];
    /** How many are looked at. */
    readonly most: number;
  }): Promise<{
    readonly found: readonly FoundDelivery[];
    readonly looked: number;
    readonly next: DeliveryPlace | null;
  }>;
  /** @param withinS only messages that were taken within so many seconds */
  latencyOf(campaignId: string, withinS: number): Promise<Latency>;
  /** Days of which deliveries are kept, the oldest first. */
  deliveryDays(): Promise<readonly string[]>;
}
