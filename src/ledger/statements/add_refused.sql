-- Writes the lines of a batch that cannot be asked; the same row again changes nothing.
-- $1 campaign id  $2 lines, a JSON array of { row, column, value, code, message }
with added as (
  insert into refused_lines (campaign_id, row, column_name, value, code, message)
  select $1, l.row, l."column", l.value, l.code, l.message
  from jsonb_to_recordset($2::jsonb) as l(row int, "column" text, value text, code text, message text)
  order by l.row
  on conflict do nothing
  returning row
)
select count(*)::int as refused from added
