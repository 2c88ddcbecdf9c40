-- What would become of a campaign's waiting rows if it ran from now on, by reason or by when.
-- $1 campaign id  $2 pair limit per day  $3 pair limit per week
select reason, sender_id, at, n from forecast_of($1, $2, $3)
