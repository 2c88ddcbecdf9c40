-- Requests of lists by sender and state, and how many of them could be asked now: summed from the kept counts, which are
-- few rows a campaign however long its list.
select k.sender_id as "senderId", k.state, sum(k.n)::float8 as n,
  coalesce(sum(k.n) filter (where c.state = 'running' and k.state in ('pending', 'queued')
    and (k.due is null or k.due <= (select now_()))), 0)::float8 as due
from request_counts k join campaigns c on c.id = k.campaign_id
group by k.sender_id, k.state
order by k.sender_id, k.state
