-- The permission book, a page at a time.
-- $1 after sender id  $2 after person  $3 how many at most
select sender_id, person, status, expires_at, at, source from permissions
where (sender_id, person) > ($1, $2)
order by sender_id, person limit $3
