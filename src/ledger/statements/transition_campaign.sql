-- Moves a campaign if it is in one of the given states. Cancelling takes everything unsent along.
-- $1 id  $2 from states  $3 to state  $4 reason
with moved as (
  update campaigns
  set state = $3,
    reason = case when $3 in ('paused', 'cancelled') then $4::jsonb end,
    streak_key = null, streak_count = 0,
    errors = case when $3 = 'running' then 0 else errors end,
    settled = case when $3 = 'running' then 0 else settled end,
    started_at = case when $3 = 'running' then coalesce(started_at, now_()) else started_at end,
    ended_at = case when $3 in ('cancelled', 'completed') then now_() end
  where id = $1 and state = any($2::text[])
  returning id, state
), told as (
  select pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', id, 'state', state)::text) from moved
), cancelled as (
  update requests r set state = 'cancelled', reason = coalesce(r.reason, 'campaign cancelled')
  from (
    select q.id from requests q join moved m on m.id = q.campaign_id
    where m.state = 'cancelled' and q.state in ('pending', 'queued')
    order by q.id
    for update of q
  ) open
  where r.id = open.id
)
select exists (select from moved) as moved, (select count(*) from told) as told, coalesce((select state from moved), c.state) as state
from campaigns c where c.id = $1
