-- Campaigns with counts by state, newest first, without those of a single request.
-- $1 how many at most
with chosen as (
  select * from campaigns where not single order by created_at desc, id limit $1
)
select c.*, case when c.state = 'running' and c.start_at > now_() then c.start_at end as scheduled_for, s.counts, s.held,
  (select count(*)::int from refused_lines l where l.campaign_id = c.id) as refused_lines
from chosen c
cross join lateral (
  select coalesce(json_object_agg(x.state, x.n) filter (where x.said is null), '{}') as counts,
    coalesce(json_object_agg(x.said, x.n) filter (where x.said is not null), '{}') as held
  from (
    select k.state, null as said, sum(k.n)::int as n from request_counts k
    where k.campaign_id = c.id group by k.state having sum(k.n) > 0
    union all
    -- Taken by Meta, but not simply accepted: what it said instead.
    select 'accepted', k.said, sum(k.n)::int from request_counts k
    where k.campaign_id = c.id and k.said is not null group by k.said having sum(k.n) > 0) x) s
order by c.created_at desc, c.id
