-- One uncertain request whose check is due, and a place in the pace of the call_permissions route
-- ($3 ms between two, over all processes). The row is put off, so that a process that dies with it
-- only delays the check.
-- What we account for ourselves is every other time we asked this person in the window, be its outcome
-- known or not: only usage beyond that can be this attempt.
-- The sender is locked first, then the row is found by the index of its own, and what its campaign has held by another.
-- Where nothing is due it is not locked: claims hold it most of the time, and this is asked several times a second.
-- $1 sender id  $2 put off, ms  $3 pace, ms
with pace as materialized (
  select id, next_check from senders where id = $1 and exists (
    select from requests r where r.sender_id = $1 and r.state = 'uncertain' and r.check_at <= (select now_()))
  for no key update
), due as materialized (
  select r.id, (select next_check from pace) as next_check
  from requests r
  where (select next_check from pace) <= (select clock_timestamp()) + interval '1 s'
    and r.sender_id = $1 and r.state = 'uncertain' and r.check_at <= (select now_())
  order by r.check_at, r.id
  limit 1
  for no key update of r skip locked
), taken as (
  update requests r set check_at = now_() + $2 * interval '1 ms', checks = r.checks + 1
  from due where r.id = due.id
  returning r.*
), paced as (
  update senders s set next_check = greatest(s.next_check, clock_timestamp()) + $3 * interval '1 ms'
  from due where s.id = $1
  returning s.next_check
)
select t.id::text as request, t.fence, t.to_number, t.checks,
  coalesce(w.wa_id, ltrim(t.to_number, '+')) as wa_id,
  w.wa_id is not null or exists (
    select from requests k where k.to_number = t.to_number and k.wa_id is not null) as wa_id_known,
  extract(epoch from now_() - t.reserved_at) * 1000 as age_ms,
  known.day as known_day, known.week as known_week, coalesce(known.reset_at >= t.reserved_at, false) as reset_since,
  -- Meta's seconds, by Meta's clock.
  exists (
    select from name_changes c
    where c.before in (ltrim(t.to_number, '+'), w.wa_id, t.user_id) and c.at >= t.reserved_at - interval '1 minute') as left_since,
  exists (
    select from requests h
    where h.campaign_id = t.campaign_id and h.accepted_at >= t.reserved_at and h.message_status <> 'accepted') as held_since,
  -- Postgres subtracts infinite times only from 17 on.
  greatest(0, extract(epoch from greatest(due.next_check, now()) - clock_timestamp())) * 1000 as wait_ms
from taken t
join due on due.id = t.id
left join lateral (select v.wa_id from wa_ids v where v.number = t.to_number limit 1) w on true
cross join lateral (
  -- Under all names of the person: the number may have turned out to be somebody's since it was asked.
  select count(*) filter (where a.at > (select now_()) - interval '24 hours')::int as day,
    count(*) filter (where a.at > (select now_()) - interval '168 hours')::int as week,
    (select max(q.reset_at) from pairs q
      where q.sender_id = t.sender_id and q.person = any((select names_of(person_of(t.to_number)))::text[])) as reset_at
  from pairs p, unnest(p.asks) a
  where p.sender_id = t.sender_id and p.person = any((select names_of(person_of(t.to_number)))::text[])
    and not (a.request = t.id and a.fence = t.fence)
) known
