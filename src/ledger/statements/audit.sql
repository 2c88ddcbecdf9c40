-- The audit log, the newest first.
-- $1 since  $2 who, in whatever case  $3 what  $4 outcome  $5 before this id  $6 how many
select a.id::text as id, a.at, a.kind, a.who, a.role, a.what, a.target, a.person, a.outcome, a.status, a.request_id, a.times
from audit_log a
where ($1::timestamptz is null or a.at >= $1) and ($2::text is null or lower(a.who) = lower($2))
  and ($3::text is null or a.what = $3) and ($4::text is null or a.outcome = $4)
  and ($5::bigint is null or a.id < $5)
order by a.id desc
limit $6
