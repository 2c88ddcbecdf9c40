-- A claim is planned once a connection, not each time. Three of its statements read arrays, which the planner takes for
-- longer when it does not see them; so it preferred to plan them anew for each claim, and that took longer than to run them
-- (Postgres 18, 35 rows a claim: 11 ms of planning, 8 of the rest). Each statement in these two finds its rows by an index
-- whatever the values are (`test/ledger/linear.test.ts`).
alter function claim_batches(text, bigint[], double precision[], text, text, double precision, double precision, integer, integer,
  double precision, bigint[], integer[], double precision, double precision, double precision, double precision)
  set plan_cache_mode = force_generic_plan;
alter function record_outcomes(jsonb) set plan_cache_mode = force_generic_plan;
