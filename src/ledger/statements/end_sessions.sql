-- Ends sessions: that of an id, or all of a user.
-- $1 id of a session  $2 user's name
update sessions s set revoked_at = now_()
from users u
where u.id = s.user_id and s.revoked_at is null and (s.id = $1 or lower(u.name) = lower($2))
returning s.id
