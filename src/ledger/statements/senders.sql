-- Senders as operators see them.
-- $1 sender id or null for all
select s.id, s.rate_allowed, s.rate_now, s.rate_reason, s.closed_reason,
  (select coalesce(sum(w.in_flight), 0)::int from workers w where w.sender_id = s.id and w.seen_at > clock_timestamp() - interval '15 s') as in_flight,
  (select count(*)::int from workers w where w.sender_id = s.id and w.seen_at > clock_timestamp() - interval '15 s') as processes,
  s.portfolio, b.daily_limit, b.remaining, b.frees_at
from senders s
left join portfolios b on b.id = s.portfolio and b.daily_limit is not null
  and b.counted_at > clock_timestamp() - interval '5 minutes'
where $1::text is null or s.id = $1 order by s.id
