-- What a progress bar polls: counts by state, and how much of the rest is due later than five minutes: by its own
-- time, because the daily budget of its sender's portfolio frees only then, or because the person was asked too often:
-- a refusal for that (138009) makes its row due at once, and only the next claim writes down when it really is.
-- $1 campaign id  $2 pair limit per day  $3 pair limit per week
with clock as materialized (
  select now_() as now, now_() + interval '5 minutes' as soon
), full_ones as materialized (
  select s.id, b.id as portfolio, b.daily_limit, b.frees_at
  from campaigns c
  join senders s on s.id = any(c.sender_ids)
  join portfolios b on b.id = s.portfolio and b.daily_limit is not null and b.remaining = 0
    and b.counted_at > clock_timestamp() - interval '5 minutes'
  where c.id = $1
), timed as (
  select r.state, r.check_at,
    case r.state
      when 'pending' then greatest(r.due_at, f.frees_at, case when r.reason = 'pair-limit' and r.due_at <= clock.now
        then pair_frees_at(r.sender_id, ltrim(r.to_number, '+'), $2, $3) end)
      when 'uncertain' then r.check_at end as at
  from requests r cross join clock left join full_ones f on f.id = r.sender_id
  where campaign_id = $1
), counted as (
  select state, count(*)::int as n,
    count(*) filter (where at > clock.soon)::int as later,
    count(*) filter (where state = 'uncertain' and at > clock.soon)::int as later_checks,
    count(*) filter (where state = 'uncertain' and check_at is not null)::int as uncertain_open,
    min(at) filter (where at > clock.now) as next_due_at
  from timed cross join clock group by state
)
select c.state, c.reason,
  coalesce((select json_object_agg(state, n) from counted), '{}') as counts,
  coalesce((select sum(later)::int from counted), 0) as later,
  coalesce((select sum(later_checks)::int from counted), 0) as later_checks,
  coalesce((select sum(uncertain_open)::int from counted), 0) as uncertain_open,
  (select min(next_due_at) from counted) as next_due_at,
  (select count(*)::int from refused_lines where campaign_id = $1) as refused_lines,
  (select json_build_object('portfolio', portfolio, 'limit', daily_limit, 'freesAt', frees_at)
    from full_ones where c.state = 'running' order by frees_at limit 1) as budget_wait
from campaigns c where c.id = $1
