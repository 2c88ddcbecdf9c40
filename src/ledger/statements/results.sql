-- What became of each recipient, a page at a time by row.
-- $1 campaign id  $2 after row  $3 how many at most
select row, reference, to_number, wa_id, state, message_status, wamid, attempts, error_code,
  error_message, reason, double_of, accepted_at, delivery, delivered_at, read_at, check_at, finding
from requests
where campaign_id = $1 and row > $2
order by row
limit $3
