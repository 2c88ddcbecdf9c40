-- Completes running campaigns in which every request is final (an uncertain one is, once it was
-- checked or cannot be). The partial index requests_open makes the look cheap.
-- A request that an outcome put back while its campaign was being cancelled is cancelled too: the
-- cancelling saw it still `sending`, the outcome the campaign still running.
with left_over as (
  update requests r set state = 'cancelled', reason = coalesce(r.reason, 'campaign cancelled')
  from (
    select q.id from campaigns c join requests q on q.campaign_id = c.id
    where c.state = 'cancelled' and c.ended_at > now_() - interval '1 day' and q.state in ('pending', 'queued')
    order by q.id
    for update of q skip locked
  ) open
  where r.id = open.id
)
update campaigns c
set state = 'completed', ended_at = now_(), reason = null
where c.state = 'running'
  and not exists (
    select from requests r
    where r.campaign_id = c.id
      and (r.state in ('pending', 'queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null))
  )
returning c.id
