-- Equal refusals that are not about the person: so many in a row, with no acceptance between, pause
-- the campaign, and the rows they fell on go back to pending. Those that come in after that go back too.
-- $1 campaign id  $2 error code  $3 request ids  $4 how many are enough  $5 reason (its code is $2)
with counted as (
  update campaigns
  set streak_count = case when streak_key = $2::text then streak_count else 0 end + cardinality($3::bigint[]),
    streak_no = streak_no + case when streak_key = $2::text then 0 else 1 end,
    streak_key = $2::text,
    state = case when state = 'running' and cardinality($3::bigint[])
      + case when streak_key = $2::text then streak_count else 0 end >= $4 then 'paused' else state end,
    reason = case when state = 'running' and cardinality($3::bigint[])
      + case when streak_key = $2::text then streak_count else 0 end >= $4 then $5::jsonb else reason end
  where id = $1
  returning id, streak_no, state = 'paused' and reason->>'code' = $2::text as back
), stamped as materialized (
  select r.id
  from requests r, counted
  where r.campaign_id = $1 and r.state = 'rejected'
    and (r.id = any($3::bigint[]) or (counted.back and r.streak_no = counted.streak_no))
  order by r.id
  for update of r
)
update requests r
set streak_no = counted.streak_no,
  state = case when counted.back then 'pending' else r.state end,
  due_at = case when counted.back then now_() else r.due_at end,
  attempts = r.attempts - case when counted.back then 1 else 0 end
from stamped, counted
where r.id = stamped.id
returning r.id::text as request, counted.back
