-- How soon people answered: how many between each two of some times, by what they said. In intervals: as numbers of seconds
-- the same took five times as long.
-- $1 campaign id  $2 seconds, rising
select width_bucket(greatest(r.answered_at - r.accepted_at, interval '0'), t.ends) as bucket,
  count(*) filter (where r.answer <> 'declined')::int as granted, count(*) filter (where r.answer = 'declined')::int as declined
from (select array_agg(s * interval '1 s' order by s) as ends from unnest($2::float8[]) s) t
cross join requests r
where r.campaign_id = $1 and r.answer is not null and r.answered_at is not null and r.accepted_at is not null
group by 1 order by 1
