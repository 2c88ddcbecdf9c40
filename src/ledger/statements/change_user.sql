-- Another role, another password, disabled or enabled again; what is null stays. Who is disabled, and who has another
-- password, has no session any more.
-- $1 name  $2 role  $3 hash of the password  $4 disabled or not
with changed as (
  update users u set role = coalesce($2, u.role), password_hash = coalesce($3, u.password_hash),
    password_at = case when $3::text is null then u.password_at else now_() end,
    disabled_at = case when $4::boolean is null then u.disabled_at when $4 then coalesce(u.disabled_at, now_()) end
  where lower(u.name) = lower($1)
  returning u.*
), ended as (
  update sessions s set revoked_at = now_() from changed c
  where s.user_id = c.id and s.revoked_at is null and ($3::text is not null or $4)
)
select id, name, role, created_at, last_log_in_at, disabled_at from changed
