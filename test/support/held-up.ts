/**
 * Which processes of a database wait for a row, a table or an advisory lock that another client of it holds. Nobody waits
 * long for what autovacuum holds, for a table that is being extended, nor for its turn to tell a `notify` at its commit,
 * which all databases of a server take one after the other: a test that took such a wait for its own would act too early.
 */
export const HELD_UP = `
select from pg_stat_activity a
where a.datname = current_database() and a.wait_event_type = 'Lock'
  and a.wait_event in ('transactionid', 'tuple', 'relation', 'advisory') and exists (
    select from pg_stat_activity h
    where h.pid = any(pg_blocking_pids(a.pid)) and h.backend_type = 'client backend'
      and h.datname = a.datname)`;
