-- Writes one batch of a list's lines, where the loader still holds the campaign.
-- $1 campaign id  $2 loader  $3 sender ids  $4 language  $5 lines, a JSON array of
--   { row, to, sender, reference, language, not_before, not_after, parameters, zones, double_of }
-- $6 lines that cannot be asked, a JSON array of { row, column, value, code, message }
select * from add_lines($1, $2, $3, $4, $5, $6)
