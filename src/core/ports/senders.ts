/** Senders in the ledger: one rate and one breaker each, shared by all processes. */
import type { PauseReason } from '../campaign.ts';

/** Senders in the ledger: rate and breaker, shared by all processes. */
export interface SenderStore {
  /** Makes the sender known; says nothing about its rate. */
  ensure(p: {
    senderId: string;
    businessAccountId?: string;
    messagesPerSecond: number;
  }): Promise<void>;
  /**
   * Counts the daily budget of a sender's portfolio again, and says how large it is: people in a moving
   * 24 h. `null`: no limit. Holds for as long as some process goes on saying it.
   */
  budget(p: {
    senderId: string;
    portfolio: string;
    limit: number | null;
    /** A lower limit that holds stays. */
    keepLower?: boolean;
  }): Promise<void>;
  /** This process is alive with this rate; the rate in force is the lowest among the living. */
  heartbeat(p: {
    worker: string;
    senderId: string;
    messagesPerSecond: number;
    inFlight: number;
  }): Promise<SenderStatus>;
  /** This process is gone. */
  leave(p: { worker: string; senderId: string }): Promise<void>;
  list(): Promise<readonly SenderStatus[]>;
  /** Meta said "too fast": cuts the rate of the sender, for all processes; it climbs back by itself. */
  slow(p: {
    senderId: string;
    reason: string;
    /** Nothing is sent for so long: Meta named the time. */
    waitMs?: number;
    /** One cut for all messages in flight: the next not before this long. */
    cutAgainMs: number;
  }): Promise<void>;
  /** Opens a breaker and pauses the campaigns on it with the reason. */
  close(p: {
    senderId: string;
    template?: { readonly name: string; readonly language: string };
    reason: PauseReason;
    probeAfterMs?: number;
  }): Promise<readonly string[]>;
  /**
   * Closes breakers: of the sender, and of a template in one language or all. `resume` (a probe) also
   * resumes the campaigns that they had paused, and gives their ids.
   */
  reopen(p: {
    senderId: string;
    template?: { readonly name: string; readonly language?: string };
    /** Only the template's; by default the sender's too. */
    templateOnly?: boolean;
    resume?: boolean;
  }): Promise<readonly string[]>;
  /** The breaker of a sender, or of a template, is looked at soon if looking can end it: Meta says that all is well. */
  probeSoon(p: {
    senderId: string;
    template?: { readonly name: string; readonly language: string };
  }): Promise<void>;
  /** Breakers of this sender that are due for a look; `null` is the sender's own. */
  takeProbes(p: {
    senderId: string;
    pauseMs: number;
  }): Promise<readonly ({ readonly name: string; readonly language: string } | null)[]>;
}

/** A sender as operators see it. */
export interface SenderStatus {
  readonly senderId: string;
  readonly rateAllowed: number;
  readonly rateNow: number;
  readonly rateReason: string | null;
  readonly breaker: PauseReason | null;
  readonly breakerSince: Date | null;
  /** When it is looked whether the breaker may close again; `null`: only a person's `resume` closes it. */
  readonly nextLookAt: Date | null;
  readonly inFlight: number;
  readonly processes: number;
  /** The daily budget of its portfolio, where there is one. */
  readonly budget: SenderBudget | null;
  /** People are due and nothing is sent: why, and since when; `null`: it sends, or has nobody to ask. */
  readonly silence: SenderSilence | null;
}

/** Why a sender sends nothing. */
export interface SenderSilence {
  readonly since: Date | null;
  readonly why: string;
}

/** How many people a portfolio may still reach within 24 h, over all its senders. */
export interface SenderBudget {
  readonly portfolio: string;
  readonly limit: number;
  readonly remaining: number;
  /** When the next place frees, while there is none. */
  readonly freesAt: Date | null;
}
