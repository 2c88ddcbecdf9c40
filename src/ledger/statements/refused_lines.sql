-- The lines of a list that cannot be asked, a page at a time by row.
-- $1 campaign id  $2 after row  $3 how many at most
select row, column_name, value, code, message
from refused_lines where campaign_id = $1 and row > $2 order by row limit $3
