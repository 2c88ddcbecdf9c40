-- The run's time in the database: functions of the same names as Postgres's, found before them by the search path
-- of the whole database. The migrations run after this, so that column defaults take these too. Stable, so that
-- they are read again by each statement, also where its plan is kept.
create schema sim;
create function sim.clock_timestamp() returns timestamptz language sql stable as
  $$ select to_timestamp(current_setting('sim.now')::float8) $$;
create function sim.statement_timestamp() returns timestamptz language sql stable as 'select sim.clock_timestamp()';
create function sim.transaction_timestamp() returns timestamptz language sql stable as 'select sim.clock_timestamp()';
create function sim.now() returns timestamptz language sql stable as 'select sim.clock_timestamp()';
do $$ begin
  execute format('alter database %I set search_path = public, sim, pg_catalog', current_database());
  execute format('alter database %I set sim.now = %L', current_database(), '0');
end $$;
-- Milliseconds since the epoch; 0: no such time, or none that is finite.
create function sim.ms_of(at timestamptz) returns float8 language sql immutable as
  $$ select case when isfinite(at) then extract(epoch from at)::float8 * 1000 else 0 end $$;
