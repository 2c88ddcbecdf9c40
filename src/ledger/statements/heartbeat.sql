-- A process says that it is alive, and with which rate. The rate in force is one value: the lowest
-- setting among the living, so that a process started with a wrong one can slow the sender, never
-- push it over its rate. Those silent for 15 s (five beats and more) are dead.
-- $1 sender id  $2 worker  $3 messages a second  $4 in flight
with dead as (
  delete from workers where sender_id = $1 and id <> $2 and seen_at < clock_timestamp() - interval '15 s'
), alive as (
  insert into workers (sender_id, id, messages_per_second, in_flight, seen_at)
  values ($1, $2, $3, $4, clock_timestamp())
  on conflict (sender_id, id) do update
  set messages_per_second = $3, in_flight = $4, seen_at = clock_timestamp()
), lowest as (
  select least($3::float8, min(messages_per_second)) as rate
  from workers where sender_id = $1 and id <> $2 and seen_at >= clock_timestamp() - interval '15 s'
)
update senders s
set rate_allowed = l.rate,
  rate_now = case when s.rate_reason is null then l.rate else least(s.rate_now, l.rate) end
from lowest l
where s.id = $1 and (s.rate_allowed <> l.rate or s.rate_now > l.rate)
