-- Which of the senders asked each of these people last, under whatever name; no row where none did.
-- $1 sender ids  $2 numbers
with named as (
  select n.number, ltrim(n.number, '+') as name from unnest($2::text[]) as n(number)
), known as (
  select number, name from named
  union
  select n.number, w.wa_id from named n join wa_ids w on w.number = n.number
  union
  select n.number, ltrim(w.number, '+') from named n join wa_ids w on w.wa_id = n.name
  union
  select n.number, ltrim(v.number, '+')
  from named n join wa_ids w on w.number = n.number join wa_ids v on v.wa_id = w.wa_id
)
select distinct on (k.number) k.number, p.sender_id
from known k
join pairs p on p.sender_id = any($1::text[]) and p.person = k.name
order by k.number, (p.asks[cardinality(p.asks)]).at desc nulls last
