/** The first refused lines of a list, also of one that is refused whole: the ledger keeps those of campaigns only. */
import type { ListLine, RefusedLine } from '../core/people/recipient.ts';

/** As many refused lines as an answer shows; the ledger has all of them. */
const REFUSED_SHOWN = 100;

/** Passes lines on and keeps the first refused ones. */
export function keepRefused(source: AsyncIterable<readonly ListLine[]>): {
  readonly batches: AsyncIterable<readonly ListLine[]>;
  readonly first: readonly RefusedLine[];
} {
  const first: RefusedLine[] = [];
  async function* batches(): AsyncGenerator<readonly ListLine[], void> {
    for await (const batch of source) {
      for (const line of batch)
        if (line.kind === 'refused' && first.length < REFUSED_SHOWN) first.push(line.refused);
      yield batch;
    }
  }
  return { batches: batches(), first };
}
