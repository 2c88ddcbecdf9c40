/**
 * What Meta tells by webhooks, one update each, as `src/webhook` reads it out of a delivery and `src/replies` applies
 * it. Times are Meta's. Ids are opaque texts. Whatever may be missing is absent, never empty.
 */
import type { DeliveryStatus } from '../ports/evidence.ts';

/** The names by which an update knows a person; at least one of them stands where a person is meant. */
export interface PersonNames {
  /** Digits of the number as WhatsApp knows it. */
  readonly waId?: string;
  /** Business-scoped user id, like `US.1349`. */
  readonly userId?: string;
  /** The same of the parent business, like `US.ENT.1349`. */
  readonly parentUserId?: string;
}

/** One of Meta's `errors[]`. */
export interface UpdateError {
  readonly code: number;
  readonly message: string;
  readonly details?: string;
}

/** What Meta charges for a message. */
export interface Pricing {
  readonly billable?: boolean;
  readonly category?: string;
  readonly type?: string;
  readonly model?: string;
}

/** What became of a message. */
export interface StatusUpdate {
  readonly kind: 'status';
  readonly senderId: string;
  readonly at: Date;
  readonly wamid?: string;
  /** From `biz_opaque_callback_data`, where it was ours. */
  readonly request?: string;
  readonly fence?: number;
  readonly status: DeliveryStatus;
  readonly who: PersonNames;
  readonly errors: readonly UpdateError[];
  readonly pricing?: Pricing;
}

/** A person's word on being phoned. */
export interface ReplyUpdate {
  readonly kind: 'reply';
  readonly senderId: string;
  readonly at: Date;
  /** The message's own id. */
  readonly id: string;
  readonly who: PersonNames;
  /** A wamid (an answer to that request), a `wacid.` (they called) or absent (their profile, or Meta by itself). */
  readonly context?: string;
  readonly response: 'accept' | 'reject';
  readonly isPermanent: boolean;
  /** As Meta says it; absent where it does not. */
  readonly expiresAt?: Date;
  /** Meta did it, not the person: they called, or four calls were not answered. */
  readonly isAutomatic: boolean;
}

/** Something about a call between the sender and a person. */
export interface CallUpdate {
  readonly kind: 'call';
  readonly senderId: string;
  readonly at: Date;
  /** `wacid....` */
  readonly id: string;
  readonly who: PersonNames;
  readonly direction: 'business' | 'user';
  /** `connect`, `terminate`, `RINGING` ... as Meta writes it. */
  readonly event: string;
  /** Both spoke: a terminate event with a duration or a start. */
  readonly isConnected: boolean;
  /** The call is over: a terminate event. */
  readonly isOver: boolean;
  readonly durationS?: number;
}

/** A person has other names from now on. */
export interface IdentityUpdate {
  readonly kind: 'identity';
  readonly senderId: string;
  readonly at: Date;
  readonly id: string;
  /** `number`: another number and therefore another user id; `user-id`: only the user id. */
  readonly what: 'number' | 'user-id';
  readonly before: PersonNames;
  readonly after: PersonNames;
}

/** A person wrote something: perhaps that they want no messages. */
export interface TextUpdate {
  readonly kind: 'text';
  readonly senderId: string;
  readonly at: Date;
  readonly id: string;
  readonly who: PersonNames;
  readonly text: string;
}

/** A person's setting for a business's marketing messages. */
export interface PreferenceUpdate {
  readonly kind: 'preference';
  readonly senderId: string;
  readonly at: Date;
  readonly who: PersonNames;
  readonly category: string;
  readonly value: 'stop' | 'resume';
}

/** Something about a template. */
export interface TemplateUpdate {
  readonly kind: 'template';
  readonly account: string;
  readonly at: Date;
  readonly templateId: string;
  readonly name?: string;
  /** With an underscore, as the API has it. */
  readonly language?: string;
  readonly what: 'status' | 'quality' | 'category' | 'category-ahead' | 'components';
  /** The status (`PAUSED`), the quality (`YELLOW`), the category it has or will have; for `components` what changed. */
  readonly value: string;
  /** Why, in Meta's words; for a category the one before. */
  readonly detail?: string;
  /** Of `category-ahead`: when it will change. */
  readonly effectiveAt?: Date;
}

/** Something about a business account or one of its numbers. */
export interface AccountUpdate {
  readonly kind: 'account';
  readonly account: string;
  readonly at: Date;
  /** Where one number is meant. */
  readonly senderId?: string;
  /** The number as it is shown, where only that is told. Digits. */
  readonly displayNumber?: string;
  readonly what:
    | 'restriction'
    | 'violation'
    | 'ban'
    | 'review'
    | 'alert'
    | 'number-quality'
    | 'throughput'
    | 'daily-limit'
    | 'calling'
    | 'security'
    | 'name'
    | 'other';
  /** Meta's word: the restriction's type, the event, `DISABLED`; for `daily-limit` people a day, or `unlimited`. */
  readonly value: string;
  readonly detail?: string;
  /** Until when a restriction holds. */
  readonly until?: Date;
}

/** A part that was read and is nothing to us. Counted by its words. */
export interface IgnoredUpdate {
  readonly kind: 'ignored';
  readonly account?: string;
  readonly senderId?: string;
  /** In a few words without anybody's data: `field message_echoes`, `message type image`. */
  readonly why: string;
}

/** A part that could not be read: kept raw, counted, shown by `doctor`. */
export interface UnreadableUpdate {
  readonly kind: 'unreadable';
  readonly account?: string;
  readonly senderId?: string;
  /** Where it stands: `entry[0].changes[1].value.statuses[3]`. */
  readonly where: string;
  readonly why: string;
  /** Its JSON, at most 8 kB. */
  readonly raw: string;
}

/** One update of a delivery. */
export type Update =
  | StatusUpdate
  | ReplyUpdate
  | CallUpdate
  | IdentityUpdate
  | TextUpdate
  | PreferenceUpdate
  | TemplateUpdate
  | AccountUpdate
  | IgnoredUpdate
  | UnreadableUpdate;

/** What stands beside the updates of a delivery and links a person's names: every contact and every pair of ids. */
export interface NamesTogether {
  readonly senderId: string;
  readonly names: PersonNames;
  /** Of the update that told it. */
  readonly at: Date;
}

/** A sender's number, as deliveries show it. */
export interface ShownNumber {
  readonly senderId: string;
  /** Digits. */
  readonly shown: string;
}

/** A delivery, read. */
export interface ReadDelivery {
  readonly updates: readonly Update[];
  /** Two names and more of one person, told together. */
  readonly together: readonly NamesTogether[];
  /** Numbers that it is for, each once. */
  readonly numbers: readonly ShownNumber[];
  /** `field`s of the delivery, each once. */
  readonly fields: readonly string[];
  /** Keys and values that are not known, in a few words without anybody's data, and how often. */
  readonly unknown: ReadonlyMap<string, number>;
}
