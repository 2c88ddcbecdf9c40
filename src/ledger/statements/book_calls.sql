-- What is told of calls.
-- $1 [{ senderId, id, person, byBusiness, isConnected, isOver, at, durationS }]
with turn as materialized (
  select take_turn_for(array(select e->>'person' from jsonb_array_elements($1) e))
)
select book_call(e."senderId", e.id, e.person, e."byBusiness", e."isConnected", e."isOver", e.at, e."durationS")
from turn cross join lateral (
  select * from jsonb_to_recordset($1) as e("senderId" text, id text, person text, "byBusiness" boolean,
    "isConnected" boolean, "isOver" boolean, at timestamptz, "durationS" integer)
  order by person, id) e
