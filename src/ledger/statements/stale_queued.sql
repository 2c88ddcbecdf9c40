-- queued rows old enough that their job should have been taken, oldest first.
-- $1 sender id  $2 older than, ms  $3 how many at most
select id::text as request, feed, lane
from requests
where sender_id = $1 and state = 'queued' and queued_at < clock_timestamp() - $2 * interval '1 ms'
order by queued_at
limit $3
