-- Takes people off the opt-out list, under whatever name they stand there; which of the given ones were on it. What they said
-- themselves goes with it: the list would be read from that again.
-- $1 digits of numbers or wa_ids
with asked as (
  select p.person, names_of(p.person) as names from unnest($1::text[]) as p(person)
), every as materialized (
  select array(select distinct unnest(names) from asked) as names
), gone as (
  delete from suppressions s where s.person = any((select names from every)::text[]) returning s.person
), unsaid as (
  delete from preferences p where p.person = any((select names from every)::text[]) and p.value = 'stop'
), unwritten as (
  delete from written_stops w
  where w.name = any(array(select unnest(names) from every union
      select s.name from name_spans s where s.root = any((select names from every)::text[])))
    and owner_of(w.name, w.at) = any((select names from every)::text[])
)
select a.person from asked a where exists (select from gone g where g.person = any(a.names))
