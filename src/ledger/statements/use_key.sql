-- The key in force with this hash, and that it is used: noted once a minute, and by one of those who use it at once.
-- $1 SHA-256 of the key
with used as (
  update api_keys k set last_used_at = now_()
  where k.id in (
    select d.id from api_keys d
    where d.sha256 = $1 and d.revoked_at is null
      and (d.last_used_at is null or d.last_used_at <= (select now_()) - interval '1 min')
    for no key update skip locked)
)
select id, name, scope, sha256 from api_keys where sha256 = $1 and revoked_at is null
