-- Who has a name, in whatever case, with the hash of the password, and whether they have logged in from an address of late.
-- $1 name  $2 address
select u.id, u.name, u.role, u.created_at, u.last_log_in_at, u.disabled_at, u.password_hash, exists (
    select from sessions s where s.user_id = u.id and s.address = $2) as is_known_address
from users u
where lower(u.name) = lower($1)
