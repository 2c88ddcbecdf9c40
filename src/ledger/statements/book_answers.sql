-- Words of people on being phoned, by person, so that two processes with words of the same people do not wait for each other.
-- $1 [{ senderId, key, person, status, source, expiresAt, at, context }]
select book_answer(e."senderId", e.key, e.person, e.status, e.source, e."expiresAt", e.at, e.context)
from (
  select * from jsonb_to_recordset($1) as e("senderId" text, key text, person text, status text, source text,
    "expiresAt" timestamptz, at timestamptz, context text)
  order by person, at, key) e
