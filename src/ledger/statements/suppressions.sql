-- The opt-out list, a page at a time by person.
-- $1 after person  $2 how many at most
select person, reason, source, added_at from suppressions
where person > $1 order by person limit $2
