-- The first delivery of a day that came at a time or later: found by halves, since a day may have millions and ids rise
-- with the times, but for those that are stored at once.
-- $1 day  $2 time
with recursive half(low, high) as (
  (select d.id, (select e.id + 1 from webhook_deliveries e where e.day = $1::date order by e.id desc limit 1)
   from webhook_deliveries d where d.day = $1::date order by d.id limit 1)
  union all
  select case when n.received_at < $2 then n.id + 1 else h.low end, case when n.received_at < $2 then h.high else h.middle end
  from (select low, high, (low + high) / 2 as middle from half where low < high) h
  cross join lateral (
    select d.id, d.received_at from webhook_deliveries d where d.day = $1::date and d.id >= h.middle order by d.id limit 1) n
)
select max(low)::text as id from half
