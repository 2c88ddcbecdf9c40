-- What became of each recipient, a page at a time by row.
-- $1 campaign id  $2 after row  $3 how many at most
select row, reference, to_number, wa_id, user_id, state, message_status, wamid, attempts,
  case when state = 'pending' and due_at > '-infinity' then due_at end as due_at, error_code,
  error_message, reason, double_of, accepted_at, delivery, delivered_at, read_at, check_at, finding,
  answer, answered_at, permission_expires_at
from requests
where campaign_id = $1 and row > $2
order by row
limit $3
