-- Deliveries of a day behind one of them that hold some text, so many looked at.
-- $1 day  $2 from this id  $3 not after this time  $4 texts  $5 how many are looked at
with looked as materialized (
  select d.id, d.received_at, case when exists (select from unnest($4::text[]) t where strpos(d.body, t) > 0) then d.body end as body
  from webhook_deliveries d
  where d.day = $1::date and d.id >= $2::bigint
  order by d.id limit $5
), meant as materialized (
  select * from looked l where l.received_at <= $3
)
select w.id::text as id, w.received_at, w.body, w.last, w.n from (
  select m.id, m.received_at, m.body, null::text as last, null::int as n from meant m where m.body is not null
  union all
  select null, null, null, (select max(l.id)::text from looked l), (select count(*)::int from looked l)) w
order by w.id
