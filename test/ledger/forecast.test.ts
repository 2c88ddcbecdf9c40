/**
 * A forecast of all rows together says what the rules say of each row alone: the functions by which a claim's
 * left-over jobs are judged, called row by row, on ledgers drawn at random.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newNumber, useLedger } from './support.ts';

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
    when barred is not null then barred
    when not_after <= now_() then 'expired'
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

const hours = fc.integer({ min: -180, max: 40 });
const person = fc.record({
  due: fc.option(fc.integer({ min: -5, max: 30 })),
  ends: fc.option(fc.integer({ min: -2, max: 60 })),
  zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Tokyo'),
  /** Another name of theirs, and by which of both the books know them. */
  alias: fc.boolean(),
  asked: fc.array(
    fc.record({ at: hours.filter((h) => h < 0), byAlias: fc.boolean(), other: fc.boolean() }),
    { maxLength: 4 },
  ),
  optedOut: fc.constantFrom('no', 'no', 'number', 'alias'),
  permissions: fc.array(
    fc.record({
      status: fc.constantFrom('temporary', 'permanent', 'declined', 'revoked'),
      at: hours.filter((h) => h < 0),
      expires: fc.option(hours),
      byAlias: fc.boolean(),
      other: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
});

describe('a forecast', () => {
  test('of all rows together says the same as the rules say of each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 1, maxLength: 25 }),
        fc.record({
          onPairLimit: fc.constantFrom('wait' as const, 'skip' as const),
          includeGranted: fc.boolean(),
          includeDeclined: fc.boolean(),
          quiet: fc.boolean(),
          perWeek: fc.integer({ min: 1, max: 3 }),
        }),
        async (people, { quiet, perWeek, ...how }) => {
          const [senderId, other] = [await bench.sender(), await bench.sender()];
          const numbers = people.map(newNumber);
          const id = await bench.campaign(senderId, numbers, { ...how, start: false });
          const run = (sql: string, ...values: unknown[]) => bench.rows(sql, values);
          if (quiet)
            await run(
              `update campaigns set quiet_from = '20:00', quiet_to = '09:00' where id = $1`,
              id,
            );
          for (const [i, p] of people.entries()) {
            const to = numbers[i] ?? '';
            const names = { number: to.slice(1), alias: p.alias ? `9${to.slice(1)}` : to.slice(1) };
            const named = (byAlias: boolean) => (byAlias ? names.alias : names.number);
            if (p.alias) await run('select learn_wa_id($1, $2)', to, names.alias);
            await run(
              `update requests set zones = array[$3], due_at = coalesce(now_() + $4 * interval '1 hour', due_at),
                 not_after = coalesce(now_() + $5 * interval '1 hour', not_after)
               where campaign_id = $1 and to_number = $2`,
              ...[id, to, p.zone, p.due, p.ends],
            );
            for (const by of [senderId, other])
              for (const byAlias of [false, true]) {
                const asks = p.asked.filter(
                  (a) => (a.byAlias && p.alias) === byAlias && (a.other ? other : senderId) === by,
                );
                if (asks.length > 0)
                  await run(
                    `insert into pairs (sender_id, person, asks) select $1, $2, array_agg(row(0, 0, now_() + h * interval '1 hour')::ask order by h)
                     from unnest($3::float8[]) h`,
                    ...[by, named(byAlias), asks.map((a) => a.at)],
                  );
              }
            if (p.optedOut !== 'no')
              await run(
                `insert into suppressions (person, source) values ($1, 'operator') on conflict do nothing`,
                named(p.optedOut === 'alias'),
              );
            for (const w of p.permissions)
              await run(
                `insert into permissions (sender_id, person, status, expires_at, at, source)
                 values ($1, $2, $3, now_() + $4 * interval '1 hour', now_() + $5 * interval '1 hour', 'webhook')
                 on conflict do nothing`,
                ...[w.other ? other : senderId, named(w.byAlias), w.status, w.expires, w.at],
              );
          }
          const [alone, together] = [
            await run(ROW_BY_ROW, id, 1, perWeek),
            await run(TOGETHER, id, 1, perWeek),
          ];
          expect(together).toEqual(alone);
        },
      ),
      { numRuns: 40 },
    );
  });
});
