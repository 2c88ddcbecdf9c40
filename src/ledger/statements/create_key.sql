-- A new key; no row where a key of this name is in force.
-- $1 id  $2 name  $3 scope  $4 SHA-256 of the key
insert into api_keys (id, name, scope, sha256)
values ($1, $2, $3, $4)
on conflict (name) where revoked_at is null do nothing
returning id, name, scope, created_at, last_used_at, revoked_at
