-- Puts people on the suppression list; those on it under any of their names stay with their first reason.
-- $1 digits of numbers or wa_ids  $2 reasons or nulls  $3 source
insert into suppressions (person, reason, source)
select distinct on (spelled(person)) person, reason, $3
from unnest($1::text[], $2::text[]) with ordinality as p(person, reason, n)
where not exists (select from suppressions s where s.person = any(names_of(p.person)))
order by spelled(person), n
on conflict do nothing
returning person
