-- A new user; no row where somebody has the name, in whatever case.
-- $1 id  $2 name  $3 role  $4 hash of the password
insert into users (id, name, role, password_hash)
values ($1, $2, $3, $4)
on conflict (lower(name)) do nothing
returning id, name, role, created_at, last_log_in_at, disabled_at
