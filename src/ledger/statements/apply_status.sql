-- A status webhook. Its id names the request and the attempt, or its wamid does. A status proves that
-- Meta took the message: a request of the same fence becomes accepted, whatever it was held for.
-- An older fence changes nothing and is kept as evidence. Delivery only moves forward: sent < delivered
-- < read; failed counts only while nothing was delivered (facts 6: delivered wins).
-- $1 request id or null  $2 fence or null  $3 wamid  $4 status  $5 when  $6 wa_id or null
-- $7 error code or null  $8 error message or null
with found as materialized (
  select r.id, r.fence, r.state, r.delivery, r.sender_id, r.person, r.reserved_at, r.language, c.template,
    coalesce($6, r.wa_id, ltrim(r.to_number, '+')) as whom
  from requests r join campaigns c on c.id = r.campaign_id
  where case when $1::bigint is not null then r.id = $1::bigint else r.wamid = $3 end
  order by r.id
  limit 1
  for update of r
), judged as materialized (
  select f.*, $1::bigint is null or f.fence = $2::int as mine,
    case $4 when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 else 0 end as rank,
    case f.delivery when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 when 'failed' then 1 else 0 end as was
  from found f
), applied as (
  update requests r
  set state = case when r.state = 'already-granted' then r.state else 'accepted' end,
    wamid = coalesce(r.wamid, $3),
    message_status = coalesce(r.message_status, 'accepted'),
    accepted_at = coalesce(r.accepted_at, $5::timestamptz),
    check_at = null, lease_until = null,
    wa_id = coalesce(r.wa_id, $6),
    reason = case when r.state = 'accepted' then r.reason end,
    delivery = case when $4 = 'failed' and j.was < 2 then 'failed' when j.rank > j.was then $4 else r.delivery end,
    delivered_at = case when $4 = 'delivered' then coalesce(r.delivered_at, $5::timestamptz) else r.delivered_at end,
    read_at = case when $4 = 'read' then coalesce(r.read_at, $5::timestamptz) else r.read_at end,
    failed_at = case when $4 = 'failed' and j.was < 2 then coalesce(r.failed_at, $5::timestamptz) else r.failed_at end,
    error_code = case when $4 = 'failed' and j.was < 2 then $7::int when r.state = 'accepted' and j.rank < 2 then r.error_code end,
    error_message = case when $4 = 'failed' and j.was < 2 then $8::text when r.state = 'accepted' and j.rank < 2 then r.error_message end
  from judged j
  where r.id = j.id and j.mine
  returning r.id, r.state, r.delivery
), booked as (
  -- Used after all, where a check, an operator or a refusal had given the allowance back.
  update pairs p set asked = array(select a from unnest(p.asked) a union select j.reserved_at order by 1)
  from judged j
  where j.mine and j.state not in ('sending', 'uncertain', 'accepted', 'already-granted')
    and p.sender_id = j.sender_id and p.person = j.person
), kept as (
  insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid)
  select j.id, coalesce($2::int, j.fence), 'status: ' || $4, j.mine, $7::int, $8::text, $3
  from judged j
  where not j.mine or j.state <> 'accepted' or $4 = 'failed'
)
select j.id::text as request, j.mine as applied, coalesce(a.state, j.state) as state,
  coalesce(a.delivery, j.delivery) as delivery, j.state as was,
  a.delivery is distinct from j.delivery and a.id is not null as news,
  j.sender_id as "senderId", j.template, j.language, j.whom as person
from judged j left join applied a on a.id = j.id
