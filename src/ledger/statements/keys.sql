-- All keys, those in force first.
select id, name, scope, created_at, last_used_at, revoked_at
from api_keys
order by revoked_at is not null, created_at, id
