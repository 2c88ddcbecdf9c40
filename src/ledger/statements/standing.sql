-- What a sender's due people wait for.
-- $1 sender id
with due as materialized (
  -- One of each kind is enough to know.
  select
    exists (
      select from campaigns c join requests r on r.campaign_id = c.id
      where c.state = 'running' and $1 = any(c.sender_ids)
        and r.sender_id = $1 and r.state = 'pending' and r.due_at <= now_() and r.not_after > now_()
    ) as pending,
    exists (
      select from campaigns c join requests r on r.campaign_id = c.id
      where c.state = 'running' and $1 = any(c.sender_ids)
        and r.sender_id = $1 and r.state = 'pending' and r.due_at <= now_() and r.not_after > now_()
        and not exists (select from template_breakers t where t.account = (select account from senders where id = $1)
          and t.name = c.template and t.language = r.language and t.closed_at is not null)
    ) as feedable,
    exists (
      select from requests r join campaigns c on c.id = r.campaign_id
      where r.sender_id = $1 and r.state = 'queued' and c.state = 'running'
    ) as queued
)
select greatest(s.next_slot, s.shared_slot) > clock_timestamp() - interval '3 s' as moves,
  d.pending or d.queued as due, d.queued, d.feedable,
  case when s.closed_at is not null then s.closed_reason->>'message' end as closed,
  case when s.hold_until > clock_timestamp() then s.hold_until end as held_until,
  b.id is not null and b.remaining <= 0 as spent, b.frees_at,
  (select t.closed_reason->>'message' from template_breakers t
   where t.account = s.account and t.closed_at is not null and exists (
     select from campaigns c where c.state = 'running' and $1 = any(c.sender_ids) and c.template = t.name)
   order by t.closed_at desc limit 1) as template
from due d, senders s
left join portfolios b on b.id = s.portfolio and b.daily_limit is not null
  and b.counted_at > clock_timestamp() - interval '5 minutes'
where s.id = $1
