-- Words of people on being phoned, by person, so that two processes with words of the same people do not wait for each other.
-- Who answers by a user id may be found by the request, and that is a name learned: its lock comes before those of any rows.
-- $1 [{ senderId, key, person, status, source, expiresAt, at, context }]
with learning as materialized (
  select pg_advisory_xact_lock(hashtextextended('callpermit names', 0))
  from jsonb_to_recordset($1) as e(person text) where not is_number(e.person) limit 1
)
select book_answer(e."senderId", e.key, e.person, e.status, e.source, e."expiresAt", e.at, e.context)
from (select count(*) from learning) l cross join (
  select * from jsonb_to_recordset($1) as e("senderId" text, key text, person text, status text, source text,
    "expiresAt" timestamptz, at timestamptz, context text)
  order by person, at, key) e
