/** The permission book in pages: bounded by people looked at, so that no filter makes one page read it all. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { BookPlace, BookState } from '../../src/core/ports/index.ts';
import { useLedger } from './support.ts';

/** More than one page looks up, and than one statement looks at. */
const FULL = 12_000;

describe('of a book of thousands who declined', () => {
  const bench = useLedger();
  let senderId = '';

  beforeAll(async () => {
    senderId = await bench.sender();
    await bench.rows(
      `insert into permissions (sender_id, person, status, expires_at, at, source)
       select $1, '5531' || (900000000 + g), case when g = $2 then 'none' when g % 2000 = 0 then 'temporary' else 'declined' end,
         case when g % 2000 = 0 then now() + case when g % 4000 = 0 then interval '1 h' else interval '-1 h' end end, now(), 'answer'
       from generate_series(1, $2::int) g`,
      [senderId, FULL],
    );
  });

  /** Sizes of the pages of a walk. */
  async function sizes(states: readonly BookState[], more: { untilWithinMs?: number } = {}) {
    const pages: number[] = [];
    for (let after: BookPlace | null | undefined; after !== null; ) {
      const place: { after?: BookPlace } = after === undefined ? {} : { after };
      const page = await bench.ledger.book.page({ states, senderId, limit: 2, ...more, ...place });
      pages.push(page.entries.length);
      after = page.next;
    }
    return pages;
  }

  test('a page for which thousands were looked at in vain is empty, and the next one goes on', async () => {
    expect(await sizes(['none'])).toEqual([0, 0, 1]);
  });

  test('words that cannot lead to a state are not looked up at all', async () => {
    expect(await sizes(['permanent'])).toEqual([0]);
    expect(await sizes(['temporary'])).toEqual([2]);
    expect(await sizes(['expired'])).toEqual([2, 1]);
    expect(await sizes(['temporary'], { untilWithinMs: 7_200_000 })).toEqual([2]);
    expect(await sizes(['temporary'], { untilWithinMs: 60_000 })).toEqual([0]);
  });
});
