-- Jobs that a stopping process took and did not claim: queued -> pending, to be fed again.
-- Rows are found by id alone, for the reason that claim.sql gives.
-- $1 request ids  $2 feed numbers
with taken as (
  select r.id
  from unnest($1::bigint[], $2::int[]) as j(id, feed)
  join requests r on r.id = j.id and r.feed = j.feed
  where r.id = any($1::bigint[]) and r.state || '' = 'queued'
  order by r.id
  for update of r
)
update requests r set state = 'pending'
from taken where r.id = taken.id
returning r.id::text as request
