-- Makes and starts single requests; gives the ids of those that are made.
-- $1 entries, an array of objects: see `src/ledger/singles.ts`
select id from make_singles($1::jsonb) as id
