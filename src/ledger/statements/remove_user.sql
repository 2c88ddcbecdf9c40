-- Removes a user, and with them their sessions.
-- $1 name
delete from users where lower(name) = lower($1)
returning id, name, role, created_at, last_log_in_at, disabled_at
