-- Which of these numbers a campaign has already, and in which row. Each by the unique index of people: the
-- planner, whose statistics are old while a list is read, has no other way then.
-- $1 campaign id  $2 numbers
select n.number, r.row
from unnest($2::text[]) as n(number)
cross join lateral (
  select q.row from requests q
  where q.campaign_id = $1 and q.to_number = n.number and q.double_of is null
  limit 1) r
