-- Finds the requests of words that were just booked, in the order in which they are booked.
-- $1 [{ senderId, key }]
select match_answer(k.sender_id, k.key)
from (
  select e.sender_id, e.key
  from jsonb_to_recordset($1) as w("senderId" text, key text)
  join permission_events e on e.sender_id = w."senderId" and e.key = w.key
  where e.next_at is not null and e.tries = 0
  order by e.person, e.at, e.key) k
