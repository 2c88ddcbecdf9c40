-- Writes outcomes. An entry applies when its fence is the row's: to the claim it belongs to, and to
-- what became of that claim since (uncertain by the sweep, pending by a check, rejected by hand), as
-- evidence. An older fence, or a row already accepted, changes nothing; the entry is kept in attempts.
-- $1 entries, a JSON array of { id, fence, state, outcome, delay_ms, count_attempt, give_back, wamid,
--    message_status, wa_id, error_code, error_message, reason }
with entry as materialized (
  select * from jsonb_to_recordset($1::jsonb) as e(
    id bigint, fence int, state text, outcome text, delay_ms float8, count_attempt boolean,
    give_back boolean, wamid text, message_status text, wa_id text, error_code int,
    error_message text, reason text)
), found as materialized (
  select r.id, r.fence, r.state, r.wamid, r.sender_id, r.person, r.reserved_at, r.to_number, c.state as campaign_state
  from (
    -- By id alone, for the reason that claim.sql gives.
    select * from requests where id = any(array(select id from entry)) order by id for update
  ) r
  join campaigns c on c.id = r.campaign_id
), judged as materialized (
  select e.*, f.sender_id, f.person, f.reserved_at, f.to_number, f.state as was, f.campaign_state,
    e.fence = f.fence and (
      f.state = 'sending'
      or (f.state = 'uncertain' and e.outcome in ('accepted', 'refused'))
      or (f.state not in ('accepted', 'already-granted') and e.outcome = 'accepted')
      or (f.state = 'accepted' and e.outcome = 'accepted' and f.wamid is null)
    ) as applies
  from entry e join found f on f.id = e.id
), change as materialized (
  -- One a pair, also where a batch holds the same person twice. An acceptance uses again what a check
  -- or an operator had given back.
  select sender_id, person,
    coalesce(array_agg(reserved_at) filter (where give_back), '{}') as back,
    coalesce(array_agg(reserved_at) filter (where not give_back), '{}') as used
  from judged
  where applies and (give_back or (outcome = 'accepted' and was not in ('sending', 'uncertain', 'accepted')))
  group by sender_id, person
), pair as materialized (
  select p.sender_id, p.person, c.back, c.used
  from pairs p join change c on c.sender_id = p.sender_id and c.person = p.person
  order by p.sender_id, p.person
  for update of p
), given_back as (
  update pairs p
  set asked = array(select a from unnest(p.asked) a where a <> all (pair.back) union select unnest(pair.used) order by 1)
  from pair where p.sender_id = pair.sender_id and p.person = pair.person
), renamed as (
  -- The number belongs to another wa_id: from now on they are one person.
  insert into wa_ids (number, wa_id)
  select distinct on (to_number) to_number, wa_id from judged
  where wa_id is not null and wa_id <> ltrim(to_number, '+')
  order by to_number
  on conflict (number) do update set wa_id = excluded.wa_id where wa_ids.wa_id <> excluded.wa_id
  returning number
), opted_out as (
  insert into suppressions (person, reason, source)
  select distinct on (p) p, 'Meta: ' || coalesce(error_message, error_code::text), 'meta'
  from judged, coalesce(wa_id, ltrim(to_number, '+')) p
  where applies and state = 'rejected' and reason = 'suppress'
  order by p
  on conflict do nothing
), granted as (
  -- 138017: a permanent permission that we were not told of.
  insert into permissions as p (sender_id, person, status, at, source)
  select distinct on (sender_id, person) sender_id, person, 'permanent', now_(), 'refusal'
  from judged
  where applies and state = 'already-granted'
  order by sender_id, person
  on conflict (sender_id, person) do update
  set status = 'permanent', expires_at = null, at = excluded.at, source = excluded.source
), applied as (
  update requests r
  set state = case when j.state = 'pending' and j.campaign_state = 'cancelled' then 'cancelled' else j.state end,
    due_at = case when j.state = 'pending' then now_() + coalesce(j.delay_ms, 0) * interval '1 ms' else r.due_at end,
    attempts = r.attempts - case when j.count_attempt then 0 else 1 end,
    claimed_by = case when j.state = 'uncertain' then r.claimed_by end,
    lease_until = null,
    wamid = coalesce(j.wamid, r.wamid),
    message_status = coalesce(j.message_status, r.message_status),
    wa_id = coalesce(j.wa_id, r.wa_id),
    accepted_at = case when j.state = 'accepted' then coalesce(r.accepted_at, now_()) else r.accepted_at end,
    error_code = case when j.state = 'accepted' then null else coalesce(j.error_code, r.error_code) end,
    error_message = case when j.state = 'accepted' then null else coalesce(j.error_message, r.error_message) end,
    reason = j.reason,
    uncertain_at = case when j.state = 'uncertain' then now_() end,
    check_at = case when j.state = 'uncertain' then now_() + coalesce(j.delay_ms, 0) * interval '1 ms' end
  from judged j
  where r.id = j.id and j.applies
  returning r.id, r.state, r.due_at
), counted as (
  select r.campaign_id,
    count(*) filter (where a.state = 'accepted')::int as accepted,
    count(*) filter (where a.state in ('rejected', 'uncertain'))::int as errors
  from applied a join requests r on r.id = a.id
  where a.state in ('accepted', 'already-granted', 'rejected', 'uncertain')
  group by r.campaign_id
), bounded as (
  -- An acceptance ends a streak of refusals; too many errors pause the campaign (--max-errors).
  update campaigns c
  set streak_key = case when n.accepted > 0 then null else c.streak_key end,
    streak_count = case when n.accepted > 0 then 0 else c.streak_count end,
    errors = c.errors + n.errors, settled = c.settled + n.errors + n.accepted,
    state = case when o.over then 'paused' else c.state end,
    reason = case when o.over then jsonb_build_object('by', 'us', 'scope', 'campaign', 'message',
      format('%s of %s were rejected or are uncertain: more than --max-errors allows', c.errors + n.errors, c.settled + n.errors + n.accepted))
      else c.reason end
  from counted n
  join campaigns b on b.id = n.campaign_id
  cross join lateral (
    select b.state = 'running' and n.errors > 0 and (
      coalesce(b.errors + n.errors > b.max_errors, false)
      or coalesce(b.settled + n.errors + n.accepted >= 20
        and (b.errors + n.errors) * 100.0 > b.max_errors_percent * (b.settled + n.errors + n.accepted), false)
    ) as over
  ) o
  where c.id = n.campaign_id
    and ((n.accepted > 0 and c.streak_count > 0) or c.max_errors is not null or c.max_errors_percent is not null)
), kept as (
  insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid, retry_at)
  select j.id, j.fence, j.outcome, j.applies, j.error_code, j.error_message, j.wamid,
    case when a.state = 'pending' then a.due_at end
  from judged j left join applied a on a.id = j.id
  where j.outcome <> 'accepted' or not j.applies
)
select j.id::text as request, j.fence, j.applies as applied, coalesce(a.state, j.was) as state
from judged j left join applied a on a.id = j.id
