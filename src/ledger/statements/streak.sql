-- Equal failures that are not about the person: so many in a row, with no acceptance between, pause
-- the campaign. Refused rows go back to pending then, and so do those refused alike after that;
-- uncertain ones stay what they are. Whose they were stands in the campaign's row, whose lock all
-- wait for: marks on the requests would be missed by a statement that began before they were made.
-- $1 campaign id  $2 what they have in common  $3 request ids  $4 how many are enough  $5 reason
with counted as (
  update campaigns
  set streak_count = case when streak_key = $2::text then streak_count else 0 end + cardinality($3::bigint[]),
    streak_rows = case when streak_key = $2::text then streak_rows else '{}' end || $3::bigint[],
    streak_key = $2::text,
    state = case when state = 'running' and cardinality($3::bigint[])
      + case when streak_key = $2::text then streak_count else 0 end >= $4 then 'paused' else state end,
    reason = case when state = 'running' and cardinality($3::bigint[])
      + case when streak_key = $2::text then streak_count else 0 end >= $4 then $5::jsonb || jsonb_build_object('streak', $2::text) else reason end
  where id = $1
  returning id, streak_rows, state = 'paused' and reason->>'streak' = $2::text as back
), meant as materialized (
  select unnest(streak_rows) as id from counted where back
), locked as materialized (
  -- Their states are those at the lock, not at the statement's start: judged only after it.
  select r.id, r.state
  from requests r join meant on meant.id = r.id
  where r.campaign_id = $1
  order by r.id
  for update of r
), back as (
  update requests r
  set state = 'pending', due_at = now_(), attempts = r.attempts - 1
  from locked
  where r.id = locked.id and locked.state = 'rejected'
  returning r.id
)
select coalesce((select back from counted), false) as paused, (select count(*)::int from back) as rows
