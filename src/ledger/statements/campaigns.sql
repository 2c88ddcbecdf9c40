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
    select r.state, null as said, count(*)::int as n from requests r where r.campaign_id = c.id group by r.state
    union all
    -- Taken by Meta, but not simply accepted: what it said instead.
    select 'accepted', r.message_status, count(*)::int from requests r
    where r.campaign_id = c.id and r.state = 'accepted' and r.message_status <> 'accepted' group by 2) x) s
order by c.created_at desc, c.id
