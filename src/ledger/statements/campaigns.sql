-- A page of campaigns with counts by state, newest first, without those of a single request. By the index of those that
-- are lists, from the last one of the page before on: of 10,000 a filter that fits none looks at each, in its order.
-- $1 how many at most  $2 created_at of the one before in microseconds  $3 its id  $4 states, `scheduled` among them  $5 part of the name
-- $6 template  $7 created at the earliest
with chosen as (
  select * from campaigns c
  where not c.single
    and c.created_at <= coalesce('epoch'::timestamptz + $2::float8 * interval '1 us', 'infinity')
    and c.created_at >= coalesce($7::timestamptz, '-infinity')
    and ($2::float8 is null or c.created_at < 'epoch'::timestamptz + $2::float8 * interval '1 us' or c.id > $3::text)
    and ($4::text[] is null or c.state = any($4)
      or ('scheduled' = any($4) and c.state = 'running' and c.start_at > now_()))
    and ($5::text is null or position(lower($5) in lower(c.name)) > 0)
    and ($6::text is null or c.template = $6)
  order by c.created_at desc, c.id limit $1
)
select c.*, case when c.state = 'running' and c.start_at > now_() then c.start_at end as scheduled_for, s.counts, s.held,
  (select count(*)::int from refused_lines l where l.campaign_id = c.id) + c.refused_unkept as refused_lines,
  (extract(epoch from c.created_at) * 1000000)::float8 as place
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
