-- A row of the audit log, or more of one of this minute; a few that are too old go along.
-- $1 kind  $2 who  $3 role  $4 what  $5 target  $6 person  $7 outcome  $8 status  $9 request's id  $10 times
-- $11 of a minute  $12 days that rows are kept; 0: for good
with old as (
  delete from audit_log a where a.id in (
    select o.id from audit_log o
    where $12::integer > 0 and o.id <= (
        select max(k.id) from (select i.id, i.at from audit_log i order by i.id limit 50) k
        where k.at < now_() - $12::integer * interval '1 day')
      and o.at < now_() - $12::integer * interval '1 day'
    order by o.id limit 50 for update skip locked)
)
insert into audit_log as a (kind, who, role, what, target, person, outcome, status, request_id, times, minute)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $11::boolean then date_trunc('minute', now_()) end)
on conflict (minute, kind, who, what, outcome, status) where minute is not null
do update set times = a.times + excluded.times
