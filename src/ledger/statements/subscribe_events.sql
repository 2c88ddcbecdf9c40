-- Adds a subscription, or renews it. One with another address than before, or that was removed, begins anew, also
-- where it was disabled.
-- $1 id  $2 kind  $3 url, or null  $4 types, or null: all  $5 proof of the key, or null  $6 ends after, ms, or null: never
insert into event_subscriptions as s (id, kind, url, types, key_proof, until)
values ($1, $2, $3, $4, $5, coalesce(clock_timestamp() + $6 * interval '1 ms', 'infinity'))
on conflict (id) do update
set url = excluded.url, types = excluded.types, key_proof = excluded.key_proof, until = excluded.until, removed_at = null,
  disabled_at = case when s.removed_at is not null or s.url is distinct from excluded.url then null else s.disabled_at end,
  disabled_why = case when s.removed_at is not null or s.url is distinct from excluded.url then null else s.disabled_why end
returning id, kind, url, types, created_at as "createdAt", disabled_at as "disabledAt", disabled_why as "disabledWhy",
  last_ok_at as "lastOkAt", last_error as "lastError", last_error_at as "lastErrorAt", key_proof as "keyProof"
