-- Opens the sender's breaker: nothing is claimed on it any more. A statement of its own, so that it waits for no
-- campaign; its campaigns pause by the next one (pause_of_breaker.sql).
-- $1 sender id  $2 reason  $3 probe after, ms, or null
update senders set closed_at = clock_timestamp(), closed_reason = $2,
  probe_at = now_() + $3 * interval '1 ms', probes = probes + 1
where id = $1 and closed_at is null
