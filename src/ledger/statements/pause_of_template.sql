-- Running campaigns in the language of a template whose breaker is open pause with its reason, but for those that
-- have a sender of another account.
-- $1 sender id  $2 template  $3 language  $4 reason
with meant as materialized (
  select c.id from campaigns c join senders mine on mine.id = $1
  where c.template = $2 and c.language = $3 and c.state = 'running'
    and not exists (select from senders s where s.id = any(c.sender_ids) and s.account <> mine.account)
  order by c.id
  for no key update of c
), paused as (
  update campaigns c set state = 'paused', reason = $4
  from meant where c.id = meant.id and c.state = 'running'
  returning c.id
)
select id, pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', id, 'state', 'paused')::text)
from paused
