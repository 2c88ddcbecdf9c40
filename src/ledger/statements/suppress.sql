-- Puts people on the suppression list; those on it stay with their first reason.
-- $1 digits of numbers or wa_ids  $2 reasons or nulls  $3 source
insert into suppressions (person, reason, source)
select distinct on (person) person, reason, $3 from unnest($1::text[], $2::text[]) as p(person, reason) order by person
on conflict do nothing
returning person
