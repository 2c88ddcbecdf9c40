-- What would become of a campaign's waiting rows if it ran from now on: how many of each sender's could
-- go when (to the minute), and how many would be skipped or expire, by reason. The same judgements as
-- claim.sql and turn_away.sql make, in the same order.
-- $1 campaign id  $2 pair limit per day  $3 pair limit per week
with waiting as materialized (
  select r.id, r.sender_id, r.due_at, r.not_after, r.zones, c.quiet_from, c.quiet_to, c.on_pair_limit,
    barred(r.sender_id, r.to_number, w.wa_id, c.include_granted, c.include_declined) as barred,
    pair_frees_at(r.sender_id, coalesce(w.wa_id, ltrim(r.to_number, '+')), $2, $3) as frees_at
  from requests r
  join campaigns c on c.id = r.campaign_id
  left join wa_ids w on w.number = r.to_number
  where r.campaign_id = $1 and r.state = 'pending'
), timed as materialized (
  select w.*, coalesce(quiet_until(zones, quiet_from, quiet_to, at), at) as goes_at
  from waiting w
  cross join lateral (select greatest(now_(), due_at, frees_at) as at) t
), judged as (
  select sender_id, goes_at,
    case
      when barred is not null then barred
      when not_after <= now_() then 'expired'
      when frees_at is not null and (on_pair_limit = 'skip' or frees_at >= not_after) then 'pair-limit'
      when goes_at = 'infinity' then 'quiet-hours'
      when goes_at >= not_after then 'expired'
    end as ends
  from timed
)
select ends as reason, sender_id, null::timestamptz as at, count(*)::int as n
from judged where ends is not null group by ends, sender_id
union all
select null, sender_id, case when goes_at <= now_() then now_() else date_trunc('minute', goes_at) end, count(*)::int
from judged where ends is null group by 2, 3
