/** The port to what sending reads and writes in the ledger. */
import type { PauseReason } from '../campaign.ts';
import type { RequestState } from '../request.ts';
import type { Outcome } from '../verdicts/outcome.ts';

/** A request's way from `pending` to its outcome: feed, claim, record, sweep. */
export interface SendingStore {
  /**
   * `pending` -> `queued` in batches, over campaigns by their weight, single requests first (or only): `limit` rows
   * at most, of them `batchSize` at most in one batch.
   */
  feed(p: {
    senderId: string;
    limit: number;
    batchSize: number;
    singlesOnly?: boolean;
  }): Promise<readonly FedBatch[]>;
  /** Claims up to the room the sender's rate leaves, and reserves a send time for each (one statement). */
  claim(p: {
    senderId: string;
    batches: readonly BatchToClaim[];
    worker: string;
    /** Names this claim; made before it is asked for, and never used again ({@link SendingStore.releaseClaim}). */
    claimId: string;
    /** Held claims that missed their send time and want another; served before any of `batches` but single requests. */
    again?: readonly ClaimRef[];
    /** How far ahead send times are given out, in ms; 200 unless told. */
    horizonMs?: number;
    /** How far back the first send time may lie where the process has a share, in ms; 250 unless told. */
    reachBackMs?: number;
    /** How long the claim outlasts its send time, in ms; longer than the request time-out. */
    leaseMs: number;
  }): Promise<ClaimAnswer>;
  /** Decides the rows a claim left: closed ones go back to `pending`, late ones expire, who opted out is skipped. */
  decideUnclaimed(p: {
    senderId: string;
    rows: readonly QueuedRow[];
  }): Promise<readonly UnclaimedRow[]>;
  /** What is left of batches goes back, `queued` -> `pending`; gives the batch of each row. */
  giveBack(p: { senderId: string; batches: readonly number[] }): Promise<readonly number[]>;
  /** The sender's last process ends: what paused campaigns have `queued` goes back to `pending`. */
  withdraw(p: { senderId: string }): Promise<void>;
  /**
   * Counts equal failures that are not about the person; enough of them in a row, with no acceptance
   * between, pause the campaign with `reason` and put refused rows back. Gives whether it is paused by it.
   */
  streak(p: {
    campaignId: string;
    /** What they have in common, e.g. Meta's error code. */
    key: string;
    attempts: readonly ClaimRef[];
    enough: number;
    reason: PauseReason;
  }): Promise<boolean>;
  /**
   * After a claim whose answer was never read: what it has claimed goes back, and if it is still to commit
   * it claims nothing. Gives how many went back.
   */
  releaseClaim(p: { senderId: string; claimId: string }): Promise<number>;
  /**
   * Writes outcomes, fenced; says which were applied. `unsent` gives a claim back, also one that the sweep has
   * made `uncertain` meanwhile. No value in one of them keeps the others out. One that is not in the answer names
   * a request that is not in the ledger any more.
   */
  record(entries: readonly RecordEntry[]): Promise<readonly RecordAnswer[]>;
  /** Claims whose lease ended -> `uncertain`. */
  sweepLeases(p: { checkAfterMs: number }): Promise<number>;
  /** Batches fed longer ago than `olderThanMs` that may have lost their job, oldest first. */
  staleBatches(p: {
    senderId: string;
    olderThanMs: number;
    limit: number;
  }): Promise<readonly number[]>;
  /** Pauses running campaigns whose open requests all wait for a template breaker; gives their ids. */
  pauseBlocked(): Promise<readonly string[]>;
  /** Waiting rows whose time to be asked has passed -> `expired`; gives how many. */
  expire(): Promise<number>;
  /** Completes running campaigns that have nothing open; gives their ids. */
  completeCampaigns(): Promise<readonly string[]>;
}

/** What the ledger tells at once while others work on it: a campaign is in another state, or has people again. */
export interface WorkEvent {
  readonly kind: 'campaign';
  readonly id: string;
  readonly state: string;
}

/** Some requests of one campaign and one sender, that travel as one job. */
export interface FedBatch {
  /** A number that was never used before. */
  readonly batch: number;
  /** Requests in it. */
  readonly size: number;
  /** Its one request goes before all campaigns. */
  readonly single: boolean;
  /** What its campaign is called, or its id: for people who look at the queue. */
  readonly campaign: string;
}

/** A batch in hand. */
export interface BatchToClaim {
  readonly batch: number;
  /** How many of its campaign this process has claimed, less what all campaigns in hand had: by that they take turns. */
  readonly served: number;
}

/** A row that waits in a batch. */
export interface QueuedRow {
  readonly request: string;
  readonly batch: number;
}

/** Names one attempt: writes that do not carry the current fence change nothing. */
export interface ClaimRef {
  readonly request: string;
  readonly fence: number;
}

/** One claimed request with all that its POST needs. */
export interface ClaimedRequest extends ClaimRef {
  /** Raised when an operator asks somebody again who was accepted. */
  readonly epoch: number;
  /** How long its lease lasts from the moment its claim was answered by the ledger, ms. */
  readonly leaseLeftMs: number;
  readonly batch: number;
  /** Its number in the list, from 1. */
  readonly row: number;
  /** Its campaign's: send times are shared by it. */
  readonly weight: number;
  readonly campaignId: string;
  readonly senderId: string;
  readonly to: string;
  readonly template: string;
  readonly language: string;
  readonly parameterFormat: 'positional' | 'named';
  readonly headerParameters: readonly string[];
  readonly bodyParameters: readonly string[] | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** Tries that count, this one included. */
  readonly attempts: number;
  /** When to send: milliseconds since the epoch by the database's clock. */
  readonly slotAtMs: number;
  /** Must not be sent later than this long after the claim was asked for; absent: no bound. */
  readonly expiresMs?: number;
}

/** A claim's answer. */
export interface ClaimAnswer {
  readonly claimed: readonly ClaimedRequest[];
  /** Rows whose turn it was and who may not be asked now: to be decided. */
  readonly left: readonly QueuedRow[];
  /** Those of the batches in which nobody waits any more, or never did. */
  readonly done: readonly number[];
  /** New send times for held claims, in the order asked for; those left out go on waiting. Same clock as below. */
  readonly again: readonly (ClaimRef & { readonly slotAtMs: number })[];
  /** Held claims whose lease is over, or that are not theirs any more: they must not be sent. */
  readonly lost: readonly ClaimRef[];
  /** This process's own part of the rate, messages a second, which it keeps to by counting; absent: all take turns. */
  readonly share?: number;
  /** When it got its share, or will (same clock as below), where others had the rate before. */
  readonly beginsMs?: number;
  /** Its share falls then (same clock as below): another process begins. No send time of this answer is later. */
  readonly falls?: { readonly atMs: number; readonly to: number };
  /** Its share fell then (same clock), after all send times it was given before and ahead of those of this answer. */
  readonly sinceMs?: number;
  /** Nobody has sent for this sender in the last second. */
  readonly rested?: true;
  /** The database's clock at the statement, ms since the epoch. */
  readonly databaseNowMs: number;
  /** When the next free send time is, same clock. */
  readonly nextSlotMs: number;
  /** Messages a second now in force. */
  readonly rate: number;
  /** The sender's breaker is open: nothing may be sent. */
  readonly closed: boolean;
}

/** What became of a row that could not be claimed. */
export interface UnclaimedRow extends QueuedRow {
  /** `later`: still claimable, its turn comes. `not-queued`: it does not wait in this batch any more. */
  readonly fate: 'later' | 'not-queued' | RequestState;
}

/** One outcome with what follows from it, worked out by `src/sending/react.ts`. */
export interface RecordEntry extends ClaimRef {
  /** The claim's; an outcome of another epoch changes nothing. */
  readonly epoch?: number;
  /**
   * Whom the claim asked. Where a ledger was put back to an older state, another request may have the same id and
   * fence: the outcome of one to somebody else names a request that is not there.
   */
  readonly to?: string;
  readonly state: 'accepted' | 'already-granted' | 'rejected' | 'uncertain' | 'pending';
  /** `doubted`: a refusal that turned out to be perhaps somebody else's. */
  readonly outcome: Outcome['kind'] | 'doubted';
  /** For `pending`: wait this long. For `uncertain`: check after this long. */
  readonly delayMs?: number;
  readonly countAttempt: boolean;
  readonly giveBackAllowance: boolean;
  readonly wamid?: string;
  readonly messageStatus?: string;
  readonly waId?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** Why, as a code for programs: an uncertain cause or a verdict. */
  readonly reason?: string;
  /** The answer as it came, for the attempt's evidence: escaped text of 8 kB at most. */
  readonly raw?: string;
}

/** Whether an outcome was applied, or kept as evidence only. */
export interface RecordAnswer extends ClaimRef {
  readonly applied: boolean;
  readonly state: RequestState;
}
