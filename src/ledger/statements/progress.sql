-- What a progress bar polls: counts by state, and how much of the rest is due later than five minutes:
-- by its own time, or because the daily budget of its sender's portfolio frees only then.
-- $1 campaign id
with full_ones as materialized (
  select s.id, b.id as portfolio, b.daily_limit, b.frees_at
  from campaigns c
  join senders s on s.id = any(c.sender_ids)
  join portfolios b on b.id = s.portfolio and b.daily_limit is not null and b.remaining = 0
    and b.counted_at > clock_timestamp() - interval '5 minutes'
  where c.id = $1
), counted as (
  select state, count(*)::int as n,
    count(*) filter (where (state = 'pending' and greatest(due_at, f.frees_at) > now_() + interval '5 minutes')
      or (state = 'uncertain' and check_at > now_() + interval '5 minutes'))::int as later,
    count(*) filter (where state = 'uncertain' and check_at is not null)::int as uncertain_open,
    min(case when state = 'pending' then greatest(due_at, f.frees_at) when state = 'uncertain' then check_at end) as next_due_at
  from requests r left join full_ones f on f.id = r.sender_id
  where campaign_id = $1 group by state
)
select c.state, c.reason,
  coalesce((select json_object_agg(state, n) from counted), '{}') as counts,
  coalesce((select sum(later)::int from counted), 0) as later,
  coalesce((select sum(uncertain_open)::int from counted), 0) as uncertain_open,
  (select nullif(min(next_due_at), '-infinity') from counted) as next_due_at,
  (select count(*)::int from refused_lines where campaign_id = $1) as refused_lines,
  (select json_build_object('portfolio', portfolio, 'limit', daily_limit, 'freesAt', frees_at)
    from full_ones where c.state = 'running' order by frees_at limit 1) as budget_wait
from campaigns c where c.id = $1
