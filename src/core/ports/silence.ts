/** What keeps a sender from sending, for those who must say so. */

/** How a sender stands with its due people. */
export interface Standing {
  /** Send times were given out in the last seconds, by whichever process. */
  readonly moves: boolean;
  /** Somebody of a running campaign is to be asked now. */
  readonly due: boolean;
  /** Of these, some are in the queue. */
  readonly queued: boolean;
  /** Of these, some could be fed: their template is open. */
  readonly feedable: boolean;
  /** Why the sender is closed. */
  readonly closed: string | null;
  /** Nothing is sent before: Meta named the time. */
  readonly heldUntil: Date | null;
  /** The daily budget of the portfolio is spent, and when its next place frees, where that is known. */
  readonly spent: { readonly freesAt: Date | null } | null;
  /** Why a template is closed that due people wait for. */
  readonly template: string | null;
}

/** Silence in the ledger, where all processes see it. */
export interface SilenceStore {
  standing(senderId: string): Promise<Standing>;
  /** Notes for others why this process sends nothing; `null`: it sends, or has nobody to ask. */
  note(p: {
    senderId: string;
    worker: string;
    silence: { readonly forMs: number; readonly why: string } | null;
  }): Promise<void>;
}
