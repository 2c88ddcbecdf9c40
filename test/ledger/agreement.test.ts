/**
 * Whom to ask is judged in three statements, each fast in its own way: the claim, which takes people; the decision about
 * those it left; the forecast. They say the same of everybody, on ledgers drawn at random.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draftOf, drawnPeople, drawnRules } from './drawn-people.ts';
import { claimAnswer, useLedger } from './support.ts';

const bench = useLedger();

const FORECAST = `
select coalesce(reason, case when at <= clock_timestamp() then 'now' else 'later' end) as becomes, sum(n)::int as n
from forecast_of($1, 1, $2) group by 1`;

const BECAME = `
select case when state = 'sending' then 'now' when state = 'skipped' then reason
  when state = 'expired' or due_at >= not_after then 'expired' else 'later' end as becomes, count(*)::int as n
from requests where campaign_id = $1 group by 1`;

const QUEUED = `
with batch as (select nextval('batch_numbers') as n), fed as (
  update requests set state = 'queued', batch = n from batch where campaign_id = $1 and state = 'pending' returning id
) select n::float8 as batch from batch`;

/** How many became what. Who waits may still turn out to wait for too long, which the forecast says at once. */
async function counted(sql: string, values: readonly unknown[]) {
  const rows = await bench.rows<{ becomes: string; n: number }>(sql, values);
  const counts: Record<string, number> = {};
  for (const { becomes, n } of rows) {
    const name = becomes === 'expired' ? 'later' : becomes;
    counts[name] = (counts[name] ?? 0) + n;
  }
  return counts;
}

test('claim, decision and forecast say the same of everybody', async () => {
  const due = drawnPeople.map((people) => people.map((one) => ({ ...one, due: null })));
  await fc.assert(
    fc.asyncProperty(due, drawnRules, async (people, rules) => {
      const { id, senderId } = await draftOf(bench, people, rules);
      const ledger = bench.with({ pairLimit: { perDay: 1, perWeek: rules.perWeek } });
      const foretold = await counted(FORECAST, [id, rules.perWeek]);
      await ledger.campaigns.transition({ id, from: ['draft'], to: 'running' });
      // Without the feeder, which puts people in their quiet hours off before anything is judged.
      const batches = await bench.rows<{ batch: number }>(QUEUED, [id]);
      const { left } = await claimAnswer(bench, senderId, batches, { ledger });
      await ledger.sending.decideUnclaimed({ senderId, rows: left });
      expect(await counted(BECAME, [id])).toEqual(foretold);
    }),
    { numRuns: 60 },
  );
});
