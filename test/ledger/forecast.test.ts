/**
 * A forecast of all rows together says what the rules say of each row alone: the functions by which a claim's
 * left-over jobs are judged, called row by row, on ledgers drawn at random.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draftOf, drawnPeople, drawnRules } from './drawn-people.ts';
import { useLedger } from './support.ts';

const bench = useLedger();

const ROW_BY_ROW = `
with waiting as materialized (
  select r.id, r.sender_id, r.due_at, r.not_after, r.zones, c.quiet_from, c.quiet_to, c.on_pair_limit,
    barred(r.sender_id, r.to_number, w.wa_id, c.include_granted, c.include_declined) as barred,
    pair_frees_at(r.sender_id, coalesce(w.wa_id, ltrim(r.to_number, '+')), $2, $3) as frees_at
  from requests r
  join campaigns c on c.id = r.campaign_id
  left join wa_ids w on w.number = r.to_number
  where r.campaign_id = $1 and r.state = 'pending'
), timed as materialized (
  select w.*, coalesce(quiet_until(zones, quiet_from, quiet_to, at), at) as goes_at
  from waiting w cross join lateral (select greatest(now_(), due_at, frees_at) as at) t
), judged as (
  select sender_id, goes_at, case
    when not_after <= now_() then 'expired'
    when barred is not null then barred
    when frees_at is not null and (on_pair_limit = 'skip' or frees_at >= not_after) then 'pair-limit'
    when goes_at = 'infinity' then 'quiet-hours'
    when goes_at >= not_after then 'expired' end as ends
  from timed
)
select ends as reason, sender_id, null as at, count(*)::int as n from judged where ends is not null group by 1, 2
union all
select null, sender_id, case when goes_at <= now_() then 'now' else date_trunc('minute', goes_at)::text end, count(*)::int
from judged where ends is null group by 2, 3 order by 1, 2, 3`;

const TOGETHER = `
select reason, sender_id, case when at <= clock_timestamp() then 'now' else at::text end as at, n
from forecast_of($1, $2, $3) order by 1, 2, 3`;

describe('a forecast', () => {
  test('of all rows together says the same as the rules say of each', async () => {
    await fc.assert(
      fc.asyncProperty(drawnPeople, drawnRules, async (people, rules) => {
        const { id } = await draftOf(bench, people, rules);
        const run = (sql: string) => bench.rows(sql, [id, 1, rules.perWeek]);
        expect(await run(TOGETHER)).toEqual(await run(ROW_BY_ROW));
      }),
      { numRuns: 40 },
    );
  });
});
