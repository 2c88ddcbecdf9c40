-- pending -> queued: the next rows that are due, round robin over the sender's running campaigns,
-- single requests first. SKIP LOCKED lets two feeders work side by side without waiting.
-- $1 sender id  $2 how many at most
with open_campaigns as (
  select c.id, c.template, s.account
  from campaigns c
  join senders s on s.id = $1 and s.closed_at is null
  where c.sender_id = $1 and c.state = 'running'
), due as (
  select r.id, r.lane, row_number() over (partition by r.campaign_id order by r.due_at, r.id) as turn
  from open_campaigns c
  cross join lateral (
    select p.id, p.lane, p.campaign_id, p.due_at
    from requests p
    where p.campaign_id = c.id and p.sender_id = $1 and p.state = 'pending' and p.due_at <= now_()
      and not exists (select from template_breakers t where t.account = c.account
        and t.name = c.template and t.language = p.language and t.closed_at is not null)
    order by p.due_at, p.id
    limit $2
  ) r
), chosen as (
  -- By an array, and with a state no index knows: a join made the planner read the whole table for
  -- each window (measured with 80,000 rows: 110 ms instead of 10).
  select r.id
  from requests r
  where r.id = any(array(select id from due order by lane, turn, id limit $2)) and r.state || '' = 'pending'
  order by r.id
  for update of r skip locked
)
update requests r
set state = 'queued', feed = r.feed + 1, queued_at = clock_timestamp()
from chosen
where r.id = chosen.id
returning r.id::text as request, r.feed, r.lane
