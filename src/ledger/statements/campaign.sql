-- One campaign with counts by state, also that of a single request, which is not counted as it changes. A statement of
-- its own: with an optional id it is planned again each time, or by a plan that reads all campaigns.
-- $1 id
select c.*, case when c.state = 'running' and c.start_at > now_() then c.start_at end as scheduled_for, s.counts, s.held,
  (select count(*)::int from refused_lines l where l.campaign_id = c.id) + c.refused_unkept as refused_lines
from campaigns c
cross join lateral (
  select coalesce(json_object_agg(x.state, x.n) filter (where x.said is null), '{}') as counts,
    coalesce(json_object_agg(x.said, x.n) filter (where x.said is not null), '{}') as held
  from (
    select k.state, null as said, sum(k.n)::int as n from request_counts k
    where k.campaign_id = c.id group by k.state having sum(k.n) > 0
    union all
    -- Taken by Meta, but not simply accepted: what it said instead.
    select 'accepted', k.said, sum(k.n)::int from request_counts k
    where k.campaign_id = c.id and k.said is not null group by k.said having sum(k.n) > 0
    union all
    select r.state, null, count(*)::int from requests r where c.single and r.campaign_id = c.id group by r.state
    union all
    select 'accepted', r.message_status, count(*)::int from requests r
    where c.single and r.campaign_id = c.id and r.state = 'accepted' and r.message_status <> 'accepted' group by 2) x) s
where c.id = $1
