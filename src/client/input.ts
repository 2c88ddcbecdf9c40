/** What programs give to the client. */
import type { HandOverOptions } from '../campaign/hand-over-options.ts';
import type { SingleRequest } from '../campaign/request-options.ts';

/** Where a client works. What is left out comes from the environment (`.env` included). */
export interface ClientOptions {
  /** `DATABASE_URL`; without any, `dataDir` must be given. */
  readonly databaseUrl?: string | undefined;
  /** `REDIS_URL`; the client itself writes to the ledger only, so Redis need not be up. */
  readonly redisUrl?: string | undefined;
  /** The folder of an embedded Postgres, shared with the callpermit processes of this machine; `DATA_DIR` alone names none. */
  readonly dataDir?: string | undefined;
  /** `WHATSAPP_PHONE_NUMBER_ID`: who asks, where a call does not say. */
  readonly sender?: string | undefined;
}

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

/** One person to ask now. */
export interface RequestInput extends SingleRequest {
  /** How long to wait for the outcome, in ms; 60,000 by default. The request stays after that. */
  readonly waitMs?: number | undefined;
}

/** How to wait for a campaign. */
export interface WaitOptions {
  /** Ends the wait, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Between two looks, in ms; 1,000 by default. */
  readonly pollMs?: number | undefined;
}
