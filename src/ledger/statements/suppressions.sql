-- The suppression list, a page at a time by person.
-- $1 after person  $2 how many at most  $3 one person, or null for all
select person, reason, source, added_at from suppressions
where person > $1 and ($3::text is null or person = any(names_of($3))) order by person limit $2
