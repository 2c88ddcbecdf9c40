-- What a sender's due people wait for.
-- $1 sender id
with running as materialized (
  select c.id, c.template, c.single from campaigns c where c.state = 'running' and $1 = any(c.sender_ids)
), kinds as materialized (
  select c.id, c.template, k.language
  from running c cross join lateral pending_kinds(c.id, $1) k
  where not c.single
  union all
  select c.id, c.template, r.language
  from running c cross join lateral (
    select p.language from requests p where p.campaign_id = c.id and p.sender_id = $1 and p.state = 'pending'
    order by p.language, p.due_at, p.id limit 1) r
  where c.single
), due_kinds as materialized (
  -- One of each kind is enough to know.
  select k.template, k.language
  from kinds k cross join lateral (
    select r.id from requests r
    where r.campaign_id = k.id and r.sender_id = $1 and r.language = k.language and r.state = 'pending'
      and r.due_at <= (select now_()) and r.not_after > (select now_())
    order by r.due_at, r.id limit 1) r
), due as materialized (
  select
    exists (select from due_kinds) as pending,
    exists (
      select from due_kinds k where not exists (
        select from template_breakers t where t.account = (select account from senders where id = $1)
          and t.name = k.template and t.language = k.language and t.closed_at is not null)
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
