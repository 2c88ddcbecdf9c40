-- The opt-out list, a page at a time by person.
-- By the end of a number the list is looked through from there on: people ask, now and then.
-- $1 after person  $2 how many at most  $3 how the number ends, or null
select person, reason, source, added_at from suppressions
where person > $1 and ($3::text is null or right(person, length($3)) = $3) order by person limit $2
