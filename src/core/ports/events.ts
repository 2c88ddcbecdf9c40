/** Events in the ledger: the log of what was told, who is told, and what is still to be told. */
import type { EventState, EventType } from '../events/event-types.ts';

/** An event as the ledger has it: `data` fits its type (`core/events/event.ts`). */
export interface StoredEvent {
  /** Its place in the log; later ones have higher ones. */
  readonly pos: string;
  readonly id: string;
  readonly type: EventType;
  readonly occurredAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event in a list, with how far it is. */
export interface ListedEvent extends StoredEvent {
  readonly state: EventState;
  /** Tries so far, of the subscription that had the most. */
  readonly tries: number;
  readonly nextAt: Date | null;
  readonly lastError: string | null;
}

/** Who is told. `settings`: `EVENTS_URL`; `queue`: `EVENTS_QUEUE`; `http`: made by people. */
export type SubscriptionKind = 'http' | 'settings' | 'queue';

/** A subscription. */
export interface EventSubscription {
  readonly id: string;
  readonly kind: SubscriptionKind;
  readonly url: string | null;
  /** `null`: all. */
  readonly types: readonly EventType[] | null;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly disabledWhy: string | null;
  readonly lastOkAt: Date | null;
  readonly lastError: string | null;
  readonly lastErrorAt: Date | null;
  /** Proves by which key its secret is made; `null` where it has none in the ledger. */
  readonly keyProof: Uint8Array | null;
}

/** A subscription with what is still to be told to it. */
export interface SubscriptionStanding extends EventSubscription {
  readonly pending: number;
  readonly dead: number;
}

/** An event taken to be told; `event` is absent where it was erased meanwhile. */
export interface TakenEvent {
  readonly pos: string;
  readonly tries: number;
  readonly event: StoredEvent | undefined;
}

/** What became of a taken event: told; to be tried later; not tried; given up. */
export interface EventEnd {
  readonly pos: string;
  readonly end: 'ok' | 'later' | 'back' | 'dead';
  readonly delayMs?: number;
  readonly error?: string;
}

/** Events in the ledger. */
export interface EventStore {
  /** Moves what is new to the log; gives how many, -1 where another process is at it. */
  relay(most: number): Promise<number>;
  /** Tells of temporary permissions that end within a day. */
  tellExpiring(most: number): Promise<number>;
  /** Clears away what belongs to ended subscriptions; gives how many rows. */
  tidy(most: number): Promise<number>;
  /** Makes room for today's events and drops the days before so many. */
  keepDays(days: number): Promise<void>;

  /** Adds a subscription, or renews it where its id is known; one whose address changed begins anew. */
  subscribe(p: {
    readonly id: string;
    readonly kind: SubscriptionKind | 'stream';
    readonly url?: string;
    readonly types?: readonly EventType[] | undefined;
    readonly keyProof?: Uint8Array;
    /** Ends by itself so long after it was renewed last. */
    readonly untilMs?: number;
  }): Promise<EventSubscription>;
  /** Ends a subscription; `undefined`: there is none. */
  unsubscribe(id: string): Promise<EventSubscription | undefined>;
  /** Nothing more is told to it. */
  disable(id: string, why: string): Promise<void>;
  /** Those in force and those that are disabled, without `stream`. */
  subscriptions(): Promise<readonly EventSubscription[]>;
  /** With what waits for each. */
  standing(): Promise<readonly SubscriptionStanding[]>;

  /** Takes some events of a subscription, for so long. */
  take(p: {
    readonly subscription: string;
    readonly claim: string;
    readonly most: number;
    readonly leaseMs: number;
  }): Promise<readonly TakenEvent[]>;
  /** Says what became of them. */
  finish(p: {
    readonly subscription: string;
    readonly claim: string;
    readonly ends: readonly EventEnd[];
    /** So long after the first try an event is given up; absent: never. */
    readonly giveUpMs?: number;
  }): Promise<void>;

  /** The place of the last event. */
  lastPos(): Promise<string>;
  /** Events behind a place, in order. */
  after(
    pos: string,
    most: number,
  ): Promise<readonly (StoredEvent & { campaignId: string | null })[]>;
  /** The log, the newest first. */
  list(p: {
    readonly types?: readonly EventType[] | undefined;
    readonly since?: Date | undefined;
    readonly state?: EventState | undefined;
    readonly campaignId?: string | undefined;
    /** Only before this place. */
    readonly before?: string | undefined;
    readonly limit: number;
  }): Promise<readonly ListedEvent[]>;
  /** Tells again, some at a time; `undefined`: there is no such subscription, or it is disabled. */
  replay(p: {
    readonly subscription: string;
    readonly since: Date;
    readonly types?: readonly EventType[] | undefined;
  }): Promise<number | undefined>;
  /** Tells one event again to those with whom it was given up, or to one of them; gives to how many. */
  replayDead(p: {
    readonly event: string;
    readonly subscription?: string | undefined;
  }): Promise<number>;
}

/** The queue of events: jobs for others to take. */
export interface EventQueuePort {
  /** Adds events as jobs, each once, by their ids. Throws `InfrastructureError` where the queue does not answer. */
  add(events: readonly Omit<StoredEvent, 'pos'>[]): Promise<void>;
  /** How many wait. */
  waiting(): Promise<number>;
  /** As of the intake queue. */
  remove(isTheirs: (data: unknown) => boolean): Promise<number>;
}
