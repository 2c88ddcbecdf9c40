-- What a progress bar polls: counts by state, and how much of the rest is due later than five minutes.
-- $1 campaign id
with counted as (
  select state, count(*)::int as n,
    count(*) filter (where (state = 'pending' and due_at > now_() + interval '5 minutes')
      or (state = 'uncertain' and check_at > now_() + interval '5 minutes'))::int as later,
    count(*) filter (where state = 'uncertain' and check_at is not null)::int as uncertain_open,
    min(case when state = 'pending' then due_at when state = 'uncertain' then check_at end) as next_due_at
  from requests where campaign_id = $1 group by state
)
select c.state, c.reason,
  coalesce((select json_object_agg(state, n) from counted), '{}') as counts,
  coalesce((select sum(later)::int from counted), 0) as later,
  coalesce((select sum(uncertain_open)::int from counted), 0) as uncertain_open,
  (select nullif(min(next_due_at), '-infinity') from counted) as next_due_at,
  (select count(*)::int from refused_lines where campaign_id = $1) as refused_lines
from campaigns c where c.id = $1
