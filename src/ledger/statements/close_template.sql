-- Opens the breaker of a template in one language, for all senders of its account. A statement of its own, so that
-- it waits for no campaign; those in that language pause by the next one (pause_of_breaker.sql).
-- $1 sender id  $2 template  $3 language  $4 reason  $5 probe after, ms, or null
insert into template_breakers (account, name, language, closed_at, closed_reason, probe_at, probes)
select account, $2, $3, clock_timestamp(), $4, now_() + $5 * interval '1 ms', 1 from senders where id = $1
on conflict (account, name, language) do update
set closed_at = clock_timestamp(), closed_reason = $4, probe_at = now_() + $5 * interval '1 ms',
  probes = template_breakers.probes + 1
where template_breakers.closed_at is null
