/** Lists of any length, a page at a time: the next one is asked for when the loop has taken the one before. */
import { given } from '../../core/given.ts';
import type { PageOptions } from '../input.ts';
import type { Call, Line } from './line.ts';

const PAGE_ITEMS = 1_000;

/** The items of all pages under `noun`. */
export async function* eachOf<T>(
  line: Line,
  call: Pick<Call, 'path' | 'query' | 'missing'>,
  { noun, signal, pageItems = PAGE_ITEMS }: PageOptions & { readonly noun: string },
): AsyncGenerator<T, void> {
  for (let after: string | null | undefined; after !== null; ) {
    const page: Readonly<Record<string, unknown>> = await line.call({
      ...{ ...call, method: 'GET', signal },
      query: { ...call.query, limit: pageItems, ...given({ after }) },
    });
    for (const item of page[noun] as readonly T[]) {
      signal?.throwIfAborted();
      yield item;
    }
    after = page.next as string | null;
  }
}
