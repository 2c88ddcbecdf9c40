/** Webhook deliveries on their way into the ledger: stored before they are answered, applied afterwards. */

/** A delivery whose signature was right. */
export interface NewDelivery {
  /** SHA-256 of the raw bytes: the same delivery twice is stored once. */
  readonly digest: Uint8Array;
  /** The body as it came: JSON. */
  readonly body: string;
}

/** A stored delivery that is to be applied. */
export interface StoredDelivery {
  readonly id: string;
  /** The partition it lies in, `2026-11-28`. */
  readonly day: string;
  readonly body: string;
  /** By the ledger's clock, which `callpermit clock advance` moves on. */
  readonly receivedAt: Date;
  /** The same by the clock of the machine. */
  readonly arrivedAt: Date;
  /** Times it was taken, this one included. */
  readonly tries: number;
}

/** A part of a delivery that could not be read or applied. */
export interface UnreadPart {
  readonly delivery: string;
  readonly day: string;
  readonly where: string;
  readonly why: string;
  readonly raw: string;
}

/** Something to be counted: what came, by field or kind, and what was refused. */
export interface WebhookCount {
  /** `field`, `kind`, `ignored`, `unknown`, `unreadable`, `foreign`, `refused`. */
  readonly about: string;
  /** `messages`, `status`, `unsigned` ... */
  readonly what: string;
  /** Whose number or account; empty where nobody's is known. */
  readonly senderId: string;
  readonly n: number;
}

/** A count as it stands. */
export interface WebhookTally extends WebhookCount {
  readonly lastAt: Date;
}

/** What `doctor` and `/v1/senders` say of webhooks. */
export interface WebhookStanding {
  readonly lastReceivedAt: Date | null;
  /** Stored and not applied yet. */
  readonly waiting: number;
  readonly oldestWaitingAt: Date | null;
  readonly unread: number;
  readonly tallies: readonly WebhookTally[];
}

/** The store of deliveries. */
export interface WebhookStore {
  /** Commits deliveries; those that are there already are not stored again. */
  store(deliveries: readonly NewDelivery[]): Promise<void>;
  /** Some that are to be applied, for so long: after it others take them. The oldest first. */
  take(p: {
    readonly most: number;
    readonly mostBytes: number;
    readonly leaseMs: number;
    /** Only what has been there for so long; all of it unless told. */
    readonly minAgeMs?: number;
  }): Promise<readonly StoredDelivery[]>;
  /** They are applied; what could not be read of them is kept, and what came is counted. */
  finish(p: {
    readonly deliveries: readonly Pick<StoredDelivery, 'id' | 'day'>[];
    readonly unread: readonly UnreadPart[];
    readonly counts: readonly WebhookCount[];
  }): Promise<void>;
  /** Counts what was not stored: refused signatures. */
  count(counts: readonly WebhookCount[]): Promise<void>;
  standing(): Promise<WebhookStanding>;
  unreadParts(p: { readonly most: number }): Promise<readonly (UnreadPart & { at: Date })[]>;
  /** Makes room for the coming days and drops what is older than so many. */
  keepDays(days: number): Promise<void>;
}
