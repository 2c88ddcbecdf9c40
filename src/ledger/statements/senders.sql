-- Senders as operators see them.
-- $1 sender id or null for all
select s.id, s.rate_allowed, s.rate_now, s.rate_reason, s.closed_reason, s.closed_at, s.probe_at,
  (select coalesce(sum(w.in_flight), 0)::int from workers w where w.sender_id = s.id and w.seen_at > clock_timestamp() - interval '15 s') as in_flight,
  (select count(*)::int from workers w where w.sender_id = s.id and w.seen_at > clock_timestamp() - interval '15 s') as processes,
  s.portfolio, b.daily_limit, b.remaining, b.frees_at, w.silent_since,
  -- What a process says of itself; where there is none, that is the reason.
  coalesce(w.silent_why, case when not exists (
      select from workers v where v.sender_id = s.id and v.seen_at > clock_timestamp() - interval '15 s')
    and (exists (select from requests r join campaigns c on c.id = r.campaign_id
        where r.sender_id = s.id and r.state = 'queued' and c.state = 'running')
      or exists (
        select from campaigns c cross join lateral pending_kinds(c.id, s.id) k
        cross join lateral (
          select r.id from requests r
          where r.campaign_id = c.id and r.sender_id = s.id and r.language = k.language and r.state = 'pending'
            and r.due_at <= (select now_()) and r.not_after > (select now_())
          order by r.due_at, r.id limit 1) r
        where c.state = 'running' and s.id = any(c.sender_ids)))
    then 'people are due and no process sends for this sender' end) as silent_why
from senders s
left join lateral (
  select v.silent_since, v.silent_why from workers v
  where v.sender_id = s.id and v.silent_why is not null and v.seen_at > clock_timestamp() - interval '15 s'
  order by v.silent_since limit 1
) w on true
left join portfolios b on b.id = s.portfolio and b.daily_limit is not null
  and b.counted_at > clock_timestamp() - interval '5 minutes'
where $1::text is null or s.id = $1 order by s.id
