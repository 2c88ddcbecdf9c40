-- A sender's portfolio and its daily budget, counted again.
-- $1 sender id  $2 portfolio  $3 people in 24 h, or null for no limit  $4 whether a lower limit that holds stays
select count_budget($1, $2, least($3::int, (select b.daily_limit from portfolios b where $4 and b.id = $2
  and b.counted_at > clock_timestamp() - interval '5 minutes')))
