-- Revokes the key of this id, or else the one in force of this name; one that is revoked stays as it is, and of several
-- of a name the last one is told.
-- $1 id or name
with found as materialized (
  select id from api_keys
  where id = $1 or name = $1
  order by id = $1 desc, revoked_at is not null, revoked_at desc
  limit 1
), revoked as (
  update api_keys k set revoked_at = now_()
  from found f where k.id = f.id and k.revoked_at is null
  returning k.id, k.revoked_at
)
select k.id, k.name, k.scope, k.created_at, k.last_used_at, coalesce(r.revoked_at, k.revoked_at) as revoked_at,
  r.id is null as was_revoked
from found f
join api_keys k on k.id = f.id
left join revoked r on r.id = k.id
