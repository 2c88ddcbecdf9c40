/**
 * How the verdict table is written down: one row a code, grouped by family, in plain language.
 */
import type { Verdict, VerdictEntry } from './verdict.ts';

/** A row with the few figures that some codes carry. */
export interface VerdictRule extends VerdictEntry {
  /** A probe looks after this long whether it may reopen, in ms; twice as long each time it may not. */
  readonly probeAfterMs?: number;
  /** A wait of its own for this code, in ms. */
  readonly delayMs?: number;
  /** It is so of this person or line: asking again brings the same answer, as a rule. */
  readonly isLasting?: true;
}

/** A row that stands for every code from `code` to `to`, where no row of its own exists. */
export interface VerdictRange extends VerdictRule {
  readonly to: number;
}

/** Codes of one kind, as they are shown together in docs/errors.md. */
export interface Family {
  readonly title: string;
  /** Meta's page, or pages, with these codes. */
  readonly source: string;
  readonly rules: readonly VerdictRule[];
  readonly ranges: readonly VerdictRange[];
}

/** code or [first, last], verdict, what happened, what to do, figures. */
export type Row = readonly [
  code: number | readonly [number, number],
  verdict: Verdict,
  meaning: string,
  advice: string,
  figures?: Pick<VerdictRule, 'probeAfterMs' | 'delayMs' | 'isLasting'>,
];

/** Makes a family of rows that share a source. */
export function family(title: string, source: string, rows: readonly Row[]): Family {
  const rules: VerdictRule[] = [];
  const ranges: VerdictRange[] = [];
  for (const [code, verdict, meaning, advice, figures] of rows) {
    const rest = { verdict, meaning, advice, source, ...figures };
    if (typeof code === 'number') rules.push({ code, ...rest });
    else ranges.push({ code: code[0], to: code[1], ...rest });
  }
  return { title, source, rules, ranges };
}
