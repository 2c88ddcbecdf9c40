-- Every word of a person, calls, and requests, by time.
-- $1 number without plus, or user id
with names as materialized (
  select names_of($1) as all
), asked as materialized (
  select distinct a.request from pairs q cross join lateral (select (x).request from unnest(q.asks) x union select q.last_request) a
  where q.sender_id in (select id from senders) and q.person = any((select n.all from names n)::text[]) and a.request is not null
)
select 'word' as kind, e.sender_id, e.at, e.status as what, e.source, e.expires_at as until, null::integer as code
from permission_events e where e.person = any((select n.all from names n)::text[])
union all
select 'call', c.sender_id, c.at, case when c.is_connected then 'connected' when c.is_over then 'not answered' else 'under way' end,
  case when c.by_business then 'business' else 'person' end, null, null
from calls c where c.person = any((select n.all from names n)::text[])
union all
select 'request', r.sender_id, r.accepted_at, coalesce(r.delivery, 'accepted'), r.campaign_id, null, r.error_code
from requests r where r.id in (select request from asked) and r.accepted_at is not null
order by at, kind
