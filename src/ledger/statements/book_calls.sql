-- What is told of calls.
-- $1 [{ senderId, id, person, byBusiness, isConnected, isOver, at, durationS }]
select book_call(e."senderId", e.id, e.person, e."byBusiness", e."isConnected", e."isOver", e.at, e."durationS")
from (
  select * from jsonb_to_recordset($1) as e("senderId" text, id text, person text, "byBusiness" boolean,
    "isConnected" boolean, "isOver" boolean, at timestamptz, "durationS" integer)
  order by person, id) e
