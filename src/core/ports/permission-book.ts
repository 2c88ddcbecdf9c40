/** The permission book as it is read: who may be phoned by which sender, until when, and why. */
import type { FunnelCount } from './replies.ts';

/** The states of the book. `expired` is a matter of reading. */
export const BOOK_STATES = [
  'none',
  'requested',
  'temporary',
  'permanent',
  'declined',
  'revoked',
  'expired',
] as const;

/** A state of the book. */
export type BookState = (typeof BOOK_STATES)[number];

/** A person in the book of one sender. */
export interface BookEntry {
  readonly senderId: string;
  readonly state: BookState;
  readonly since: Date | null;
  /** Until when it may be phoned, answered, or is barred from asking, by state. */
  readonly until: Date | null;
  /** `answer`, `profile`, `callback`, `automatic`, `person`, `query`, `request` ... */
  readonly source: string | null;
  /** Number with plus, or user id. */
  readonly to: string;
  readonly waId: string | null;
  readonly userId: string | null;
  /** Of the last request to them. */
  readonly reference: string | null;
  readonly campaign: string | null;
}

/** Which people. */
export interface BookFilter {
  readonly states?: readonly BookState[];
  /** Their `until` lies within so many ms. */
  readonly untilWithinMs?: number;
  readonly campaignId?: string;
  /** Number with plus, or user id: one person. */
  readonly to?: string;
}

/** One thing that happened between a person and a sender. */
export interface HistoryEntry {
  readonly kind: 'word' | 'call' | 'request';
  readonly senderId: string;
  readonly at: Date;
  readonly what: string;
  readonly source: string | null;
  readonly until: Date | null;
  /** Of Meta: why a request was not delivered. */
  readonly code: number | null;
}

/** A person's calls with a sender, as far as webhooks told. */
export interface CallStanding {
  readonly senderId: string;
  /** Of 100 that Meta allows in 24 h. */
  readonly connectedDay: number;
  /** In a row; the fourth takes the permission back. */
  readonly unanswered: number;
}

/** Reads the book, and what campaigns led to. */
export interface PermissionBook {
  entries(filter?: BookFilter): AsyncIterable<BookEntry>;
  /** By time, the oldest first. */
  history(to: string): Promise<readonly HistoryEntry[]>;
  calls(to: string): Promise<readonly CallStanding[]>;
  /** What became of a campaign's messages, by language. */
  funnel(campaignId: string): Promise<readonly FunnelCount[]>;
  /** Seconds after which half of those who answered had done so. */
  medianAnswerS(campaignId: string): Promise<number | null>;
}
