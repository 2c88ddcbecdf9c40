/** A list of people who opted out, put on the opt-out list as it is read: good lines are taken, bad ones are told. */
import type { ListLine, RefusedLine } from '../core/people/recipient.ts';
import type { PeopleStore } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { keepRefused } from './keep-refused.ts';

/** What became of such a list. */
export interface TakenOptOuts {
  /** Put on the opt-out list. */
  readonly added: number;
  /** Were on it already; they keep the first reason and time. */
  readonly known: number;
  readonly refused: number;
  /** The first hundred of the refused ones. */
  readonly refusedLines: readonly RefusedLine[];
}

/** People of one statement. */
const BATCH = 1_000;

/**
 * Takes them; a list without one good line is a problem.
 * @param p.reason for lines that give none
 */
export async function takeOptOuts(
  people: Pick<PeopleStore, 'suppress'>,
  batches: AsyncIterable<readonly ListLine[]>,
  p: {
    readonly source: 'import' | 'api';
    readonly reason?: string | undefined;
  },
): Promise<Result<TakenOptOuts, Problem & { readonly refusedLines: readonly RefusedLine[] }>> {
  const kept = keepRefused(batches);
  const total = { added: 0, good: 0, refused: 0 };
  let batch: { to: string; reason?: string }[] = [];
  const write = async () => {
    total.good += batch.length;
    total.added += await people.suppress({ people: batch, source: p.source });
    batch = [];
  };
  for await (const lines of kept.batches) {
    for (const line of lines) {
      if (line.kind === 'refused') {
        total.refused += 1;
        continue;
      }
      const reason = line.recipient.parameters.reason ?? p.reason;
      batch.push({ to: line.recipient.to, ...(reason === undefined ? {} : { reason }) });
      if (batch.length === BATCH) await write();
    }
  }
  if (batch.length > 0) await write();
  const { added, good, refused } = total;
  if (good === 0) return err({ ...allRefused(refused), refusedLines: kept.first });
  return ok({ added, known: good - added, refused, refusedLines: kept.first });
}

function allRefused(lines: number): Problem {
  const n = new Intl.NumberFormat('en-US').format(lines);
  return problem(
    'LIST_ALL_REFUSED',
    lines === 1
      ? 'The only line has no number that can be read.'
      : `None of the ${n} lines has a number that can be read.`,
    { next: 'Look at the reasons beside the lines; nobody was put on the list.' },
  );
}
