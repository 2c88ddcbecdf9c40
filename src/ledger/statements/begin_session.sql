-- A new session of a user who may log in, and that they did; some of those that ended long ago go. No row: they are gone, were
-- disabled, or have another password meanwhile.
-- $1 id  $2 SHA-256 of the token  $3 user's id  $4 hash of the password that was right  $5 address  $6 how long, in ms
with who as (
  update users u set last_log_in_at = now_()
  where u.id = $3 and u.password_hash = $4 and u.disabled_at is null
  returning u.id, u.name, u.role
), old as (
  delete from sessions s where s.id in (
    select o.id from sessions o where o.ends_at < now_() - interval '30 days' order by o.ends_at limit 100
    for update skip locked)
), made as (
  insert into sessions (id, sha256, user_id, address, ends_at)
  select $1, $2, w.id, $5, now_() + $6 * interval '1 ms' from who w
  returning ends_at
)
select w.id as user_id, w.name, w.role, m.ends_at, now_() as now from who w cross join made m
