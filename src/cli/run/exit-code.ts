/**
 * Exit codes. They are for scripts, so each answers one question: may the next
 * step run, must the input change, must somebody look, or is it enough to try again later?
 */
import type { CampaignState, PauseReason } from '../../core/campaign.ts';
import { PROBLEMS, type ProblemCode } from '../../core/problem.ts';
import { type Counts, openCount } from '../../core/request.ts';

/** What each number means. */
export const EXIT = {
  done: 0,
  /** Wrong use or bad input. */
  wrong: 1,
  /** Finished, but somebody was rejected, skipped or is uncertain, or rows are due later. */
  someLeft: 2,
  /** Paused by us: token, template, sender. */
  paused: 3,
  /** Infrastructure out of reach, or a result that could not be written. */
  unreachable: 4,
} as const;

/** An exit code of `callpermit`. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What decides the exit code of a command that worked on a campaign. */
export interface CampaignEnd {
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  readonly counts: Counts;
  readonly refusedLines: number;
}

/** The exit code for how a campaign stands when a command leaves it. */
export function exitCodeOf(end: CampaignEnd): ExitCode {
  if (end.state === 'paused' && end.reason?.by === 'us') return EXIT.paused;
  const { counts } = end;
  const good = counts.accepted + counts['already-granted'];
  const lines = Object.values(counts).reduce((sum, n) => sum + n, 0) + end.refusedLines;
  return good === lines && openCount(counts) === 0 ? EXIT.done : EXIT.someLeft;
}

/** The exit code for problems: out of reach wins, since trying again later may be all it takes; then what stops us. */
export function exitCodeOfProblems(codes: readonly (ProblemCode | 'INTERNAL')[]): ExitCode {
  const exits = codes.map((code) => (code === 'INTERNAL' ? EXIT.wrong : PROBLEMS[code].exit));
  const worst = [EXIT.unreachable, EXIT.paused].find((exit) => exits.includes(exit));
  return worst ?? EXIT.wrong;
}
