/**
 * What one POST led to. The four kinds are closed: everything a server or a network can do to a
 * request is one of them, and only `unsent` may be tried again without asking the table.
 */
export type Outcome = Accepted | Refused | Uncertain | Unsent;

/** Meta took the message. */
export interface Accepted {
  readonly kind: 'accepted';
  /** Meta's id as it stood in the answer; absent where it came in a form that no store takes. */
  readonly wamid?: string;
  /** As Meta sent it; `accepted` where the field was absent. */
  readonly messageStatus: string;
  /** Digits; absent where Meta left it out. May differ from the number asked (Brazil, Mexico). */
  readonly waId?: string;
  readonly usage?: Usage;
  /** The answer as it came (`outsideRaw`), where something in it had to be changed. */
  readonly raw?: string;
}

/** Meta answered with a Graph error object: the message was not taken (invariant 2). */
export interface Refused {
  readonly kind: 'refused';
  readonly error: GraphError;
  /** From `Retry-After`, where it ever comes, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly usage?: Usage;
  /** The answer as it came (`outsideRaw`), where something in it had to be changed. */
  readonly raw?: string;
}

/** The body was written (wholly or in part) and no readable answer of its own came: it may have been taken. */
export interface Uncertain {
  readonly kind: 'uncertain';
  readonly cause: UncertainCause;
  /** For people, e.g. `no answer within 30000 ms`. */
  readonly detail: string;
  /** The answer that cannot be its own, as it came (`outsideRaw`). */
  readonly raw?: string;
}

/** Why an outcome is not known. `lease-ended` comes from the sweep, `interrupted` from a fault of ours, the others from HTTP. */
export type UncertainCause =
  | 'timeout'
  | 'connection-lost'
  | 'unreadable-success'
  | 'server-error'
  /** The answer names somebody else, or its connection mixes answers up. */
  | 'foreign-answer'
  | 'lease-ended'
  | 'interrupted';

/** Nothing reached Meta, and that is certain (refused connection, DNS, TLS, or never written). */
export interface Unsent {
  readonly kind: 'unsent';
  readonly detail: string;
}

/** Meta's error object, read tolerantly. */
export interface GraphError {
  /** -1 where the object carried none. */
  readonly code: number;
  readonly message: string;
  readonly subcode?: number;
  readonly type?: string;
  readonly details?: string;
  readonly userTitle?: string;
  readonly userMessage?: string;
  readonly isTransient?: boolean;
  readonly traceId?: string;
  readonly httpStatus?: number;
}

/** The highest figures of `x-business-use-case-usage` / `x-app-usage`. */
export interface Usage {
  /** Highest of call_count, total_cputime, total_time: percent of the allowance. */
  readonly percent: number;
  /** `estimated_time_to_regain_access`, in milliseconds (Meta gives minutes). */
  readonly regainAccessMs?: number;
}
