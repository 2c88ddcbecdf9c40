-- Campaigns with nothing to do because of a breaker pause with its reason: one that was started while
-- its senders were closed, one with people of closed senders only left, and one whose open requests all
-- wait for a template breaker (lines in another language than its own).
with by_sender as (
  update campaigns c
  set state = 'paused', reason = s.closed_reason
  from senders s
  where c.state = 'running' and s.id = any(c.sender_ids) and s.closed_at is not null
    and not exists (
      select from requests r join senders o on o.id = r.sender_id
      where r.campaign_id = c.id and o.closed_at is null
        and (r.state in ('pending', 'queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
    and exists (
      select from requests r where r.campaign_id = c.id and r.state in ('pending', 'queued', 'sending'))
  returning c.id
), by_template as (
  update campaigns c
  set state = 'paused', reason = b.closed_reason
  from senders s, template_breakers b
  where c.state = 'running' and s.id = any(c.sender_ids) and s.closed_at is null
    and b.account = s.account and b.name = c.template and b.closed_at is not null
    and exists (
      select from requests r where r.campaign_id = c.id and r.sender_id = s.id and r.state = 'pending'
        and r.language = b.language)
    and not exists (
      select from requests r
      join senders q on q.id = r.sender_id
      where r.campaign_id = c.id and r.state in ('pending', 'queued', 'sending') and q.closed_at is null
        and not exists (
          select from template_breakers o
          where o.account = q.account and o.name = c.template and o.language = r.language
            and o.closed_at is not null))
  returning c.id
)
select id from by_sender union all select id from by_template
