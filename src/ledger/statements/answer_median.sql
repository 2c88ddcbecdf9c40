-- Half of those who answered had done so after this many seconds.
-- $1 campaign id
select extract(epoch from (
  select r.answered_at - r.accepted_at from requests r
  where r.campaign_id = $1 and r.answer is not null
  order by r.answered_at - r.accepted_at
  offset (select greatest(0, (count(*) - 1) / 2) from requests q where q.campaign_id = $1 and q.answer is not null) limit 1)) as seconds
