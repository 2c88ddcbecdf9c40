-- Meta said "too fast", or its usage headers come near: the sender's rate is cut by 15 %, at most once
-- in $4 ms, since all messages in flight at that moment say the same. It climbs back by the heartbeats.
-- $1 sender id  $2 why  $3 nothing is sent for so long, ms, or null  $4 cut again after, ms
update senders
set rate_now = case when cut.now then greatest(least(1, rate_allowed), rate_now * 0.85) else rate_now end,
  throttled_at = case when cut.now then clock_timestamp() else throttled_at end,
  rate_reason = $2,
  hold_until = greatest(hold_until, clock_timestamp() + $3::float8 * interval '1 ms')
from (
  select coalesce(o.throttled_at < clock_timestamp() - $4::float8 * interval '1 ms', true) as now
  from senders o where o.id = $1
) cut
where id = $1
