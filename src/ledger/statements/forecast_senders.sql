-- What a forecast must know of a campaign's senders: rate, breaker, other work, budget.
-- $1 sender ids  $2 campaign id, whose own rows are not other work
select s.id, s.rate_now, s.closed_at is not null as closed, s.portfolio, b.remaining,
  (select count(*)::int from workers w where w.sender_id = s.id and w.seen_at > clock_timestamp() - interval '15 s') as processes,
  now_() as now,
  coalesce((select json_agg(o) from (
    select c.weight, count(*)::int as n
    from campaigns c join requests r on r.campaign_id = c.id
    where c.state = 'running' and c.id <> $2 and s.id = any(c.sender_ids) and r.sender_id = s.id
      and (r.state = 'queued' or (r.state = 'pending' and r.due_at <= now_()))
    group by c.id) o), '[]') as others,
  case when b.id is null then '[]' else coalesce((select json_agg(f order by f.at) from (
    select extract(epoch from date_trunc('minute', last) + interval '24 hours 1 minute') * 1000 as at, count(*)::int as n
    from (
      select max((p.asks[cardinality(p.asks)]).at) as last
      from pairs p join senders o on o.id = p.sender_id
      where o.portfolio = s.portfolio and (p.asks[cardinality(p.asks)]).at > now_() - interval '24 hours'
      group by p.person) x
    group by 1) f), '[]') end as frees
from senders s
left join portfolios b on b.id = s.portfolio and b.daily_limit is not null
where s.id = any($1)
order by s.id
