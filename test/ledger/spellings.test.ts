/** Two spellings of one number are one person in every book, though Meta has told of no wa_id yet. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spellingsOf } from '../../src/core/people/spellings.ts';
import { loadingIn } from './loaders.ts';
import { feedRows, newClaimId, newNumber, only, toClaim, useLedger } from './support.ts';

const bench = useLedger();

/** Eight digits that no other test has. */
const eight = () => newNumber().slice(-7).padStart(8, '8');

/** Both spellings of one new number; those of Brazil and Ivory Coast depend on its digits. */
const PAIRS: readonly [string, () => readonly [string, string]][] = [
  ['Mexico', () => ((n) => [`+5255${n}`, `+52155${n}`] as const)(eight())],
  ['Brazil', () => ((n) => [`+5521${n}`, `+55219${n}`] as const)(eight())],
  ['Argentina', () => ((n) => [`+5411${n}`, `+54911${n}`] as const)(eight())],
  ['Benin', () => ((n) => [`+229${n}`, `+22901${n}`] as const)(eight())],
];

async function claimed(senderId: string): Promise<readonly string[]> {
  const jobs = await feedRows(bench, { senderId, limit: 100 });
  const p = {
    claimId: newClaimId(),
    senderId,
    batches: toClaim(jobs),
    worker: 'w',
    leaseMs: 60_000,
  };
  const answer = await bench.ledger.sending.claim(p);
  const left = jobs.filter((j) => !answer.claimed.some((c) => c.request === j.request));
  await bench.ledger.sending.decideUnclaimed({ senderId, rows: left });
  return answer.claimed.map((c) => c.to);
}

const reasonsOf = (id: string) =>
  bench.rows<{ state: string; reason: string | null }>(
    'select state, reason from requests where campaign_id = $1 order by row',
    [id],
  );

describe.each(PAIRS)('the two spellings of a number of %s', (_country, make) => {
  test('are one opt-out, put on and taken off by either', async () => {
    const [a, b] = make();
    for (const [said, listed] of [
      [a, b],
      [b, a],
    ] as const) {
      const { people } = bench.ledger;
      expect(await people.suppress({ people: [{ to: said }], source: 'import' })).toBe(1);
      expect(await people.suppress({ people: [{ to: listed }], source: 'import' })).toBe(0);
      const senderId = await bench.sender();
      const campaign = await bench.campaign(senderId, [listed]);
      const skips = await bench.ledger.campaigns.forecast(campaign);
      expect(JSON.stringify(skips)).toContain('suppressed');
      expect(await claimed(senderId)).toEqual([]);
      expect(await reasonsOf(campaign)).toEqual([{ state: 'skipped', reason: 'suppressed' }]);
      expect(await people.unsuppress([listed])).toBe(1);
    }
  });

  test('have one allowance', async () => {
    const [a, b] = make();
    const senderId = await bench.sender();
    await bench.campaign(senderId, [a]);
    expect(await claimed(senderId)).toEqual([a]);
    const again = await bench.campaign(senderId, [b]);
    expect(await claimed(senderId)).toEqual([]);
    expect(await reasonsOf(again)).toEqual([{ state: 'pending', reason: 'pair-limit' }]);
  });

  test('are claimed once where both are offered together', async () => {
    const [a, b] = make();
    const senderId = await bench.sender();
    await bench.campaign(senderId, [a]);
    await bench.campaign(senderId, [b]);
    expect(only(await claimed(senderId))).toBe(a);
  });

  test('have one permission', async () => {
    const [a, b] = make();
    const senderId = await bench.sender();
    await bench.ledger.replies.bookAnswers([
      {
        ...{ senderId, key: `wamid.${a}`, person: a.slice(1), status: 'permanent' },
        ...{ source: 'profile', at: new Date() },
      },
    ]);
    const campaign = await bench.campaign(senderId, [b]);
    expect(await claimed(senderId)).toEqual([]);
    expect(await reasonsOf(campaign)).toEqual([{ state: 'skipped', reason: 'already-granted' }]);
  });

  test('are doubles in a list, whichever comes first', async () => {
    const [a, b] = make();
    const [c, d] = make();
    const { campaignId, one } = await loadingIn(bench);
    await one.hold();
    const numbers = [a, newNumber(), b, d, c];
    await one.add(
      numbers.map((to, i) => ({
        kind: 'recipient',
        recipient: { row: i + 1, to, parameters: { 1: 'x' } },
      })),
    );
    expect(await one.finish(5)).toEqual({ ok: true, value: 2 });
    const rows = await bench.rows<{ double_of: number | null }>(
      'select double_of from requests where campaign_id = $1 order by row',
      [campaignId],
    );
    expect(rows.map((row) => row.double_of)).toEqual([null, null, 1, null, 4]);
  });
});

test('a landline of Brazil and the number with a 9 before it are two people', async () => {
  const n = `3${newNumber().slice(-7)}`;
  const senderId = await bench.sender();
  const people = [{ to: `+5531${n}` }];
  await bench.ledger.people.suppress({ people, source: 'import' });
  await bench.campaign(senderId, [`+55319${n}`]);
  expect(await claimed(senderId)).toEqual([`+55319${n}`]);
});

test('the ledger has the same rules as the program', async () => {
  const digits = fc.oneof(
    fc.stringMatching(/^5(?:21?|5\d\d9?|49?)\d{8,10}$/),
    fc.stringMatching(/^549?(?:11|[23]\d{2,3})15\d{6,8}$/),
    fc.stringMatching(/^22[59](?:0[1-8])?\d{8}$/),
    fc.stringMatching(/^[1-9]\d{6,14}$/),
  );
  const numbers = [...new Set(fc.sample(digits, 3_000))];
  const rows = await bench.rows<{ digits: string; all: string[]; first: string; number: string }>(
    `select d as digits, spellings_of(d) as all, spelled(d) as first, spelled_number('+' || d) as number
     from unnest($1::text[]) d`,
    [numbers],
  );
  for (const { digits: one, all, first, number } of rows) {
    expect([one, [...all].sort()]).toEqual([one, [...spellingsOf(one)].sort()]);
    expect([one, first, number]).toEqual([one, spellingsOf(one)[0], `+${spellingsOf(one)[0]}`]);
    // Each of them leads to all the others.
    for (const other of all) expect(spellingsOf(other)).toEqual(spellingsOf(one));
  }
});

test.each(['spelled', 'spelled_number'])(
  '%s is written into its callers: as a call it costs 5 us for each row of a list',
  async (name) => {
    const plan = await bench.rows<{ 'QUERY PLAN': string }>(
      `explain (verbose) select ${name}(number) from wa_ids`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('spellings_of');
    expect(text).not.toContain(name);
  },
);
