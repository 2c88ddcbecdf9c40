-- Rows whose time to be asked has passed while they waited: expired, never fired late. Those in the
-- queue are decided when their job comes up (decide_unclaimed.sql).
-- Found by their time first, and locked by id: in one step the planner may walk through all requests by id.
with late as materialized (
  select r.id
  from requests r
  where r.state = 'pending' and r.not_after <= (select now_()) and r.not_after < 'infinity'
  order by r.not_after
  limit 5000
), held as materialized (
  select r.id from requests r
  where r.id = any(array(select id from late)) and r.state || '' = 'pending'
  order by r.id
  for no key update of r skip locked
)
update requests r set state = 'expired', reason = 'expired'
from held where r.id = held.id
returning r.id
