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
  readonly senderId?: string;
  /** Number with plus, or user id: one person. */
  readonly to?: string;
}

/**
 * Where a reader of the book is: the sender and the name of the last one looked at, or their row in a campaign.
 * What is booked meanwhile moves nobody from one side of it to the other.
 */
export type BookPlace = readonly [senderId: string, person: string] | readonly [row: number];

/** A part of the book, and how to read on. */
export interface BookPage {
  readonly entries: readonly (BookEntry & { readonly place: BookPlace })[];
  /** `null`: nobody follows. */
  readonly next: BookPlace | null;
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

/** How many answered within one span of times. */
export interface AnswerTimeCount {
  /** Which of the spans: 0 ends with the first of the times that were given. */
  readonly span: number;
  readonly granted: number;
  readonly declined: number;
}

/** Reads the book, and what campaigns led to. */
export interface PermissionBook {
  entries(filter?: BookFilter): AsyncIterable<BookEntry>;
  /**
   * Some of them. So many people are looked at for one page at most that it takes a second or two, whatever the filter:
   * there may be fewer on it than `limit`, or nobody, and more behind it.
   */
  page(
    p: Omit<BookFilter, 'to'> & { readonly limit: number; readonly after?: BookPlace },
  ): Promise<BookPage>;
  /** By time, the oldest first. */
  history(to: string): Promise<readonly HistoryEntry[]>;
  calls(to: string): Promise<readonly CallStanding[]>;
  /** What became of a campaign's messages, by language. */
  funnel(campaignId: string): Promise<readonly FunnelCount[]>;
  /** Seconds after which half of those who answered had done so. */
  medianAnswerS(campaignId: string): Promise<number | null>;
  /** How many of a campaign answered between each two of some times, given in seconds and rising; spans without any are left out. */
  answerTimes(campaignId: string, seconds: readonly number[]): Promise<readonly AnswerTimeCount[]>;
}
