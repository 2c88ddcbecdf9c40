-- How soon people answered: how many between each two of some times, by what they said.
-- $1 campaign id  $2 seconds, rising
select width_bucket(greatest(extract(epoch from r.answered_at - r.accepted_at), 0)::float8, $2::float8[]) as bucket,
  count(*) filter (where r.answer <> 'declined')::int as granted, count(*) filter (where r.answer = 'declined')::int as declined
from requests r
where r.campaign_id = $1 and r.answer is not null and r.answered_at is not null and r.accepted_at is not null
group by 1 order by 1
