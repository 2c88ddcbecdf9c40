-- Claims whose lease ended become uncertain: the process that held them may have sent.
-- SKIP LOCKED: two sweeps at once share the rows, and a record under way wins.
-- Found by their time first, as in expire.sql; looked at again where they are locked.
-- $1 check after, ms
with late as materialized (
  select r.id from requests r
  where r.state = 'sending' and r.lease_until < (select clock_timestamp())
  order by r.lease_until
  limit 1000
), ended as materialized (
  select r.id from requests r
  where r.id = any(array(select id from late)) and r.state || '' = 'sending' and r.lease_until < clock_timestamp()
  order by r.id
  for no key update of r skip locked
), swept as (
  update requests r
  set state = 'uncertain', reason = 'lease-ended', uncertain_at = now_(),
    check_at = now_() + $1 * interval '1 ms',
    error_message = 'the process that was sending ended before it could record an answer'
  from ended
  where r.id = ended.id
  returning r.id, r.fence
)
insert into attempts (request_id, fence, outcome, applied, detail)
select id, fence, 'uncertain', true, 'lease ended' from swept
returning id
