-- Running campaigns that an open breaker leaves nobody to ask for pause with its reason. A sender's: those that have no
-- other open sender; with one they go on there, and this one's people wait. A template's: those in its language, but
-- for those that have a sender of another account.
-- $1 sender id  $2 template, or null  $3 its language, or null  $4 reason
with meant as materialized (
  select c.id from campaigns c join senders mine on mine.id = $1
  where c.state = 'running' and case when $2::text is null
    then mine.id = any(c.sender_ids) and not exists (
      select from senders o where o.id = any(c.sender_ids) and o.id <> mine.id and o.closed_at is null)
    else c.template = $2 and c.language = $3 and not exists (
      select from senders o where o.id = any(c.sender_ids) and o.account <> mine.account) end
  order by c.id
  for no key update of c
), paused as (
  update campaigns c set state = 'paused', reason = $4
  from meant where c.id = meant.id and c.state = 'running'
  returning c.id
)
select id from paused
