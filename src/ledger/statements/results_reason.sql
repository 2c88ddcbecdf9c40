-- As results_code.sql, those with one reason of ours and no code of Meta's. Few of them are read by the index of those of whom there is something to
-- say, which knows code and state; where they are many, the rows of the campaign are looked through: a page of them is
-- found soon then, and all of them would be read and sorted for it otherwise.
-- $1 campaign id  $2 after row  $3 states  $4 how many at most  $5 reason
with these as materialized (
  select e.id, e.row from unnest($3::text[]) as s(state) cross join lateral (
    select r.id, r.row from requests r
    where r.campaign_id || '' = $1 and r.state = s.state and r.error_code is null and r.reason = $5
      and (r.reason is not null or r.error_code is not null or r.error_message is not null or r.finding is not null
        or r.double_of is not null
        or r.attempts > case when r.state in ('sending', 'accepted', 'already-granted', 'rejected') then 1 else 0 end)
    limit 5001) e
), few as materialized (select count(*) <= 5000 as so from these)
select row, reference, to_number, wa_id, user_id, state, message_status, wamid, attempts,
  case when state = 'pending' and due_at > '-infinity' then due_at end as due_at, error_code,
  error_message, reason, double_of, accepted_at, delivery, delivered_at, read_at, check_at, finding,
  answer, answered_at, permission_expires_at
from (
  (select r.* from (select x.id from these x where (select so from few) and x.row > $2 order by x.row limit $4) t
    join requests r on r.id = t.id)
  union all
  (select r.* from requests r
    where not (select so from few) and r.campaign_id = $1 and r.row > $2
      and r.error_code is null and r.reason = $5 and r.state || '' = any($3::text[])
    order by r.row limit $4)
) found
order by row
limit $4
