/** One line of a list that can be asked. */
export interface Recipient {
  /** Where it stood: 1 is the first line of data (a CSV header is not counted). */
  readonly row: number;
  /** E.164, with the plus: `+16505551234`; or a user id of Meta's behind one: `+US.1349`. */
  readonly to: string;
  /** The caller's own name for this person; comes back in exports. */
  readonly reference?: string;
  /** Overrides the campaign's template language for this line. */
  readonly language?: string;
  /** Not asked before this time. */
  readonly notBefore?: Date;
  /** Not asked after this time: the request becomes `expired`. */
  readonly notAfter?: Date;
  /** Body parameters by column name: `1`, `2`, ... (positional) or names. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Which of the campaign's senders asks; the first where it is left out. */
  readonly senderId?: string;
  /** Time zones (IANA names) the number may lie in: only where the campaign has quiet hours. */
  readonly zones?: readonly string[];
}

/** One line of a list that cannot be asked, and why. */
export interface RefusedLine {
  readonly row: number;
  /** The column at fault; absent when the line as a whole is. */
  readonly column?: string;
  /** The value as it stood, whole: it goes to reports, never to logs. */
  readonly value?: string;
  /** A fixed code for programs, e.g. `PHONE_INVALID`. */
  readonly code: string;
  /** The reason for people. */
  readonly message: string;
}

/** What the intake makes of one line. */
export type ListLine =
  | { readonly kind: 'recipient'; readonly recipient: Recipient }
  | { readonly kind: 'refused'; readonly refused: RefusedLine };

/** The columns of a report of refused lines, in their order. */
export const REFUSED_COLUMNS = [
  'row',
  'column',
  'value',
  'code',
  'message',
] as const satisfies readonly (keyof RefusedLine)[];
