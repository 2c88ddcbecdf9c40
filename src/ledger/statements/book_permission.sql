-- What a person allowed a sender, or did not; an older answer does not undo a newer one.
-- $1 sender id  $2 number with plus, or wa_id  $3 status  $4 expires at  $5 when it was said  $6 source
insert into permissions as p (sender_id, person, status, expires_at, at, source)
select $1, person_of($2), $3, $4, $5, $6
on conflict (sender_id, person) do update
set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source
where p.at <= excluded.at
returning person
