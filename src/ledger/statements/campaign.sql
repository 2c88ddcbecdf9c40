-- One campaign with counts by state, also that of a single request. A statement of its own: with an optional id it is
-- planned anew each time, or by a plan that reads all campaigns.
-- $1 id
select c.*,
  coalesce((select json_object_agg(state, n) from (
    select r.state, count(*)::int as n from requests r where r.campaign_id = c.id group by r.state) x), '{}') as counts,
  (select count(*)::int from refused_lines l where l.campaign_id = c.id) as refused_lines
from campaigns c where c.id = $1
