/** The way in: lists of any format, from wherever they come. */
import type { ColumnMap } from '../people/column-map.ts';
import type { HowToRead } from '../people/phone.ts';
import type { ListLine } from '../people/recipient.ts';
import type { Problem } from '../problem.ts';
import type { Result } from '../result.ts';

/** The format of a list. */
export type ListFormat = 'csv' | 'ndjson' | 'json';

/** What all lines of a list are read by. */
export interface ListRules {
  /** ISO 3166-1 country of numbers without a country code; without it they are refused. */
  readonly defaultCountry?: string;
  /** How digits without a plus are read where they are numbers of two countries; refused without it. */
  readonly numbers?: HowToRead;
  /** Columns that go by another name: the list's to ours, e.g. `{ 'Phone Number': 'to', name: ['reference', '1'] }`. */
  readonly map?: ColumnMap;
  /** Columns of the list that are left out; `all`: those that nothing needs. */
  readonly ignoreColumns?: readonly string[] | 'all';
  /** The template's languages as Meta spells them; a line's own language is put into that spelling. */
  readonly languages?: readonly string[];
  /** The columns that the template needs; with `ignoreColumns: 'all'` no other is looked at. */
  readonly parameters?: readonly string[];
  /** Columns that fill the template's header, whose texts are shorter. */
  readonly headerParameters?: readonly string[];
  /** Look up each number's time zones: for campaigns with quiet hours. */
  readonly zones?: boolean;
  /**
   * People who opted out: the number counts and, where it is there, the `reason`; nothing in any
   * other column can keep a person from the list. Bare numbers without a header will do too.
   */
  readonly optOuts?: boolean;
}

/** What a template needs of a list. */
export type ListFit = Pick<ListRules, 'parameters' | 'headerParameters' | 'languages'>;

/** A list with something in it, opened at its first line. */
export interface OpenList {
  /** The parameter columns: the header's, or those of the first object. */
  readonly columns: readonly string[];
  /**
   * Every record once, in order, some at a time. Rows count records, not physical lines: 1 is the first after the
   * header, a record over three lines counts as one, blank lines do not count. Leaving the loop
   * early closes the source.
   */
  readonly batches: AsyncIterable<readonly ListLine[]>;
  /**
   * Says what the template needs, which is known only once the columns are; the lines are read by it. Before the
   * first line.
   */
  fit(fit: ListFit): void;
  /** What is doubtful in the lines read so far (in the whole list, once it has ended), in sentences for people. */
  warnings(): readonly string[];
  /** SHA-256 in hex of all that was read: of the whole list, once it has ended. */
  sha256(): string;
  /** Closes the source of a list whose lines are not wanted after all. */
  close(): Promise<void>;
}

/** A list that somebody hands over. */
export interface ListSource {
  /** Opens it, once; one that cannot be read, or that is empty, is told here. */
  open(rules: ListRules): Promise<Result<OpenList, Problem>>;
  /**
   * What `sha256` will be, of a list that is here as a whole (an array); absent where it passes by once. An
   * idempotency key is bound to it before a line is written.
   */
  readonly digest?: () => string;
}

/** The intake: where lists come from. */
export interface ListIntake {
  /** A file; `-` is standard input. `signal` ends the reading, with its reason, also while nothing comes. */
  file(
    path: string,
    p?: { readonly format?: ListFormat; readonly signal?: AbortSignal },
  ): ListSource;
  /** Bytes as they come; `name` is for messages, and its ending tells the format where nothing else does. */
  bytes(p: {
    readonly bytes: AsyncIterable<Uint8Array | string>;
    readonly name: string;
    readonly format?: ListFormat;
    /** What the bytes are said to be in; a byte order mark is believed more. */
    readonly charset?: string;
  }): ListSource;
  /** Objects of this process. Parameters may be flat in them, or under `parameters`. */
  objects(objects: Iterable<unknown> | AsyncIterable<unknown>): ListSource;
}
