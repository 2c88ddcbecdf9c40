-- The newest requests of all campaigns, those in some states. No index has all requests of a state together, and another
-- one would be written with each change of each request: so many of the newest are looked at by their ids, and where
-- those were not all, it is said from where to go on.
-- $1 states  $2 before id  $3 how many at most  $4 how many are looked at
with looked as materialized (
  select q.id, q.state from requests q where q.id < coalesce($2::bigint, 9223372036854775807) order by q.id desc limit $4
), found as materialized (
  select l.id from looked l where $1::text[] is null or l.state = any($1) order by l.id desc limit $3
)
select k.n as looked, k.last::text as looked_to, f.*
from (select count(*)::int as n, min(id) as last from looked) k
left join lateral (
  select r.id::text as id, r.campaign_id, (select c.single from campaigns c where c.id = r.campaign_id) as single, r.sender_id, r.row, r.reference, r.to_number, r.wa_id, r.user_id, r.state, r.message_status,
  r.wamid, r.attempts, case when r.state = 'pending' and r.due_at > '-infinity' then r.due_at end as due_at, r.error_code,
  r.error_message, r.reason, r.double_of, r.accepted_at, r.delivery, r.delivered_at, r.read_at, r.check_at, r.finding,
  r.answer, r.answered_at, r.permission_expires_at
  from found join requests r on r.id = found.id) f on true
order by f.id::bigint desc
