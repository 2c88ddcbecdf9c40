/** Figures of the ledger for who watches it from outside; each is read from counts that are kept, or by an index. */
import type { BookState } from './permission-book.ts';
import type { SenderStatus } from './senders.ts';
import type { WebhookStanding } from './webhooks.ts';

/** Requests of lists in one state. */
export interface RequestFigure {
  readonly senderId: string;
  readonly state: string;
  readonly n: number;
  /** Of these, so many could be asked now: their campaign runs, and their hour has come. */
  readonly due: number;
}

/** A sender as it is watched. */
export interface SenderFigure extends SenderStatus {
  /** Since when the oldest batch waits to be claimed, in s. */
  readonly oldestQueuedS: number;
}

/** How many answered so. */
export interface AnswerFigure {
  readonly answer: 'temporary' | 'permanent' | 'declined';
  readonly n: number;
}

/** How many people one sender has in a state of the permission book, by their last word. */
export interface PermissionFigure {
  readonly senderId: string;
  readonly state: Exclude<BookState, 'requested' | 'none'>;
  readonly n: number;
}

/** Reads figures, by a connection that no claim waits for. */
export interface FiguresStore {
  requests(): Promise<readonly RequestFigure[]>;
  senders(): Promise<readonly SenderFigure[]>;
  /** Breakers of templates that are open. */
  templateBreakers(): Promise<number>;
  answers(): Promise<readonly AnswerFigure[]>;
  webhooks(): Promise<WebhookStanding>;
  /** Counts all of the book: to be asked for seldom. */
  permissions(): Promise<readonly PermissionFigure[]>;
}
