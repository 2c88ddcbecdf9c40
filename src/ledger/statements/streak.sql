-- Equal failures that are not about the person: so many in a row, with no acceptance between, pause
-- the campaign. Refused rows go back to pending then, and so do those refused alike after that;
-- uncertain ones stay what they are.
-- $1 campaign id  $2 what they have in common  $3 request ids  $4 how many are enough  $5 reason
with counted as (
  update campaigns
  set streak_count = case when streak_key = $2::text then streak_count else 0 end + cardinality($3::bigint[]),
    streak_no = streak_no + case when streak_key = $2::text then 0 else 1 end,
    streak_key = $2::text,
    state = case when state = 'running' and cardinality($3::bigint[])
      + case when streak_key = $2::text then streak_count else 0 end >= $4 then 'paused' else state end,
    reason = case when state = 'running' and cardinality($3::bigint[])
      + case when streak_key = $2::text then streak_count else 0 end >= $4 then $5::jsonb || jsonb_build_object('streak', $2::text) else reason end
  where id = $1
  returning id, streak_no, state = 'paused' and reason->>'streak' = $2::text as back
), meant as materialized (
  -- Those of this call; the whole streak only once it is enough.
  select unnest($3::bigint[]) as id
  union
  select q.id from requests q, counted
  where counted.back and q.campaign_id = $1 and q.streak_no = counted.streak_no
), stamped as materialized (
  select r.id
  from requests r join meant on meant.id = r.id
  where r.campaign_id = $1 and r.state = 'rejected'
  order by r.id
  for update of r
), back as (
  update requests r
  set streak_no = counted.streak_no,
    state = case when counted.back then 'pending' else r.state end,
    due_at = case when counted.back then now_() else r.due_at end,
    attempts = r.attempts - case when counted.back then 1 else 0 end
  from stamped, counted
  where r.id = stamped.id
  returning r.id
)
select coalesce((select back from counted), false) as paused, (select count(*)::int from back) as rows
