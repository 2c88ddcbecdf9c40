-- Requests by the caller's own name for a person that do not wait, the newest first: as requests_by_name.sql, by
-- requests_reference. That has the hash and then the id, so that a page of a reference which a whole list has costs no more
-- than one of another.
-- $1 reference  $2 states  $3 before id  $4 how many at most
select r.id::text as id, r.campaign_id, (select c.single from campaigns c where c.id = r.campaign_id) as single, r.sender_id, r.row, r.reference, r.to_number, r.wa_id, r.user_id, r.state, r.message_status,
  r.wamid, r.attempts, case when r.state = 'pending' and r.due_at > '-infinity' then r.due_at end as due_at, r.error_code,
  r.error_message, r.reason, r.double_of, r.accepted_at, r.delivery, r.delivered_at, r.read_at, r.check_at, r.finding,
  r.answer, r.answered_at, r.permission_expires_at
from (
  (select q.* from requests q
    where q.reference is not null and q.state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled')
      and hashtextextended(q.reference, 0) = hashtextextended($1, 0) and q.reference = $1
      and ($2::text[] is null or q.state = any($2)) and q.id < coalesce($3::bigint, 9223372036854775807)
    order by hashtextextended(q.reference, 0) desc, q.id desc limit $4)
  union all
  (select q.* from requests q
    where q.state in ('queued', 'sending') and q.reference = $1
      and ($2::text[] is null or q.state = any($2)) and q.id < coalesce($3::bigint, 9223372036854775807)
    order by q.id desc limit $4)
) r
order by r.id desc limit $4
