-- What a check of an uncertain request found: settles it, puts it back, or ends its checking.
-- $1 request id  $2 fence  $3 state: accepted, pending or uncertain  $4 finding
-- $5 check again after, ms; null: the check is made
with found as materialized (
  select id, sender_id, person, reserved_at from requests
  where id = $1 and fence = $2 and state = 'uncertain'
  for update
), pair as materialized (
  select p.sender_id, p.person, f.reserved_at
  from pairs p join found f on f.sender_id = p.sender_id and f.person = p.person
  where $3 = 'pending'
  for update of p
), given_back as (
  update pairs p set asked = array_remove(p.asked, pair.reserved_at)
  from pair where p.sender_id = pair.sender_id and p.person = pair.person
), settled as (
  update requests r
  set state = case when $3 = 'pending' and c.state = 'cancelled' then 'cancelled' else $3 end,
    finding = coalesce($4, r.finding),
    check_at = case when $3 = 'uncertain' then now_() + $5::float8 * interval '1 ms' end,
    accepted_at = case when $3 = 'accepted' then coalesce(r.accepted_at, now_()) else r.accepted_at end,
    due_at = case when $3 = 'pending' then now_() else r.due_at end,
    error_message = case when $3 = 'accepted' then null else r.error_message end
  from found, campaigns c
  where r.id = found.id and c.id = r.campaign_id
  returning r.id, r.fence
)
insert into attempts (request_id, fence, outcome, applied, detail)
select id, fence, 'check: ' || $3, true, $4 from settled
returning request_id::text as request
