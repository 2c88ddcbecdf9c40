-- How long the last messages of a campaign took, in ms from their claim until their acceptance was in the ledger, and how many it
-- asked a second. A list is asked in the order of its rows, more or less: looked at are the last 200 rows of each end, of these
-- the ones within a time. Of one row, or of rows that are asked again far above the end of a list, no rate is told.
-- $1 campaign id  $2 how far back, in seconds
with took as (
  select extract(epoch from r.accepted_at - r.claimed_at) * 1000 as ms, r.accepted_at
  from requests r
  where r.campaign_id || ' ' || r.state = $1 || ' accepted' and r.claimed_at is not null
    and r.state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled')
  order by r.row desc limit 200
), asked as (
  select a.at
  from unnest(array['accepted', 'already-granted', 'rejected', 'uncertain']) s(state)
  cross join lateral (
    select r.claimed_at as at from requests r
    where r.campaign_id || ' ' || r.state = $1 || ' ' || s.state and r.claimed_at is not null
      and r.state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled')
    order by r.row desc limit 200) a
  where a.at > now_() - $2::float8 * interval '1 s'
  order by a.at desc limit 200
)
select k.sampled, k.median_ms, k.most_ms, q.asked_per_second
from (
  select count(*)::int as sampled, percentile_cont(0.5) within group (order by t.ms) as median_ms,
    percentile_cont(0.95) within group (order by t.ms) as most_ms
  from took t where t.accepted_at > now_() - $2::float8 * interval '1 s' and t.ms >= 0
) k
cross join (
  -- From the first one to the last, or to a second ago where it stands since.
  select case when count(*) > 1 then (count(*) - 1)
    / nullif(extract(epoch from greatest(max(a.at), now_() - interval '1 s') - min(a.at))::float8, 0) end as asked_per_second
  from asked a
) q
