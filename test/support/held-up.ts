/**
 * Which processes of a database wait for a lock of another client. What autovacuum holds, or a table that is being
 * extended, keeps nobody for long: a test that took such a wait for its own would act too early.
 */
export const HELD_UP = `
select from pg_stat_activity a
where a.datname = current_database() and a.wait_event_type = 'Lock' and exists (
  select from pg_stat_activity h
  where h.pid = any(pg_blocking_pids(a.pid)) and h.backend_type = 'client backend')`;
