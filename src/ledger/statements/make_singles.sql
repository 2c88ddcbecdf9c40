-- Makes and starts single requests; gives the ids of those that are there then.
-- $1 entries, an array of objects: see `src/ledger/singles.ts`  $2 generation of those who were forgotten
select id from make_singles($1::jsonb, $2::bigint) as id
