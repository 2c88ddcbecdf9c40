-- What people set for a business's marketing messages.
-- $1 [{ person, category, value, at }]
select set_preference(e.person, e.category, e.value, e.at)
from (
  select * from jsonb_to_recordset($1) as e(person text, category text, value text, at timestamptz)
  order by person, at) e
