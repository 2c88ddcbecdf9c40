-- Who is told; no inputs.
select id, kind, url, types, created_at as "createdAt", disabled_at as "disabledAt", disabled_why as "disabledWhy",
  last_ok_at as "lastOkAt", last_error as "lastError", last_error_at as "lastErrorAt", key_proof as "keyProof"
from event_subscriptions where removed_at is null and kind <> 'stream' and until > clock_timestamp() order by created_at, id
