-- What a campaign led to, by language: what its messages became, and how its requests ended.
-- $1 campaign id
select k.language, k.fact, sum(k.n)::int as n from funnel_counts k where k.campaign_id = $1 group by 1, 2 having sum(k.n) <> 0
union all
-- A single request is one row and is not added up.
select r.language, f, count(*)::int from campaigns c join requests r on r.campaign_id = c.id
cross join lateral unnest(funnel_facts(r.delivery, r.delivered_at, r.read_at, r.error_code, r.pricing, r.answer)) f
where c.id = $1 and c.single group by 1, 2
