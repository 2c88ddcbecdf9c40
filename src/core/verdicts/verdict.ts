/** What an error code makes us do; `docs/errors.md` shows each one's consequences. */
export const VERDICTS = [
  'retry',
  'slow-sender',
  'delay-pair',
  'delay-day',
  'reject',
  'pair-limit',
  'already-granted',
  'suppress',
  'pause-template',
  'pause-campaign',
  'pause-sender',
] as const;

/** One verdict. */
export type Verdict = (typeof VERDICTS)[number];

/** One row of the table: what a code means and what follows. */
export interface VerdictEntry {
  readonly code: number;
  readonly verdict: Verdict;
  /** One sentence for people: what happened. */
  readonly meaning: string;
  /** What to do about it. */
  readonly advice: string;
  /** Where Meta documents the code: the address of a page, or why there is none. */
  readonly source: string;
}
