/** Numbers that stand in a list more than once: each person is asked once, by the row that came first. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ListLine } from '../../src/core/people/recipient.ts';
import { loadingIn, OLDER_ADD_LINES, OLDER_FINISH } from './loaders.ts';
import { all, newNumber, useLedger } from './support.ts';

const bench = useLedger();

const loading = () => loadingIn(bench);

function rowsFrom(row: number, numbers: readonly string[]): readonly ListLine[] {
  return numbers.map((to, i) => ({
    kind: 'recipient',
    recipient: { row: row + i, to, parameters: { 1: 'x' } },
  }));
}

const rowsOf = (id: string) =>
  bench.rows<{ state: string; reason: string | null; double_of: number | null }>(
    'select state, reason, double_of from requests where campaign_id = $1 order by row',
    [id],
  );

/** What the rows of these numbers come to. */
function expected(numbers: readonly string[]) {
  return numbers.map((number, i) => {
    const first = numbers.indexOf(number);
    return first === i
      ? { state: 'pending', reason: null, double_of: null }
      : { state: 'skipped', reason: 'duplicate', double_of: first + 1 };
  });
}

/** Of the doubles of a list no more than two are skipped at once here; 200,000 are, but for this. */
async function inPartsOfTwo(work: () => Promise<void>): Promise<void> {
  await bench.rows('alter function mark_doubles(text, integer) rename to mark_doubles_of');
  await bench.rows(`
    create function mark_doubles(campaign_ text, most_ integer) returns integer language sql as $$
      select case n when 2 then most_ else n end from mark_doubles_of(campaign_, 2) as n $$`);
  try {
    await work();
  } finally {
    await bench.rows('drop function mark_doubles(text, integer)');
    await bench.rows('alter function mark_doubles_of(text, integer) rename to mark_doubles');
  }
}

describe('a number that stands in a list again', () => {
  test('is skipped at its end, in one batch or in several, and names its first row', async () => {
    const [a, b, c] = [newNumber(), newNumber(), newNumber()];
    const { campaignId, one } = await loading();
    await one.hold();
    await one.add(rowsFrom(1, [a, b, a]));
    await one.add(rowsFrom(4, [c, a, b]));
    expect(await one.finish(6)).toEqual({ ok: true, value: 3 });
    expect(await rowsOf(campaignId)).toEqual(expected([a, b, a, c, a, b]));
    const results = await all(bench.ledger.campaigns.results({ id: campaignId }));
    expect(results[5]?.advice).toContain('row 2');
  });

  test('is no double of another campaign’s', async () => {
    const number = newNumber();
    for (const { campaignId, one } of [await loading(), await loading()]) {
      await one.hold();
      await one.add(rowsFrom(1, [number]));
      expect(await one.finish(1)).toEqual({ ok: true, value: 0 });
      expect(await rowsOf(campaignId)).toEqual(expected([number]));
    }
  });

  test('is counted for a list that is only looked at, which stays as it is', async () => {
    const number = newNumber();
    const { campaignId, one, two } = await loading();
    await one.hold();
    await one.add(rowsFrom(1, [number, number, newNumber()]));
    expect(await two.skipDoubles()).toMatchObject({ error: { code: 'CONFLICT' } });
    for (let i = 0; i < 2; i += 1) expect(await one.skipDoubles()).toEqual({ ok: true, value: 1 });
    expect((await bench.ledger.campaigns.get(campaignId))?.state).toBe('loading');
  });

  test('is found in a list of any order, however many are skipped at once', async () => {
    const known = Array.from({ length: 4 }, newNumber);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...known), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (numbers, most) => {
          const { campaignId, one } = await loading();
          await one.hold();
          await one.add(rowsFrom(1, numbers));
          const skip = () =>
            bench.rows<{ held: boolean; more: boolean; doubles: number }>(
              `select held, more, doubles from skip_doubles($1, 'one', $2)`,
              [campaignId, most],
            );
          let [step] = await skip();
          for (let before = 0; step?.more === true; [step] = await skip()) {
            expect(step.doubles).toBe(before + most);
            before = step.doubles;
          }
          expect(step?.held).toBe(true);
          expect(await rowsOf(campaignId)).toEqual(expected(numbers));
          expect(await one.finish(numbers.length)).toEqual({ ok: true, value: step?.doubles });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('is skipped by an older program that reads the list', async () => {
    const [a, b] = [newNumber(), newNumber()];
    const { senderId, campaignId } = await loading();
    for (const [row, to] of [a, b, a].entries()) {
      const line = { row: row + 1, to, sender: senderId, parameters: { 1: 'Old' } };
      const values = [campaignId, [senderId], 'en', JSON.stringify([line])];
      await bench.rows(OLDER_ADD_LINES, values);
    }
    await bench.rows(OLDER_FINISH, [campaignId, 'its list']);
    expect((await bench.ledger.campaigns.get(campaignId))?.state).toBe('draft');
    expect(await rowsOf(campaignId)).toEqual(expected([a, b, a]));
  });

  test('is found where such a program’s rows were written without a word on them', async () => {
    const number = newNumber();
    const { senderId, campaignId } = await loading();
    for (const row of [1, 2])
      await bench.rows(
        `insert into requests (campaign_id, sender_id, row, to_number, language, parameters)
         values ($1, $2, $3, $4, 'en', '{}')`,
        [campaignId, senderId, row, number],
      );
    await bench.rows(OLDER_FINISH, [campaignId, 'its list']);
    expect(await rowsOf(campaignId)).toEqual(expected([number, number]));
  });

  describe.each([2, 4, 5])('more often than is skipped at once (%i times)', (times) => {
    const number = newNumber();
    const numbers = [...Array.from({ length: times + 1 }, () => number), newNumber()];

    test('is skipped to the last one at the end of the list', async () => {
      const { campaignId, one } = await loading();
      await one.hold();
      await one.add(rowsFrom(1, numbers));
      await inPartsOfTwo(async () => {
        expect(await one.finish(numbers.length)).toEqual({ ok: true, value: times });
      });
      expect(await rowsOf(campaignId)).toEqual(expected(numbers));
      expect((await bench.ledger.campaigns.get(campaignId))?.state).toBe('draft');
    });

    test('is counted to the last one where the list is only looked at', async () => {
      const { campaignId, one } = await loading();
      await one.hold();
      await one.add(rowsFrom(1, numbers));
      await inPartsOfTwo(async () => {
        expect(await one.skipDoubles()).toEqual({ ok: true, value: times });
      });
      expect(await rowsOf(campaignId)).toEqual(expected(numbers));
    });

    test('is skipped to the last one where an older program ends the list', async () => {
      const { senderId, campaignId } = await loading();
      await bench.rows(
        `insert into requests (campaign_id, sender_id, row, to_number, language, parameters)
         select $1, $2, n.row, n.number, 'en', '{}' from unnest($3::text[]) with ordinality as n(number, row)`,
        [campaignId, senderId, numbers],
      );
      await inPartsOfTwo(async () => {
        await bench.rows(OLDER_FINISH, [campaignId, 'its list']);
      });
      expect(await rowsOf(campaignId)).toEqual(expected(numbers));
    });
  });
});
