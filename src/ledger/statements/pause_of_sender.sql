-- Running campaigns of a sender whose breaker is open pause with its reason. One that has another open sender goes on
-- there; this one's people wait.
-- $1 sender id  $2 reason
with meant as materialized (
  select c.id from campaigns c
  where $1 = any(c.sender_ids) and c.state = 'running'
    and not exists (select from senders o
      where o.id = any(c.sender_ids) and o.id <> $1 and o.closed_at is null)
  order by c.id
  for no key update of c
), paused as (
  update campaigns c set state = 'paused', reason = $2
  from meant where c.id = meant.id and c.state = 'running'
  returning c.id
)
select id, pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', id, 'state', 'paused')::text)
from paused
