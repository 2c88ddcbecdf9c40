/** The table, for people and for machines, and what counts as good. */
import { table } from '../../src/cli/screen/table.ts';
import type { BenchCase } from './cases.ts';
import { nameOf } from './options.ts';
import type { Measured } from './run-case.ts';

/** One line of the table. */
export interface Line {
  readonly case: BenchCase;
  readonly measured: Measured;
}

/** Our bars: at least so much of the allowed rate held over the window ... */
export const LEAST_HELD = 0.97;
/** ... and at most so much of it in any sliding second, where the server measures. */
export const MOST_IN_A_SECOND = 1.02;

/** What is wrong with a line; undefined where nothing is, or where it is not ours. */
export function fault({ case: c, measured }: Line): string | undefined {
  if (c.by === 'bullmq') return undefined;
  const low = measured.held < LEAST_HELD ? `holds less than ${LEAST_HELD}` : '';
  const high = measured.worstSecond > MOST_IN_A_SECOND ? `over ${MOST_IN_A_SECOND}` : '';
  return [low, high].filter((text) => text !== '').join(', ') || undefined;
}

/** The table as aligned text. */
export function reportText(lines: readonly Line[]): string {
  const head = ['', 'held', 'worst second', 'worst 100 ms', 'missed', ''];
  const rows = lines.map((line) => [
    nameOf(line.case),
    line.measured.held.toFixed(3),
    line.measured.worstSecond.toFixed(3),
    line.measured.worstTenth.toFixed(2),
    line.case.by === 'bullmq' ? '' : String(line.measured.missed),
    line.case.by === 'bullmq' ? '' : (fault(line) ?? 'ok'),
  ]);
  return table([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'left']);
}
