-- An operator's word about one uncertain request.
-- $1 campaign id  $2 row  $3 accepted or rejected
with found as materialized (
  select id, sender_id, person, reserved_at from requests
  where campaign_id = $1 and row = $2 and state = 'uncertain'
  for update
), pair as materialized (
  select p.sender_id, p.person, f.reserved_at
  from pairs p join found f on f.sender_id = p.sender_id and f.person = p.person
  where $3 = 'rejected'
  for update of p
), given_back as (
  update pairs p set asked = array_remove(p.asked, pair.reserved_at)
  from pair where p.sender_id = pair.sender_id and p.person = pair.person
), settled as (
  update requests r
  set state = $3, check_at = null, finding = 'Settled by hand.',
    accepted_at = case when $3 = 'accepted' then coalesce(r.accepted_at, now_()) end,
    error_message = case when $3 = 'rejected' then r.error_message end
  from found where r.id = found.id
  returning r.id, r.fence
), kept as (
  insert into attempts (request_id, fence, outcome, applied, detail)
  select id, fence, 'settled: ' || $3, true, 'by hand' from settled
)
select r.state, exists (select from settled) as settled from requests r where r.campaign_id = $1 and r.row = $2
