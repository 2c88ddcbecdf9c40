-- The session of this hash and whose it is, in force or not; that it is used is noted once a minute, and by one of those who use
-- it at once.
-- $1 SHA-256 of the token  $2 how long it may be idle, in ms  $3 whether it is used
with found as materialized (
  select s.id, s.sha256, s.user_id, s.ends_at, s.last_seen_at, u.name, u.role,
    s.revoked_at is null and u.disabled_at is null and s.ends_at > now_()
      and s.last_seen_at > now_() - $2 * interval '1 ms' as in_force
  from sessions s join users u on u.id = s.user_id
  where s.sha256 = $1
), seen as (
  update sessions s set last_seen_at = now_()
  where s.id in (
    select d.id from sessions d join found f on f.id = d.id
    where $3 and f.in_force and f.last_seen_at <= (select now_()) - interval '1 min'
    for no key update of d skip locked)
)
select f.id, f.sha256, f.user_id, f.name, f.role, f.in_force, f.ends_at, now_() as now from found f
