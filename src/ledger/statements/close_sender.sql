-- Opens the sender's breaker: nothing is claimed on it any more, and its campaigns pause with the reason.
-- One that has another open sender goes on there; this one's people wait.
-- $1 sender id  $2 reason  $3 probe after, ms, or null
with closed as (
  update senders set closed_at = clock_timestamp(), closed_reason = $2,
    probe_at = now_() + $3 * interval '1 ms', probes = probes + 1
  where id = $1 and closed_at is null
), paused as (
  update campaigns set state = 'paused', reason = $2
  where $1 = any(sender_ids) and state = 'running'
    and not exists (select from senders o
      where o.id = any(sender_ids) and o.id <> $1 and o.closed_at is null)
  returning id
)
select id, pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', id, 'state', 'paused')::text)
from paused
