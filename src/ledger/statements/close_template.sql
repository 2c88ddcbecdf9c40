-- Opens the breaker of a template in one language, for all senders of its account; the campaigns
-- in that language pause with the reason, but for those that have a sender of another account.
-- $1 sender id  $2 template  $3 language  $4 reason  $5 probe after, ms, or null
with closed as (
  insert into template_breakers (account, name, language, closed_at, closed_reason, probe_at, probes)
  select account, $2, $3, clock_timestamp(), $4, now_() + $5 * interval '1 ms', 1 from senders where id = $1
  on conflict (account, name, language) do update
  set closed_at = clock_timestamp(), closed_reason = $4, probe_at = now_() + $5 * interval '1 ms',
    probes = template_breakers.probes + 1
  where template_breakers.closed_at is null
), paused as (
  update campaigns c set state = 'paused', reason = $4
  from senders mine
  where mine.id = $1
    and not exists (select from senders s where s.id = any(c.sender_ids) and s.account <> mine.account)
    and c.template = $2 and c.language = $3 and c.state = 'running'
  returning c.id
)
select id, pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', id, 'state', 'paused')::text)
from paused
