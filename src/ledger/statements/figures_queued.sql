-- Since when each sender's first batch waits to be claimed: batch numbers grow with time, so that the first is the oldest.
select s.id as "senderId",
  greatest(0, extract(epoch from clock_timestamp() - r.queued_at))::float8 as s
from senders s
cross join lateral (
  select q.queued_at from requests q
  where q.sender_id = s.id and q.state = 'queued'
  order by q.batch, q.id limit 1) r
