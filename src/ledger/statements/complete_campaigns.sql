-- Completes running campaigns in which every request is final (an uncertain one is, once it was
-- checked or cannot be). The partial index requests_open makes the look cheap.
update campaigns c
set state = 'completed', ended_at = now_(), reason = null
where c.state = 'running'
  and not exists (
    select from requests r
    where r.campaign_id = c.id
      and (r.state in ('pending', 'queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null))
  )
returning c.id
