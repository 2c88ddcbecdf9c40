-- After a claim whose answer never came (Postgres restarted, connection lost): it may have been
-- committed. The worker knows that it sent none of what it does not hold, so those come back.
-- $1 worker  $2 request ids it holds
select r.id::text as request, r.fence
from requests r
where r.claimed_by = $1 and not (r.id = any($2::bigint[]))
  and (r.state = 'sending' or (r.state = 'uncertain' and r.reason = 'lease-ended'))
