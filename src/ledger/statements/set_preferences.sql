-- What people set for a business's marketing messages.
-- $1 [{ person, category, value, at }]
with turn as materialized (
  select take_turn_for(array(select e->>'person' from jsonb_array_elements($1) e))
)
select set_preference(e.person, e.category, e.value, e.at)
from turn cross join lateral (
  select * from jsonb_to_recordset($1) as e(person text, category text, value text, at timestamptz)
  order by person, at) e
