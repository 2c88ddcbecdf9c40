-- Gives unsent claims back (pause, breaker, missed send time, SIGTERM): only the process that holds
-- the fence knows that nothing was written, so a row the sweep has made uncertain meanwhile comes
-- back too. The allowance is given back, the try does not count.
-- $1 request ids  $2 fences  $3 worker
with held as materialized (
  select r.id, r.sender_id, r.person, r.reserved_at
  from unnest($1::bigint[], $2::int[]) as c(id, fence)
  join requests r on r.id = c.id and r.fence = c.fence
  where r.claimed_by = $3
    and (r.state = 'sending' or (r.state = 'uncertain' and r.reason in ('lease-ended', 'interrupted')))
  order by r.id
  for update of r
), pair as materialized (
  select p.sender_id, p.person, h.reserved_at
  from pairs p join held h on h.sender_id = p.sender_id and h.person = p.person
  order by p.sender_id, p.person
  for update of p
), given_back as (
  update pairs p set asked = array_remove(p.asked, pair.reserved_at)
  from pair where p.sender_id = pair.sender_id and p.person = pair.person
)
update requests r
set state = case when c.state = 'cancelled' then 'cancelled' else 'pending' end,
  attempts = r.attempts - 1, claimed_by = null, lease_until = null,
  uncertain_at = null, check_at = null, reason = null
from held, campaigns c
where r.id = held.id and c.id = r.campaign_id
returning r.id::text as request
