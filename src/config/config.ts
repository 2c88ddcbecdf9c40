import type { EventType } from '../core/events/event-types.ts';
import type { Role } from '../core/user.ts';

/** The settings as one frozen, checked object. */
export interface Config {
  /** Without a slash at its end. */
  readonly graphBaseUrl: string;
  readonly graphApiVersion: string;
  /** The one of `WHATSAPP_PHONE_NUMBER_ID` first, then those of `SENDERS_FILE` in their order. */
  readonly senders: readonly SenderConfig[];
  /** What calls about templates need; they work without a phone number. */
  readonly account: AccountConfig;
  /** Of the apps whose webhooks are taken; the old and the new one while it is changed. */
  readonly appSecrets: readonly Secret[];
  readonly webhookVerifyToken?: Secret;
  readonly webhookRetentionDays: number;
  /** A path, as it was given. */
  readonly optOutWordsFile?: string;
  readonly callPermissionChecksPerSecond: number;
  /** Of the hashes that stay of people who were forgotten. */
  readonly forgetKey?: Secret;
  readonly events: EventsConfig;
  readonly pairLimit: { readonly perDay: number; readonly perWeek: number };
  readonly dailyRecipientLimit?: number;
  /** ISO 3166 alpha-2, upper case. */
  readonly defaultCountry?: string;
  /** Absent: the embedded Postgres of `dataDir`. */
  readonly databaseUrl?: string;
  /** The same database without the pooler that `databaseUrl` leads through. */
  readonly databaseDirectUrl?: string;
  /** Absent: BullMQ's Postgres backend in the same database. */
  readonly redisUrl?: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** How others reach the server, path included, without a slash at its end. */
  readonly publicUrl?: string;
  /** Addresses and networks whose `X-Forwarded-...` headers are believed; `*` believes all. */
  readonly trustProxy: readonly string[];
  /** Jobs and queues may be changed in the dashboard. */
  readonly dashboardActions: boolean;
  readonly apiKeys: readonly Secret[];
  /** Of one key, at one process. */
  readonly apiRequestsPerMinute: number;
  readonly dashboard?: { readonly user: string; readonly password: Secret };
  readonly console: ConsoleConfig;
  /** 0: for good. */
  readonly auditRetentionDays: number;
  /** Absent: follows from rate and latency. */
  readonly workerConcurrency?: number;
  readonly requestTimeoutMs: number;
  readonly uncertainPolicy: 'hold' | 'resend-after-check';
  readonly uncertainCheckAfterMs: number;
  readonly logLevel: string;
  /** Whole phone numbers stand in the log. */
  readonly logPii: boolean;
  /** Absent: no server of its own for metrics. */
  readonly metricsPort?: number;
  readonly metricsHost: string;
  /** Where traces go, without a slash at its end; absent: none are made. */
  readonly otlpEndpoint?: string;
}

/** How people are known who have logged in elsewhere. */
export interface ConsoleConfig {
  /** In small letters; absent: nobody is known by a header. */
  readonly userHeader?: string;
  /** In small letters. */
  readonly roleHeader?: string;
  readonly defaultRole: Role;
}

/** Who is told what changed. */
export interface EventsConfig {
  readonly url?: string;
  /** There where `url` is. */
  readonly secret?: Secret;
  /** Of those to `url`; absent: all. */
  readonly types?: readonly EventType[];
  /** Secrets of subscriptions are made from it. */
  readonly key?: Secret;
  readonly queue: boolean;
  /** Private addresses may be told, and without TLS. */
  readonly allowPrivate: boolean;
  readonly retentionDays: number;
}

/** One sender: a business phone number with its token and rate. */
export interface SenderConfig {
  readonly phoneNumberId: string;
  readonly businessAccountId?: string;
  readonly token: TokenSource;
  readonly messagesPerSecond: number;
  /** Senders of one portfolio share Meta's limit of people a day; absent: all share one. */
  readonly portfolio?: string;
  /** People in a moving 24 h; absent: what Meta says of the number. */
  readonly dailyRecipientLimit?: number;
}

/** A WhatsApp business account and the token that speaks for it. */
export interface AccountConfig {
  readonly businessAccountId?: string;
  readonly token: TokenSource;
}

/** Where a token is read from. A file or a variable's file is read again when it changes. */
export type TokenSource =
  | { readonly kind: 'value'; readonly value: Secret }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'none' };

/** A string that prints as `[secret]` in logs, JSON and errors; `reveal()` gives it. */
export interface Secret {
  reveal(): string;
}
