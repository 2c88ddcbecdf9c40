/** What programs give to a client, whichever way it works. */
import type { HandOverOptions } from '../campaign/hand-over-options.ts';
import type { RetryableState } from '../campaign/operator.ts';
import type { SingleRequest } from '../campaign/request-options.ts';
import type { ShownState } from '../core/campaign.ts';
import type { ToldEvent } from '../core/events/event-data.ts';
import type { BookState } from '../core/ports/index.ts';
import type { RequestState } from '../core/request.ts';

/** Where a client works. What is left out comes from the environment (`.env` included). */
export interface ClientOptions {
  /** `DATABASE_URL`; without any, `dataDir` must be given. */
  readonly databaseUrl?: string | undefined;
  /** `REDIS_URL`; looked at by `resume` and `request` alone, whether somebody paused a queue, and need not be up. */
  readonly redisUrl?: string | undefined;
  /** The folder of an embedded Postgres, shared with the callpermit processes of this machine; `DATA_DIR` alone names none. */
  readonly dataDir?: string | undefined;
  /** `WHATSAPP_PHONE_NUMBER_ID`: who asks, where a call does not say. */
  readonly sender?: string | undefined;
}

/** Where an HTTP client works. */
export interface HttpClientOptions {
  /** Address of `callpermit api` or `up`, a path in front included: `https://permit.example.com`. */
  readonly url: string;
  /** Of `callpermit key create NAME --scope send`; one of scope `read` is enough to look. */
  readonly key: string;
  /** Phone number id of who asks, where a call does not say; else the first of the service. */
  readonly sender?: string | undefined;
  /**
   * For a whole call, its repetitions included, in ms; 30,000 by default. What waits by itself (`waitMs`) waits beside it,
   * and `enqueue` has no limit, for it may read a list of hours.
   */
  readonly timeoutMs?: number | undefined;
}

/** What may be said of any call. */
export interface CallOptions {
  /** Ends the call, which rejects with its reason. What was written by then stays. */
  readonly signal?: AbortSignal | undefined;
}

/** How a list of any length is read. */
export interface PageOptions extends CallOptions {
  /** So many are read at once, 1 to 1,000 (the default). */
  readonly pageItems?: number | undefined;
}

type Some<T> = T | readonly T[];

/** One person to ask. Fields beyond these are template parameters: `1`, `2`, ... or their names. */
export interface RecipientInput {
  /** The phone number: `+16505551234`; a national one only with `defaultCountry`. */
  readonly to: string | number;
  /** Your own name for this person; comes back in results. 255 characters at most. */
  readonly reference?: string | number;
  /** Another language of the template for this person. */
  readonly language?: string;
  /** Not asked before; ISO 8601 with a zone, or a Date. */
  readonly notBefore?: string | Date;
  /** Not asked after. */
  readonly notAfter?: string | Date;
  /** In the order of a positional template, or by the names of a named one. */
  readonly parameters?: readonly (string | number)[] | Readonly<Record<string, string | number>>;
  readonly [parameter: string]: unknown;
}

/** A list with what it is sent with. */
export interface EnqueueInput extends HandOverOptions {
  /** Read once, in order, never held whole. All people need the same parameters. */
  readonly recipients: Iterable<RecipientInput> | AsyncIterable<RecipientInput>;
}

/** How long `request` waits where nothing else is said, in ms. */
export const REQUEST_WAIT_MS = 60_000;

/** One person to ask now. */
export interface RequestInput extends SingleRequest {
  /** How long to wait for the outcome, in ms; 60,000 by default. The request stays after that. */
  readonly waitMs?: number | undefined;
}

/** How to wait for a campaign. */
export interface WaitOptions extends CallOptions {
  /** Between two looks, in ms; 1,000 by default. */
  readonly pollMs?: number | undefined;
}

/** Which campaigns; all of it has to fit. */
export interface CampaignQuery extends PageOptions {
  /** `scheduled`: running ones whose start lies ahead; `running` are those too. */
  readonly state?: Some<ShownState> | undefined;
  /** Stands somewhere in its name; capitals do not matter. */
  readonly name?: string | undefined;
  /** Exactly this template. */
  readonly template?: string | undefined;
  /** Made then or later: ISO 8601 with a zone, or a Date. */
  readonly since?: string | Date | undefined;
}

/** Which lines of a campaign. */
export interface ResultQuery extends PageOptions {
  readonly state?: Some<RequestState> | undefined;
}

/** Which people of the permission book; all of it has to fit. */
export interface PermissionQuery extends PageOptions {
  /** `callable`: who may be called now, `temporary` or `permanent`. */
  readonly state?: Some<BookState | 'callable'> | undefined;
  /** Only permissions that end within this time, like `24h`, `90m` or `7d`; `temporary` unless a state is named. */
  readonly expiringWithin?: string | undefined;
  /** Only the people of this campaign. */
  readonly campaign?: string | undefined;
  /** Only with this sender (phone number id). */
  readonly sender?: string | undefined;
}

/** How one person is read, and with whom. */
export interface PersonQuery extends CallOptions {
  /** Only with this sender (phone number id); else the one that the client was made with, else any of yours. */
  readonly sender?: string | undefined;
  /** ISO 3166 alpha-2, for a number without a country code. */
  readonly defaultCountry?: string | undefined;
}

/** One person who is not to be asked. */
export interface OptOut {
  readonly to: string;
  /** Why, in one line of 500 characters at most. */
  readonly reason?: string | undefined;
}

/** What is said of opt-outs. */
export interface SuppressOptions extends CallOptions {
  /** For those without a reason of their own. */
  readonly reason?: string | undefined;
  /** ISO 3166 alpha-2, for numbers without a country code. */
  readonly defaultCountry?: string | undefined;
}

/** Who is asked again. */
export interface RetryInput extends CallOptions {
  /** Only those with this error code of Meta's, like 131026. */
  readonly code?: number | undefined;
  /** Only those in these states; those that were rejected unless told. */
  readonly state?: Some<RetryableState> | undefined;
  /** Those whose outcome is not known, and no others: they may be asked a second time. Goes alone. */
  readonly uncertain?: boolean | undefined;
}

/** How to listen. `signal` ends it as `close()` does. */
export interface ListenOptions extends CallOptions {
  /** Begins behind this event (`lastEventId` of an earlier subscription) instead of now. Events are kept for 7 days. */
  readonly after?: string | undefined;
  /**
   * Hears what a listener threw, with the event, which is not told again; and without one, why nothing more is told. By
   * default it is a warning of the process.
   */
  readonly onError?: ((error: unknown, event?: ToldEvent) => void) | undefined;
}
