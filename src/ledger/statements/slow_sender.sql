-- Meta said "too fast", or its usage headers come near: the sender's rate is cut by 15 %, at most once
-- in $4 ms, since all messages in flight at that moment say the same. It climbs back by the heartbeats.
-- $1 sender id  $2 why  $3 nothing is sent for so long, ms, or null  $4 cut again after, ms
with sender as materialized (
  -- Locked first, so that processes refused at the same moment cut it once together.
  select id, coalesce(throttled_at < clock_timestamp() - $4::float8 * interval '1 ms', true) as cut
  from senders where id = $1
  for no key update
)
update senders s
set rate_now = case when sender.cut then greatest(least(1, s.rate_allowed), s.rate_now * 0.85) else s.rate_now end,
  throttled_at = case when sender.cut then clock_timestamp() else s.throttled_at end,
  rate_reason = $2,
  hold_until = greatest(s.hold_until, clock_timestamp() + $3::float8 * interval '1 ms')
from sender
where s.id = sender.id
