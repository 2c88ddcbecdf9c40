-- One campaign with counts by state, also that of a single request. A statement of its own: with an optional id it is
-- planned again each time, or by a plan that reads all campaigns.
-- $1 id
select c.*, case when c.state = 'running' and c.start_at > now_() then c.start_at end as scheduled_for, s.counts, s.held,
  (select count(*)::int from refused_lines l where l.campaign_id = c.id) as refused_lines
from campaigns c
cross join lateral (
  select coalesce(json_object_agg(x.state, x.n) filter (where x.said is null), '{}') as counts,
    coalesce(json_object_agg(x.said, x.n) filter (where x.said is not null), '{}') as held
  from (
    select r.state, null as said, count(*)::int as n from requests r where r.campaign_id = c.id group by r.state
    union all
    -- Taken by Meta, but not simply accepted: what it said instead.
    select 'accepted', r.message_status, count(*)::int from requests r
    where r.campaign_id = c.id and r.state = 'accepted' and r.message_status <> 'accepted' group by 2) x) s
where c.id = $1
