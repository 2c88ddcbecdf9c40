/** What is said of one person who is asked now: the same for the command line, HTTP and Node. */
import type { CampaignOptions, ReadingOptions } from './hand-over-options.ts';

/** One person, and what they are asked with. */
export interface SingleRequest
  extends Pick<
      CampaignOptions,
      | 'template'
      | 'language'
      | 'idempotencyKey'
      | 'onPairLimit'
      | 'includeGranted'
      | 'includeDeclined'
      | 'skipPreflight'
    >,
    Pick<ReadingOptions, 'defaultCountry' | 'numbers'> {
  /**
   * The phone number: `+16505551234`; a national one only with `defaultCountry`. Or a user id of Meta's:
   * `US.13491208655302741918`.
   */
  readonly to: string | number;
  /** In the order of a positional template, or by the names of a named one. */
  readonly parameters?:
    | readonly (string | number)[]
    | Readonly<Record<string, string | number>>
    | undefined;
  /** Your own name for this person; comes back in the result. 255 characters at most. */
  readonly reference?: string | number | undefined;
  /** Phone number id of who asks. */
  readonly sender?: string | undefined;
  /** Not asked after: ISO 8601 with a zone, or a Date. */
  readonly notAfter?: string | Date | undefined;
}
