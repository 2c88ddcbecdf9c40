-- Campaigns with nothing to do because of a breaker pause with its reason: one that was started while
-- its sender was closed, and one whose open requests all wait for a template breaker (lines in another
-- language than its own).
with by_sender as (
  update campaigns c
  set state = 'paused', reason = s.closed_reason
  from senders s
  where c.state = 'running' and s.id = c.sender_id and s.closed_at is not null
  returning c.id
), by_template as (
  update campaigns c
  set state = 'paused', reason = b.closed_reason
  from senders s, template_breakers b
  where c.state = 'running' and s.id = c.sender_id and s.closed_at is null
    and b.account = s.account and b.name = c.template and b.closed_at is not null
    and exists (
      select from requests r where r.campaign_id = c.id and r.state = 'pending' and r.language = b.language)
    and not exists (
      select from requests r
      where r.campaign_id = c.id and r.state in ('pending', 'queued', 'sending')
        and not exists (
          select from template_breakers o
          where o.account = s.account and o.name = c.template and o.language = r.language
            and o.closed_at is not null))
  returning c.id
)
select id from by_sender union all select id from by_template
