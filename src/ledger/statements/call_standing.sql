-- Connected calls of the last 24 h, and calls of the business that nobody took since the last connected one, by sender.
-- $1 number without plus, or user id
with mine as materialized (
  select c.* from calls c where c.person = any((select names_of($1))::text[])
)
select m.sender_id,
  count(*) filter (where m.is_connected and m.at > (select now_()) - interval '24 hours')::int as connected_day,
  count(*) filter (where m.by_business and m.is_over and not m.is_connected
    and m.at > coalesce((select max(k.at) from mine k where k.sender_id = m.sender_id and k.is_connected), '-infinity'))::int as unanswered
from mine m group by m.sender_id order by m.sender_id
