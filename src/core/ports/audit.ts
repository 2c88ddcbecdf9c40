/** Who did what, when: kept in the ledger. */

/** What somebody is known by: a session, a proxy's header, a key, the settings' password, the command line; or by nothing. */
export const ACTOR_KINDS = ['user', 'proxy', 'key', 'password', 'command', 'nobody'] as const;

/** Who did it. */
export interface Actor {
  readonly kind: (typeof ACTOR_KINDS)[number];
  readonly name: string;
  /** Role of a user, scope of a key. */
  readonly role?: string | undefined;
}

/** How an action ended. */
export const OUTCOMES = ['done', 'refused', 'failed'] as const;

/** Something that was done, or tried. */
export interface Action {
  readonly actor: Actor;
  /** Operation of the HTTP API, or the command. */
  readonly what: string;
  /** To what: a campaign, a template, a key. No phone number stands here whole. */
  readonly target?: string | undefined;
  /** To whom, where it is one person: by it they can be forgotten. Number without a plus, or user id. */
  readonly person?: string | undefined;
  readonly outcome: (typeof OUTCOMES)[number];
  /** HTTP's. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
}

/** A row of the log. */
export interface AuditEntry {
  /** Grows with time. */
  readonly id: string;
  readonly at: Date;
  readonly kind: Actor['kind'];
  readonly who: string;
  readonly role: string | null;
  readonly what: string;
  readonly target: string | null;
  readonly person: string | null;
  readonly outcome: Action['outcome'];
  readonly status: number | null;
  readonly requestId: string | null;
  /** More than one: so often within the minute that `at` begins. */
  readonly times: number;
}

/** Writes and reads the log. */
export interface AuditStore {
  /** Writes it down. @param times of several within this minute: added to the row of the minute. */
  record(action: Action, times?: number): Promise<void>;
  /** The newest first. */
  list(p: {
    readonly since?: Date | undefined;
    readonly who?: string | undefined;
    readonly what?: string | undefined;
    readonly outcome?: Action['outcome'] | undefined;
    /** Only those before this id. */
    readonly before?: string | undefined;
    readonly limit: number;
  }): Promise<readonly AuditEntry[]>;
}
