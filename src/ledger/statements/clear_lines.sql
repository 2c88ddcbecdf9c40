-- Removes a slice of what a load left, where the loader holds the campaign.
-- $1 campaign id  $2 loader  $3 only rows below this one, null: all  $4 row numbers at most
select * from clear_lines($1, $2, $3, $4)
