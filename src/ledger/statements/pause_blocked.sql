-- A campaign whose open requests all wait for a template breaker (lines in another language than its
-- own) has nothing to do: it pauses with that breaker's reason.
update campaigns c
set state = 'paused', reason = b.closed_reason
from senders s, template_breakers b
where c.state = 'running' and s.id = c.sender_id
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
