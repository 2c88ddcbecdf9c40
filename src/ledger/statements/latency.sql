-- How long the last messages of a campaign took, in ms from their claim until their acceptance was in the ledger. A list is asked
-- in the order of its rows, more or less: looked at are the last 200 rows that were accepted, of these the ones within a time.
-- $1 campaign id  $2 how far back, in seconds
select count(*)::int as sampled,
  percentile_cont(0.5) within group (order by k.ms) as median_ms, percentile_cont(0.95) within group (order by k.ms) as most_ms
from (
  select extract(epoch from r.accepted_at - r.claimed_at) * 1000 as ms, r.accepted_at
  from requests r
  where r.campaign_id || ' ' || r.state = $1 || ' accepted' and r.claimed_at is not null
    and r.state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled')
  order by r.row desc limit 200
) k
where k.accepted_at > now_() - $2::float8 * interval '1 s' and k.ms >= 0
