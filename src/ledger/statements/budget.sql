-- A sender's share in the daily budget of its portfolio, counted anew.
-- $1 sender id  $2 portfolio  $3 people in 24 h, or null for no limit
with counted as materialized (
  select count_budget($2, $3)
)
update senders s set portfolio = $2 from counted where s.id = $1 and s.portfolio is distinct from $2
