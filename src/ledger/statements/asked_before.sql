-- Which of the senders asked each of these people last, under whatever name; no row where none did.
-- $1 sender ids  $2 numbers
with spelt as (
  select n.number, s as name from unnest($2::text[]) as n(number) cross join lateral unnest(spellings_of(ltrim(n.number, '+'))) s
), ids as (
  select number, name from spelt
  union
  select p.number, s from spelt p join wa_ids w on w.number = '+' || p.name cross join lateral unnest(spellings_of(w.wa_id)) s
), known as (
  select number, name from ids
  union
  select i.number, s from ids i join wa_ids w on w.wa_id = i.name cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
)
select distinct on (k.number) k.number, p.sender_id
from known k
join pairs p on p.sender_id = any($1::text[]) and p.person = k.name
order by k.number, (p.asks[cardinality(p.asks)]).at desc nulls last
