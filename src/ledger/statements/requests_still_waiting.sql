-- Requests that wait, to one person or by reference: no index knows them by either, since it would be written for each line
-- of a list and again with each step of its request. Those that wait are looked through in the order of requests_waiting,
-- so many for one page, from the last one of the page before on. Each row says where it stands, and where the look ended.
-- $1 number without plus, or user id  $2 reference  $3 how many at most  $4 how many are looked at
-- the last one before: $5 campaign id  $6 sender  $7 language  $8 due_at in microseconds, -1: always  $9 id
with looked as materialized (
  select q.campaign_id, q.sender_id, q.language, q.due_at, q.id, q.to_number, q.reference from requests q
  where q.state = 'pending' and (q.campaign_id, q.sender_id, q.language, q.due_at, q.id)
    > ($5::text, $6::text, $7::text, case when $8::float8 < 0 then '-infinity' else 'epoch'::timestamptz + $8::float8 * interval '1 us' end,
      $9::bigint)
  order by q.campaign_id, q.sender_id, q.language, q.due_at, q.id limit $4
), names as materialized (
  select case when $1::text is not null then names_of($1) end as all
), found as materialized (
  select l.* from looked l
  where ($1::text is null or ltrim(l.to_number, '+') = any((select n.all from names n)::text[]))
    and ($2::text is null or l.reference = $2)
  order by l.campaign_id, l.sender_id, l.language, l.due_at, l.id limit $3
), ended as materialized (
  select (select count(*) from looked)::int as looked, l.campaign_id, l.sender_id, l.language, l.due_at, l.id
  from (select * from looked offset greatest(0, (select count(*) from looked) - 1)) l
)
select e.looked, json_build_array(e.campaign_id, e.sender_id, e.language, case when e.due_at = '-infinity' then -1 else (extract(epoch from e.due_at) * 1000000)::float8 end, e.id::text) as last,
  json_build_array(f.campaign_id, f.sender_id, f.at_language, case when f.at = '-infinity' then -1 else (extract(epoch from f.at) * 1000000)::float8 end, f.id) as place, f.*
from ended e
left join lateral (
  select l.language as at_language, l.due_at as at, r.id::text as id, r.campaign_id, (select c.single from campaigns c where c.id = r.campaign_id) as single, r.sender_id, r.row, r.reference, r.to_number, r.wa_id, r.user_id, r.state, r.message_status,
  r.wamid, r.attempts, case when r.state = 'pending' and r.due_at > '-infinity' then r.due_at end as due_at, r.error_code,
  r.error_message, r.reason, r.double_of, r.accepted_at, r.delivery, r.delivered_at, r.read_at, r.check_at, r.finding,
  r.answer, r.answered_at, r.permission_expires_at
  from found l join requests r on r.id = l.id) f on true
order by f.campaign_id, f.sender_id, f.at_language, f.at, f.id::bigint
