-- Meta said "too fast": the sender's rate is cut by 15 %, at most once a second, since all messages
-- in flight at that moment are refused together. It climbs back by the heartbeats.
-- $1 sender id  $2 why  $3 no climbing for so long, ms, or null
update senders
set rate_now = case when throttled_at is null or throttled_at < clock_timestamp() - interval '1 s'
    then greatest(least(1, rate_allowed), rate_now * 0.85) else rate_now end,
  throttled_at = case when throttled_at is null or throttled_at < clock_timestamp() - interval '1 s'
    then clock_timestamp() else throttled_at end,
  rate_reason = $2,
  slow_until = greatest(slow_until, clock_timestamp() + $3::float8 * interval '1 ms')
where id = $1
