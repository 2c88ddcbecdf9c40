-- A user's sessions in force, the newest first.
-- $1 user's name  $2 how long a session may be idle, in ms
select s.id, s.address, s.created_at, s.last_seen_at,
  least(s.ends_at, s.last_seen_at + $2 * interval '1 ms') as ends_at
from sessions s join users u on u.id = s.user_id
where lower(u.name) = lower($1) and u.disabled_at is null and s.revoked_at is null and s.ends_at > now_()
  and s.last_seen_at > now_() - $2 * interval '1 ms'
order by s.created_at desc, s.id
