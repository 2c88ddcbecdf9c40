-- Campaigns with counts by state, newest first, without those of a single request.
-- $1 how many at most
with chosen as (
  select * from campaigns where not single order by created_at desc, id limit $1
)
select c.*,
  coalesce((select json_object_agg(state, n) from (
    select r.state, count(*)::int as n from requests r where r.campaign_id = c.id group by r.state) x), '{}') as counts,
  (select count(*)::int from refused_lines l where l.campaign_id = c.id) as refused_lines
from chosen c order by created_at desc, id
