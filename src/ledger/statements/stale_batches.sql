-- Batches whose job should have been taken by now, oldest first. From one number to the next by the index: it looks at
-- one row a batch, and ends at the first one that is young enough, since numbers grow with time.
-- $1 sender id  $2 older than, ms  $3 how many at most
with recursive stale as (
  (select r.batch, r.queued_at from requests r
   where r.sender_id = $1 and r.state = 'queued'
   order by r.batch, r.id limit 1)
  union all
  select n.batch, n.queued_at
  from stale s
  cross join lateral (
    select r.batch, r.queued_at from requests r
    where r.sender_id = $1 and r.state = 'queued' and r.batch > s.batch
    order by r.batch, r.id limit 1
  ) n
  where s.queued_at < clock_timestamp() - $2 * interval '1 ms'
)
select batch::float8 as batch
from stale
where queued_at < clock_timestamp() - $2 * interval '1 ms'
order by batch
limit $3
