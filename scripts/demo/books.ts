/** The three books of a run: the list, the ledger, and what the server was asked. */
import type { Counts } from '../../src/core/request.ts';
import type { SimulatorStats } from '../../src/simulator/index.ts';

/** What `send --json` ends with, as far as it matters here. */
export interface SendResult {
  readonly id: string;
  readonly state: string;
  readonly counts: Counts;
  readonly refusedLines: number;
  readonly doubles: number;
}

/**
 * Compares the books; gives what does not agree, in words.
 *
 * @param lines how many people the list names, counted by hand
 */
export function disagreements(
  lines: number,
  result: SendResult,
  server: Pick<SimulatorStats, 'accepted' | 'askedTwice'>,
): readonly string[] {
  const { counts, refusedLines } = result;
  const good = counts.accepted + counts['already-granted'];
  const later = counts.pending + counts.queued + counts.sending;
  const ended = good + counts.rejected + counts.skipped + counts.uncertain + counts.expired;
  const found: string[] = [];
  if (ended + refusedLines + later !== lines) {
    found.push(
      `the list has ${lines} lines, the ledger accounts for ${ended + refusedLines + later}`,
    );
  }
  if (later > 0) found.push(`${later} people were not asked`);
  const most = counts.accepted + counts.uncertain;
  if (server.accepted < counts.accepted || server.accepted > most) {
    found.push(
      `the server accepted ${server.accepted}, the ledger says ${counts.accepted} to ${most}`,
    );
  }
  const twice = server.askedTwice.acceptedMoreThanOnce;
  if (twice > 0) found.push(`${twice} people were asked twice`);
  return found;
}
