-- As results.sql, those in some states: by an index of those that ended, which has campaign and state in one text, and by
-- one of those on their way. Pending ones by theirs where they are few, else by the campaign's rows, of which many are
-- pending then: `state || ''`, so that nothing else is tried.
-- $1 campaign id  $2 after row  $3 states  $4 how many at most
with waiting as materialized (
  select coalesce(sum(k.n), 0) > 20000 as many from request_counts k where k.campaign_id = $1 and k.state = 'pending'
), few as materialized (
  select r.* from requests r
  where not (select many from waiting) and 'pending' = any($3::text[]) and r.campaign_id = $1 and r.state = 'pending'
), on_the_way as materialized (
  select r.* from requests r where r.campaign_id = $1 and r.state in ('queued', 'sending')
)
select row, reference, to_number, wa_id, user_id, state, message_status, wamid, attempts,
  case when state = 'pending' and due_at > '-infinity' then due_at end as due_at, error_code,
  error_message, reason, double_of, accepted_at, delivery, delivered_at, read_at, check_at, finding,
  answer, answered_at, permission_expires_at
from (
  (select e.* from unnest($3::text[]) as s(state) cross join lateral (
    select r.* from requests r
    where r.campaign_id || ' ' || r.state = $1 || ' ' || s.state and r.row > $2
      and r.state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled')
    order by r.row limit $4) e)
  union all
  (select * from few where row > $2 order by row limit $4)
  union all
  (select * from on_the_way where row > $2 and state = any($3::text[]) order by row limit $4)
  union all
  (select r.* from requests r
    where (select many from waiting) and 'pending' = any($3::text[])
      and r.campaign_id = $1 and r.row > $2 and r.state || '' = 'pending'
    order by r.row limit $4)
) found
order by row
limit $4
