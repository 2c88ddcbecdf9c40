-- Who is told, with what waits for each and what was given up; no inputs.
select id, kind, url, types, created_at as "createdAt", disabled_at as "disabledAt", disabled_why as "disabledWhy",
  last_ok_at as "lastOkAt", last_error as "lastError", last_error_at as "lastErrorAt", key_proof as "keyProof",
  (select count(*)::float8 from event_deliveries d where d.subscription_id = s.id and d.dead_at is null) as pending,
  (select count(*)::float8 from event_deliveries d where d.subscription_id = s.id and d.dead_at is not null) as dead
from event_subscriptions s where removed_at is null and kind <> 'stream' and until > clock_timestamp() order by created_at, id
