/** One person is erased from the ledger. */
import type { Mentions } from '../people/mentions.ts';
import type { Problem } from '../problem.ts';
import type { Result } from '../result.ts';
import type { Clock } from './clock.ts';

/** What was erased of a person. */
export interface Forgotten {
  /** Something of them was there; a slip in a number forgets nobody. */
  readonly known: boolean;
  /** Their requests, over all campaigns. */
  readonly requests: number;
  /** Those of them that had still waited, and are skipped. */
  readonly skipped: number;
  /** Stored deliveries of webhooks that they were cut out of. */
  readonly deliveries: number;
  /** They had opted out, and still have. */
  readonly optedOut: boolean;
  /** What stands under their names again already, since Meta told of them meanwhile: places in the ledger. */
  readonly left: number;
  readonly theirs: Theirs;
}

/** By which what is kept of a person outside of the ledger is found. */
export interface Theirs {
  readonly requests: ReadonlySet<string>;
  readonly mentions: Mentions;
}

/** How a person is forgotten. */
export interface ForgetOptions {
  /** A number with its plus, or a user id. */
  readonly name: string;
  readonly clock: Clock;
  /**
   * A request to them is being sent, what Meta told of them is being applied, a subscriber is being told of them, or
   * others have held for half a minute what is needed: it is waited for.
   */
  readonly onWait?: (what: 'sending' | 'applying' | 'telling' | 'busy') => void | Promise<void>;
  /** Right before the ledger's part is erased; it may be called again. */
  readonly onErase?: (theirs: Theirs) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** The ledger's part in forgetting people. */
export interface ForgettingStore {
  /**
   * Erases a person, in one transaction once nothing of theirs is under way. A `Problem` without the key, or with
   * another one than the first.
   */
  forget(p: ForgetOptions): Promise<Result<Forgotten, Problem>>;
}
