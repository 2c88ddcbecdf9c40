-- Requests to one person that do not wait, under whatever name they were asked, the newest first: by requests_asked, and
-- by the indexes of those in the queue and of those being sent, which are few. Who waits is found by requests_still_waiting.sql.
-- $1 number without plus, or user id  $2 reference  $3 states  $4 before id  $5 how many at most
select r.id::text as id, r.campaign_id, (select c.single from campaigns c where c.id = r.campaign_id) as single, r.sender_id, r.row, r.reference, r.to_number, r.wa_id, r.user_id, r.state, r.message_status,
  r.wamid, r.attempts, case when r.state = 'pending' and r.due_at > '-infinity' then r.due_at end as due_at, r.error_code,
  r.error_message, r.reason, r.double_of, r.accepted_at, r.delivery, r.delivered_at, r.read_at, r.check_at, r.finding,
  r.answer, r.answered_at, r.permission_expires_at
from (
  select q.* from unnest(names_of($1)) n(name)
  cross join lateral (
    select a.* from requests a
    where a.to_number = '+' || n.name and a.state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled')
      and ($2::text is null or a.reference = $2)
      and ($3::text[] is null or a.state = any($3)) and a.id < coalesce($4::bigint, 9223372036854775807)
    order by a.id desc limit $5) q
  union all
  (select q.* from requests q
    where q.state in ('queued', 'sending') and ltrim(q.to_number, '+') = any((select names_of($1))::text[])
      and ($2::text is null or q.reference = $2)
      and ($3::text[] is null or q.state = any($3)) and q.id < coalesce($4::bigint, 9223372036854775807)
    order by q.id desc limit $5)
) r
order by r.id desc limit $5
