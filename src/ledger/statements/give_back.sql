-- Jobs that a stopping process took and did not claim: queued -> pending, to be fed again.
-- `state || ''`: by id they are found one by one; the index of queued rows, which holds thousands, would be
-- read whole for each batch (a claim of 1,000/s took 50 ms on average with it, 4 without).
-- $1 request ids  $2 feed numbers
with taken as (
  select r.id
  from unnest($1::bigint[], $2::int[]) as j(id, feed)
  join requests r on r.id = j.id and r.feed = j.feed
  where r.state || '' = 'queued'
  order by r.id
  for update of r
)
update requests r set state = 'pending'
from taken where r.id = taken.id
returning r.id::text as request
