-- A process says that it is alive, and with which rate. The rate in force is one value: the lowest
-- setting among the living, so that a process started with a wrong one can slow the sender, never
-- push it over its rate. Those silent for 15 s (five beats and more) are dead.
-- A rate that was cut climbs every 5 s, by 2.5 % at first and faster the longer Meta is content:
-- from 52 to 80 in about a minute, and over an unchanged limit again only every half minute or so.
-- $1 sender id  $2 worker  $3 messages a second  $4 in flight
with sender as materialized (
  -- Locked first: a cut made by another process at this moment must not be written over.
  select * from senders where id = $1 for no key update
), dead as (
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
  rate_now = n.rate,
  rate_reason = case when n.rate < l.rate then s.rate_reason end,
  climbed_at = case when n.climbs then clock_timestamp() else s.climbed_at end
from lowest l, sender o
cross join lateral (
  select o.rate_reason is not null and clock_timestamp() > greatest(o.climbed_at, o.throttled_at) + interval '5 s'
    and clock_timestamp() > coalesce(o.hold_until, '-infinity') as climbs
) c
cross join lateral (
  select c.climbs, case
    when o.rate_reason is null then (select rate from lowest)
    when c.climbs then least((select rate from lowest),
      o.rate_now * (1 + 0.025 * (1 + extract(epoch from clock_timestamp() - o.throttled_at) / 30)))
    else least(o.rate_now, (select rate from lowest)) end as rate
) n
where s.id = $1 and (s.rate_allowed <> l.rate or s.rate_now <> n.rate or n.climbs)
