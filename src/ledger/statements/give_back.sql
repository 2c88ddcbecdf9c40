-- Batches that nobody claims, or whose job is gone: what is left of them goes back, queued -> pending, to be fed again
-- under other numbers. Should their job turn up after all, it finds no rows.
-- $1 sender id  $2 batch numbers
with taken as (
  select r.id
  from requests r
  where r.sender_id = $1 and r.batch = any($2::bigint[]) and r.state = 'queued'
  order by r.id
  for no key update of r
)
update requests r set state = 'pending'
from taken where r.id = taken.id
returning r.batch::float8 as batch
