-- The log, the newest first, with how far each is with those who are told.
-- $1 types, or null  $2 since, or null  $3 state, or null  $4 campaign, or null  $5 only before this place, or null  $6 how many
select e.pos::text, e.id, e.type, e.at, e.data, k.state, coalesce(k.tries, 0) as tries, k.next_at as "nextAt", k.error as "lastError"
from events e
cross join lateral (
  select case when bool_or(d.dead_at is null) then 'pending' when bool_or(d.dead_at is not null) then 'dead' else 'delivered' end as state,
    max(d.tries) as tries, min(d.next_at) as next_at, max(d.error) as error
  from event_subscriptions s join event_deliveries d on d.subscription_id = s.id and d.pos = e.pos
  where s.removed_at is null) k
where ($1::text[] is null or e.type = any($1)) and ($2::timestamptz is null or e.at >= $2)
  and ($3::text is null or k.state = $3) and ($4::text is null or e.campaign_id = $4) and ($5::bigint is null or e.pos < $5)
order by e.pos desc limit $6
