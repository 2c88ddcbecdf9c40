/** What is said of one person who is asked now: the same for the command line, HTTP and Node. */
import type { NumberReading } from '../core/people/phone.ts';

/** One person, and what they are asked with. */
export interface SingleRequest {
  /** The phone number: `+16505551234`; a national one only with `defaultCountry`. */
  readonly to: string | number;
  /** Name of the message template. */
  readonly template: string;
  /** Its language code, e.g. `en` or `pt_BR`. */
  readonly language: string;
  /** In the order of a positional template, or by the names of a named one. */
  readonly parameters?:
    | readonly (string | number)[]
    | Readonly<Record<string, string | number>>
    | undefined;
  /** Your own name for this person; comes back in the result. 255 characters at most. */
  readonly reference?: string | number | undefined;
  /** Phone number id of who asks. */
  readonly sender?: string | undefined;
  /** The same key with the same request is the same request, however often it is made. */
  readonly idempotencyKey?: string | undefined;
  /** What happens where the person was asked too often lately; `wait` by default. */
  readonly onPairLimit?: 'wait' | 'skip' | undefined;
  /** Ask too where a permission still holds. */
  readonly includeGranted?: boolean | undefined;
  /** Ask too where the person declined within the last seven days. */
  readonly includeDeclined?: boolean | undefined;
  /** Not asked after: ISO 8601 with a zone, or a Date. */
  readonly notAfter?: string | Date | undefined;
  /** ISO 3166 alpha-2, for a number without a country code. */
  readonly defaultCountry?: string | undefined;
  /** How digits without a plus are read, where they are numbers of two countries. */
  readonly numbers?: NumberReading | undefined;
  /** Do not ask Meta about the template first. */
  readonly skipPreflight?: boolean | undefined;
}
