-- Puts people on the opt-out list; those on it under any of their names stay with their first reason. What only their own
-- setting or Meta's refusal put there, a `resume` of theirs would lift: an operator's word takes its place.
-- $1 digits of numbers or wa_ids  $2 reasons or nulls  $3 source  $4 when they said so themselves, or nulls: a number that was
-- left since is its new owner's. These are kept beside it, for who had the name then may be learned later
with written as (
  insert into written_stops (name, at, reason)
  select g.person, g.at, g.reason from unnest($1::text[], $2::text[], $4::timestamptz[]) as g(person, reason, at)
  where g.at is not null
  on conflict do nothing
)
insert into suppressions as s (person, reason, source)
select distinct on (spelled(person)) person, reason, $3
from (
  select case when g.at is null then g.person else owner_of(g.person, g.at) end as person, g.reason, g.n
  from unnest($1::text[], $2::text[], $4::timestamptz[]) with ordinality as g(person, reason, at, n)) p
where not exists (
  select from suppressions s where s.person = any(names_of(p.person)) and s.source not in ('preference', 'meta'))
order by spelled(person), n
on conflict (person) do update set reason = excluded.reason, source = excluded.source
where s.source in ('preference', 'meta')
returning person
