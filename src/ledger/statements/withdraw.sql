-- The last process of a sender ends: rows of paused campaigns whose jobs are still in its queue go back
-- to pending, to be fed again when they resume; the jobs claim nothing then. While another process
-- lives, it decides those jobs itself (decide_unclaimed.sql).
-- $1 sender id
with left_over as (
  select r.id
  from requests r join campaigns c on c.id = r.campaign_id
  where r.sender_id = $1 and r.state = 'queued' and c.state = 'paused'
    and not exists (select from workers w
      where w.sender_id = $1 and w.seen_at >= clock_timestamp() - interval '15 s')
  order by r.id
  for no key update of r skip locked
)
update requests r set state = 'pending'
from left_over where r.id = left_over.id
