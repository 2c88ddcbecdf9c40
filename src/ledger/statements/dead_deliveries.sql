-- With whom an event was given up, and where it stands in the log. Few are given up.
-- $1 event id
select d.subscription_id as subscription, e.at, (e.pos - 1)::text as before
from event_deliveries d
join event_subscriptions s on s.id = d.subscription_id and s.removed_at is null and s.disabled_at is null and s.kind <> 'stream'
join events e on e.pos = d.pos and e.day = d.day
where d.dead_at is not null and e.id = $1
