-- Takes people off the opt-out list, under whatever name they stand there; which of the given ones were on it.
-- $1 digits of numbers or wa_ids
with asked as (
  select p.person, names_of(p.person) as names from unnest($1::text[]) as p(person)
), gone as (
  delete from suppressions s where s.person = any(array(select unnest(names) from asked)) returning s.person
)
select a.person from asked a where exists (select from gone g where g.person = any(a.names))
