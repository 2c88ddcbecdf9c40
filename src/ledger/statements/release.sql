-- Gives unsent claims back (pause, breaker, missed send time, SIGTERM): only the process that holds
-- the fence knows that nothing was written, so a row the sweep has made uncertain meanwhile comes
-- back too. The allowance is given back, the try does not count.
-- $1 request ids  $2 fences  $3 worker
with held as materialized (
  select r.id, r.sender_id, r.person, r.reserved_at
  from unnest($1::bigint[], $2::int[]) as c(id, fence)
  join requests r on r.id = c.id and r.fence = c.fence
  where r.id = any($1::bigint[]) and r.claimed_by || '' = $3
    and (r.state = 'sending' or (r.state = 'uncertain' and r.reason in ('lease-ended', 'interrupted')))
  order by r.id
  for update of r
), pair as materialized (
  select p.sender_id, p.person, g.back
  from pairs p join (
    select sender_id, person, array_agg(reserved_at) as back from held group by sender_id, person
  ) g on g.sender_id = p.sender_id and g.person = p.person
  order by p.sender_id, p.person
  for update of p
), given_back as (
  update pairs p set asked = array(select a from unnest(p.asked) a where a <> all (pair.back))
  from pair where p.sender_id = pair.sender_id and p.person = pair.person
)
update requests r
set state = case when c.state = 'cancelled' then 'cancelled' else 'pending' end,
  attempts = r.attempts - 1, claimed_by = null, lease_until = null,
  uncertain_at = null, check_at = null, reason = null
from held, campaigns c
where r.id = held.id and c.id = r.campaign_id
returning r.id::text as request
