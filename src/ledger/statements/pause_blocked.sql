-- Campaigns with nothing to do because of a breaker pause with its reason: one that was started while
-- its senders were closed, one with people of closed senders only left, and one whose open requests all
-- wait for a template breaker (lines in another language than its own).
-- What is closed comes first: looked for from the other end, every sweep read all open requests (27 ms
-- with 22,000 of them, several times a second). Pending ones are looked for by sender and language, one look
-- each; those on their way are few.
with of_closed_sender as materialized (
  select c.id, c.template, s.closed_reason
  from senders s join campaigns c on s.id = any(c.sender_ids)
  where s.closed_at is not null and c.state = 'running'
), of_closed_template as materialized (
  select c.id, c.template, s.id as sender_id, b.language, b.closed_reason
  from template_breakers b
  join senders s on s.account = b.account and s.closed_at is null
  join campaigns c on c.template = b.name and s.id = any(c.sender_ids)
  where b.closed_at is not null and c.state = 'running'
), kinds as materialized (
  select c.id, k.sender_id, k.language, s.closed_at is not null as is_closed, exists (
      select from template_breakers b
      where b.account = s.account and b.name = c.template and b.language = k.language and b.closed_at is not null) as is_stopped
  from (select id, template from of_closed_sender union select id, template from of_closed_template) c
  cross join lateral pending_kinds(c.id, null) k
  join senders s on s.id = k.sender_id
), by_sender as (
  update campaigns c
  set state = 'paused', reason = k.closed_reason
  from of_closed_sender k
  where c.id = k.id and c.state = 'running'
    and not exists (select from kinds p where p.id = k.id and not p.is_closed)
    and not exists (
      select from requests r join senders o on o.id = r.sender_id
      where r.campaign_id = k.id and o.closed_at is null
        and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
    and (exists (select from kinds p where p.id = k.id)
      or exists (select from requests r where r.campaign_id = k.id and r.state in ('queued', 'sending')))
  returning c.id
), by_template as (
  update campaigns c
  set state = 'paused', reason = k.closed_reason
  from of_closed_template k
  where c.id = k.id and c.state = 'running'
    and exists (select from kinds p where p.id = k.id and p.sender_id = k.sender_id and p.language = k.language)
    and not exists (select from kinds p where p.id = k.id and not p.is_closed and not p.is_stopped)
    and not exists (
      select from requests r
      join senders q on q.id = r.sender_id
      where r.campaign_id = k.id and r.state in ('queued', 'sending') and q.closed_at is null
        and not exists (
          select from template_breakers o
          where o.account = q.account and o.name = k.template and o.language = r.language
            and o.closed_at is not null))
  returning c.id
)
select id from by_sender union all select id from by_template
