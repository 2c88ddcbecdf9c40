/** The permission book as lines of an export, the same for all who export it. */
import type { BookEntry } from '../core/ports/index.ts';

/** The columns, in an order that programs may rely on. */
export const BOOK_COLUMNS = [
  ...(['reference', 'to', 'wa_id', 'user_id', 'state', 'since', 'until', 'source'] as const),
  'campaign',
] as const;

/** One line for each person and sender; times in UTC. */
export async function* bookRecords(entries: AsyncIterable<BookEntry>) {
  for await (const entry of entries) {
    const { reference, to, waId, userId, state, since, until, source, campaign } = entry;
    yield {
      ...{ reference, to, wa_id: waId, user_id: userId, state, source, campaign },
      since: since?.toISOString() ?? null,
      until: until?.toISOString() ?? null,
    };
  }
}
