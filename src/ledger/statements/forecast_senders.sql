-- What a forecast must know of a campaign's senders: rate, breaker, other work, budget.
-- $1 sender ids  $2 campaign id, whose own rows are not other work
select s.id, s.rate_now, s.closed_at is not null as closed, s.portfolio, b.daily_limit, b.remaining,
  (select count(*)::int from workers w where w.sender_id = s.id and w.seen_at > clock_timestamp() - interval '15 s') as processes,
  now_() as now,
  coalesce((select json_agg(o) from (
    -- As they were counted, less those of this hour who are due in what is left of it.
    select c.weight, (x.n - (
      select count(*) from pending_kinds(c.id, s.id) k join requests r
        on r.campaign_id = c.id and r.sender_id = s.id and r.language = k.language and r.state = 'pending'
        and r.due_at > (select now_()) and r.due_at < due_hour('pending', (select now_())) + interval '1 hour'))::int as n
    from campaigns c cross join lateral (
      select sum(k.n) as n from request_counts k
      where k.campaign_id = c.id and k.sender_id = s.id
        and (k.state = 'queued' or (k.state = 'pending' and k.due <= (select now_())))) x
    where c.state = 'running' and not c.single and c.id <> $2 and s.id = any(c.sender_ids) and x.n > 0
    union all
    select c.weight, 1
    from campaigns c cross join lateral (
      select from requests r
      where r.campaign_id = c.id and r.sender_id = s.id
        and (r.state = 'queued' or (r.state = 'pending' and r.due_at <= (select now_()))) limit 1) r
    where c.state = 'running' and c.single and c.id <> $2 and s.id = any(c.sender_ids)) o where o.n > 0), '[]') as others,
  case when b.id is null then '[]' else coalesce((select json_agg(f order by f.at) from (
    select extract(epoch from date_trunc('minute', k.at) + interval '24 hours 1 minute') * 1000 as at, sum(k.n)::int as n
    from asked_counts k
    where k.portfolio = s.portfolio and k.at > (select now_()) - interval '24 hours'
    group by 1 having sum(k.n) > 0) f), '[]') end as frees
from senders s
left join portfolios b on b.id = s.portfolio and b.daily_limit is not null
where s.id = any($1)
order by s.id
