-- Rows whose time to be asked has passed while they waited: expired, never fired late. Those in the
-- queue are decided when their job comes up (decide_unclaimed.sql).
with late as (
  select r.id
  from requests r
  where r.state = 'pending' and r.not_after <= now_() and r.not_after < 'infinity'
  order by r.id
  limit 5000
  for update of r skip locked
)
update requests r set state = 'expired', reason = 'expired'
from late where r.id = late.id
returning r.id
