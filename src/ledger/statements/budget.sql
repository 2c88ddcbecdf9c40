-- A sender's portfolio and its daily budget, counted again.
-- $1 sender id  $2 portfolio  $3 people in 24 h, or null for no limit
select count_budget($1, $2, $3)
