-- Ends a subscription; what waits for it is cleared away by tidy_events.
-- $1 id
update event_subscriptions set removed_at = now_() where id = $1 and removed_at is null and kind <> 'stream'
returning id, kind, url, types, created_at as "createdAt", disabled_at as "disabledAt", disabled_why as "disabledWhy",
  last_ok_at as "lastOkAt", last_error as "lastError", last_error_at as "lastErrorAt", key_proof as "keyProof"
