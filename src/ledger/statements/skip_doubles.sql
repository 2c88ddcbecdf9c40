-- Skips rows whose number stands in an earlier row of the list, where the loader holds the campaign.
-- $1 campaign id  $2 loader  $3 so many at most
select * from skip_doubles($1, $2, $3)
