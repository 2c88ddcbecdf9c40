-- Feeds rows again whose job is gone, under a new feed number: should the old job turn up after all,
-- its feed no longer matches and it changes nothing.
-- Rows are found by id alone, for the reason that claim.sql gives.
-- $1 request ids  $2 feed numbers
with lost as (
  select r.id
  from unnest($1::bigint[], $2::int[]) as j(id, feed)
  join requests r on r.id = j.id and r.feed = j.feed
  where r.id = any($1::bigint[]) and r.state || '' = 'queued'
  order by r.id
  for update of r skip locked
)
update requests r set feed = r.feed + 1, queued_at = clock_timestamp()
from lost where r.id = lost.id
returning r.id::text as request, r.feed, r.lane
