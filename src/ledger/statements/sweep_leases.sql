-- Claims whose lease ended become uncertain: the process that held them may have sent.
-- SKIP LOCKED: two sweeps at once share the rows, and a record under way wins.
-- $1 check after, ms
with ended as (
  select id from requests
  where state = 'sending' and lease_until < clock_timestamp()
  order by id
  limit 1000
  for update skip locked
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
