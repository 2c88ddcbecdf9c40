/** Where a process leaves what the ledger must still hear when it ends before the database answers. */
import type { Problem } from '../problem.ts';
import type { Result } from '../result.ts';
import type { Theirs } from './forgetting.ts';
import type { RecordEntry } from './sending.ts';

/** What one process of one sender could not write before it ended. */
export interface Leftover {
  /** Outcomes, and claims that were certainly not written (`unsent`); each names its request and fence. */
  readonly outcomes: readonly RecordEntry[];
  /** Claims whose answer was never read: what they claimed was never sent. */
  readonly unread: readonly { readonly senderId: string; readonly claimId: string }[];
}

/** A file that waits. */
export interface SpoolFile {
  readonly path: string;
  /** Outcomes and claims in it; absent where it cannot be read. */
  readonly count?: number;
  readonly standing:
    | 'ours'
    /** It belongs to another ledger and is left where it is. */
    | 'other-ledger'
    /** No spool file of this version, or a broken one; left where it is. */
    | 'unreadable';
}

/** What was not kept. */
export interface SpoolLoss {
  /** Outcomes and claims that are lost: those requests become `uncertain` with their leases. */
  readonly lost: number;
  readonly problem: Problem;
}

/** The spool of one ledger. */
export interface Spool {
  /** Writes a file; once it resolves with a value, the file outlives a loss of power. */
  save(left: Leftover): Promise<Result<SpoolFile, SpoolLoss>>;
  /**
   * Hands each file of this ledger to `record`, which resolves once all of it is committed; then the file
   * goes. `record` may see a file twice, after a crash or beside another process, so what it writes must
   * not depend on how often. Gives how many outcomes and claims were taken. Rejects as `record` does, or
   * where a file can be read but not be moved; then it still waits.
   */
  take(record: (left: Leftover) => Promise<void>): Promise<number>;
  /** What waits, unreadable files and those of other ledgers too; those that a living process is taking are left out. */
  waiting(): Promise<readonly SpoolFile[]>;
}

/** What forgetting a person needs of a spool. */
export interface SpoolEraser {
  /**
   * Takes one person's names and ids out of each file of this ledger: of outcomes of these requests, and of any that
   * names them. What the outcomes were stays. Gives how many were changed.
   */
  forget(theirs: Theirs): Promise<number>;
}
