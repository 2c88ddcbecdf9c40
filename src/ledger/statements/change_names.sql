-- Names that people left for others, in the order of Meta's times.
-- $1 [{ key, what, before, after, at }]
select change_names(e.key, e.what, e.before, e.after, e.at)
from (
  select * from jsonb_to_recordset($1) as e(key text, what text, before text[], after text[], at timestamptz)
  order by at, key) e
