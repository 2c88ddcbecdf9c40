-- All users, and how many sessions of theirs are in force.
-- $1 how long a session may be idle, in ms
select u.id, u.name, u.role, u.created_at, u.last_log_in_at, u.disabled_at, (
    select count(*)::int from sessions s
    where s.user_id = u.id and u.disabled_at is null and s.revoked_at is null and s.ends_at > now_()
      and s.last_seen_at > now_() - $1 * interval '1 ms') as sessions
from users u
order by lower(u.name)
