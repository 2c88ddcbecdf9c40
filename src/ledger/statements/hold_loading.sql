-- Takes hold of a campaign whose list is to be read: one that nobody holds, whose loader did not renew in
-- time, or whose loader's connection is gone. `held` is the answer; the state may be older than it.
-- $1 campaign id  $2 loader
with taken as (
  update campaigns
  set loader = $2, loader_until = clock_timestamp() + interval '15 s', loader_backend = pg_backend_pid()
  where id = $1 and state = 'loading'
    and (loader is null or loader = $2 or loader_until < clock_timestamp()
      or not exists (select from pg_stat_activity a where a.pid = loader_backend))
  returning id
)
select exists (select from taken) as held, c.state, c.list_sha256, c.single, c.start_at, c.expire_at
from campaigns c where c.id = $1
