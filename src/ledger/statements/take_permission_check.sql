-- A person of whom Meta is to be asked what they allow, and a place in the pace of that route, which uncertain requests are
-- asked about by too. Put off, so that a process that dies with it only delays it; each time for twice as long, so that those
-- whom Meta says nothing of do not take the pace of the others. Not locked where nothing is due, as there.
-- $1 sender id  $2 put off at first, ms  $3 pace, ms
with pace as materialized (
  select id, next_check from senders where id = $1 and exists (
    select from permission_checks c where c.sender_id = $1 and c.due_at <= (select now_()))
  for no key update
), due as materialized (
  select c.person, c.why from permission_checks c
  where (select next_check from pace) <= (select clock_timestamp()) + interval '1 s'
    and c.sender_id = $1 and c.due_at <= (select now_())
  order by c.due_at, c.person limit 1
  for no key update of c skip locked
), taken as (
  update permission_checks c
  set due_at = now_() + $2::float8 * power(2, least(c.tries, 10)) * interval '1 ms', tries = c.tries + 1
  from due where c.sender_id = $1 and c.person = due.person
  returning c.person, c.why
), paced as (
  update senders s set next_check = greatest(s.next_check, clock_timestamp()) + $3 * interval '1 ms'
  from taken where s.id = $1
  returning s.next_check
)
select t.person, t.why,
  greatest(0, extract(epoch from greatest((select next_check from pace), now()) - clock_timestamp())) * 1000 as wait_ms
from taken t
