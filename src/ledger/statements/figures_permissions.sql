-- People by the last word they said to each sender; all of the table is read, which takes a second at two million of them.
select p.sender_id as "senderId",
  case when p.status = 'temporary' and coalesce(p.expires_at, p.at + interval '168 hours') <= (select now_())
    then 'expired' else p.status end as state,
  count(*)::float8 as n
from permissions p
where p.status <> 'none' and not (p.status in ('temporary', 'permanent') and p.at <= p.cut_at)
group by 1, 2
