-- What one person allowed each sender, under all names. A statement of its own, as `campaign` is; the names are looked up
-- once, not for each row.
-- $1 number without plus, or wa_id
select sender_id, person, status, expires_at, at, source from permissions
where person = any((select names_of($1))::text[])
order by sender_id, person
