/**
 * Everything that may be said of a list that is handed over: the same options for the command line, HTTP and
 * Node, in the camelCase of the command line's.
 */
import type { ColumnMap } from '../core/people/column-map.ts';
import type { NumberReading } from '../core/people/phone.ts';

/** How the lines of a list are read. */
export interface ReadingOptions {
  /** ISO 3166 alpha-2, for numbers without a country code; `DEFAULT_COUNTRY` by default. */
  readonly defaultCountry?: string | undefined;
  /** How digits without a plus are read, where they are numbers of two countries. */
  readonly numbers?: NumberReading | undefined;
  /** Columns that go by another name: the list's to the template's, or to `to`; one may be several things. */
  readonly map?: ColumnMap | undefined;
  /** Columns that are left out; `all`: those that the template does not need. */
  readonly ignoreColumns?: readonly string[] | 'all' | undefined;
}

/** What is said with a list, also with one that is sent to a campaign which waits for it. */
export interface ListOptions extends ReadingOptions {
  /** Refuse the whole list for one bad line. */
  readonly strict?: boolean | undefined;
  /** Say what would become of it; nobody is asked, and nothing stays. */
  readonly dryRun?: boolean | undefined;
  /** Ask them all once more, though the same list was handed over within seven days, under another key or none. */
  readonly again?: boolean | undefined;
}

/** What is said of a campaign. */
export interface CampaignOptions {
  /** Name of the message template. */
  readonly template: string;
  /** Its language code, e.g. `en` or `pt_BR`. */
  readonly language: string;
  /** What people tell it by. */
  readonly name?: string | undefined;
  /** Phone number id of who asks; of several, each person is always asked by the same. */
  readonly sender?: string | readonly string[] | undefined;
  /** The same key with the same list is the same campaign, however often it is handed over. */
  readonly idempotencyKey?: string | undefined;
  /** `false` leaves a draft. Begins at once by default; a campaign that waits for its list does not. */
  readonly start?: boolean | undefined;
  /** Do not ask Meta about the template and the sender's number first. */
  readonly skipPreflight?: boolean | undefined;
  /** Nobody is asked before: ISO 8601 with a zone, or a Date. */
  readonly startAt?: string | Date | undefined;
  /** Nobody is asked after. */
  readonly expireAt?: string | Date | undefined;
  /** Nobody is asked between these times of the person's own day: `21:00-08:00`. */
  readonly quietHours?: string | undefined;
  /** Share beside other campaigns of the sender, 1 (default) to 100. */
  readonly weight?: number | undefined;
  /** What happens to people who were asked too often lately; `wait` by default. */
  readonly onPairLimit?: 'wait' | 'skip' | undefined;
  /** Ask people too whose permission still holds. */
  readonly includeGranted?: boolean | undefined;
  /** Ask people too who declined, or whose permission Meta took back, within the last seven days, and who took it back themselves. */
  readonly includeDeclined?: boolean | undefined;
  /** More rejected or uncertain ones than this pause it: `25`, or `5%` of those settled, once 20 are. */
  readonly maxErrors?: number | string | undefined;
}

/** All options of a list. */
export interface HandOverOptions extends CampaignOptions, ListOptions {}
