-- What a campaign led to, by language: what its messages became, and how its requests ended.
-- $1 campaign id
select k.language, k.fact, sum(k.n)::int as n from funnel_counts k where k.campaign_id = $1 group by 1, 2 having sum(k.n) <> 0
union all
-- A single request is one row and is not added up. Looked for only where it is one (`offset 0` keeps that order): with the
-- campaign's other rows counted as candidates a list of 200,000 was read whole.
select r.language, f, count(*)::int from campaigns c
cross join lateral (select * from requests q where q.campaign_id = c.id offset 0) r
cross join lateral unnest(funnel_facts(r.delivery, r.delivered_at, r.read_at, r.error_code, r.pricing, r.answer)) f
where c.id = $1 and c.single group by 1, 2
