-- Requests by their message, the newest first. By requests_message: its hash.
-- $1 wamid  $2 names of a person  $3 reference  $4 states  $5 before id  $6 how many at most
select r.id::text as id, r.campaign_id, (select c.single from campaigns c where c.id = r.campaign_id) as single, r.sender_id, r.row, r.reference, r.to_number, r.wa_id, r.user_id, r.state, r.message_status,
  r.wamid, r.attempts, case when r.state = 'pending' and r.due_at > '-infinity' then r.due_at end as due_at, r.error_code,
  r.error_message, r.reason, r.double_of, r.accepted_at, r.delivery, r.delivered_at, r.read_at, r.check_at, r.finding,
  r.answer, r.answered_at, r.permission_expires_at
from requests r
where r.wamid is not null and hashtextextended(r.wamid, 0) = hashtextextended($1, 0) and r.wamid = $1
  and ($2::text is null or ltrim(r.to_number, '+') = any((select names_of($2))::text[]))
  and ($3::text is null or r.reference = $3)
  and ($4::text[] is null or r.state = any($4)) and r.id < coalesce($5::bigint, 9223372036854775807)
order by r.id desc limit $6
