-- To take back needs proof: claims are named by who asks, reservations and streaks by request and fence,
-- and every way a request may go is judged in one place (record_outcomes) and guarded by the table itself
-- (guard_request), whatever statement comes.
--
-- Locks are taken in one order everywhere: senders, portfolios, campaigns, requests by id, pairs by key.
-- Only what may lead a request back to `pending` locks its campaign, before any row; an acceptance never does.
--
-- Programs of the schema before this one may still run: they record acceptances and final refusals, they read
-- lists to their end, and they can no longer claim (the columns of `senders` that a claim shares have other names)
-- nor give back (nothing names them in `claimed_by` any more).

-- Which ledger this is: outcomes that a process could not write before it ended belong to this one only.
create table ledger_identity (
  only_row boolean primary key default true check (only_row),
  id uuid not null default gen_random_uuid()
);
insert into ledger_identity default values;

-- What older programs have claimed goes out within its lateness; until then nobody else begins, or both together
-- would be above the rate (45 of 40/s seen).
update senders set hold_until = greatest(hold_until, clock_timestamp() + interval '2 s');

alter table senders rename crew to sharers;
alter table senders rename crew_until to sharers_until;
alter table senders rename crew_slots to sharers_slots;

-- Claims whose answer was never read. One that commits late finds its name here and claims nothing.
create table dead_claims (
  claim_id text primary key,
  sender_id text not null,
  at timestamptz not null default clock_timestamp()
);
create index dead_claims_at on dead_claims (at);

alter table requests
  add claim_id text,                           -- the claim that made it `sending`
  add epoch_fence integer not null default 0,  -- fences above it belong to the present epoch
  add proof_fence integer,                     -- Meta took this attempt, while a later one was being sent
  add cause text;                              -- why it goes back, `<word>.<fence>`: looked at and taken out by the guard
drop index requests_claimed;
update requests set claimed_by = null where claimed_by is not null;
create index requests_claim on requests (claim_id) where claim_id is not null;

alter table campaigns add streak_fences text[] not null default '{}';  -- whose they were, `<request>.<fence>`

-- `raw`: what Meta answered, as far as it could not be read or was meant for somebody else.
alter table attempts add raw text;

-- A reservation names its attempt: two numbers of one person may hold one each, of the same moment.
create type ask as (request bigint, fence integer, at timestamptz);
alter table pairs alter asked set default '{}', add asks ask[] not null default '{}';
update pairs p
set asks = array(
    select row(coalesce(r.id, 0), coalesce(r.fence, 0), a.at)::ask
    from unnest(p.asked) a(at)
    left join lateral (
      select q.id, q.fence from requests q
      where q.sender_id = p.sender_id and q.person = p.person and q.reserved_at = a.at
      order by q.id limit 1) r on true
    order by a.at)
where cardinality(asked) > 0 and cardinality(asked) < 50;
drop index pairs_last;
create index pairs_last on pairs (sender_id, ((asks[cardinality(asks)]).at));

-- A person is never renamed: whoever reads looks under all names. A renaming that runs beside a claim of the old
-- name would miss what that claim reserves.
drop trigger wa_ids_merge on wa_ids;
drop function merge_person();
create index wa_ids_wa_id on wa_ids (wa_id);

-- The name that is written: the wa_id where Meta named one, else the digits of the number.
create function person_of(number_ text) returns text language sql stable as $$
  select coalesce((select w.wa_id from wa_ids w where w.number = '+' || ltrim(number_, '+')), ltrim(number_, '+'))
$$;

-- All names of a person, by one of them.
create function names_of(name text) returns text[] language sql stable as $$
  select array(
    select name
    union select w.wa_id from wa_ids w where w.number = '+' || name
    union select ltrim(w.number, '+') from wa_ids w where w.wa_id = name
    union select ltrim(w.number, '+') from wa_ids w where w.wa_id = (select v.wa_id from wa_ids v where v.number = '+' || name)
    order by 1)
$$;

-- Meta named the wa_id of a number. Names that led to that number lead further.
create function learn_wa_id(number_ text, wa_id_ text) returns void language plpgsql as $$
begin
  if ltrim(number_, '+') = wa_id_ then return; end if;
  insert into wa_ids as w (number, wa_id) values (number_, wa_id_)
  on conflict (number) do update set wa_id = excluded.wa_id where w.wa_id <> excluded.wa_id;
  update wa_ids set wa_id = wa_id_
  where wa_id = ltrim(number_, '+') and ltrim(number, '+') <> wa_id_;
end $$;

-- Whether a person who has answered may be asked. Windows are in hours: `7 days` is an hour more or less where the
-- session's zone has summer time. A temporary permission without an end lasts 168 h, as Meta says of all.
create or replace function may_ask(p permissions, include_granted boolean, include_declined boolean)
returns boolean language sql stable as $$
  select case p.status
    when 'permanent' then include_granted
    when 'temporary' then include_granted or coalesce(p.expires_at, p.at + interval '168 hours') <= now_()
    when 'declined' then include_declined or p.at <= now_() - interval '168 hours'
    else true end
$$;

-- Why a person is not to be asked by a sender at all; null where nothing bars it.
create function barred_by(sender text, names text[], include_granted boolean, include_declined boolean)
returns text language sql stable as $$
  select case
    when exists (select from suppressions s where s.person = any(names)) then 'suppressed'
    else (
      select case when may_ask(p, include_granted, include_declined) then null
        when p.status in ('temporary', 'permanent') then 'already-granted' else 'declined' end
      from permissions p
      where p.sender_id = sender and p.person = any(names)
      order by p.at desc limit 1) end
$$;
create or replace function barred(sender text, number text, wa_id text, include_granted boolean, include_declined boolean)
returns text language sql stable as $$
  select barred_by(sender, names_of(coalesce(wa_id, ltrim(number, '+'))), include_granted, include_declined)
$$;

-- When a sender may ask a person once more: the oldest of the last N leaves its window. Null: now.
create or replace function pair_frees_at(sender text, who text, per_day integer, per_week integer)
returns timestamptz language sql stable as $$
  select greatest(
    case when count(*) filter (where a.at > now_() - interval '24 hours') >= per_day
      then (array_agg(a.at order by a.at desc))[per_day] + interval '24 hours' end,
    case when count(*) filter (where a.at > now_() - interval '168 hours') >= per_week
      then (array_agg(a.at order by a.at desc))[per_week] + interval '168 hours' end)
  from pairs p, unnest(p.asks) a
  where p.sender_id = sender and p.person = any(names_of(who))
$$;

-- Counts the people of a portfolio's moving 24 h anew; each statement in it has a snapshot of its own.
create or replace function count_budget(sender text, id_ text, limit_ integer) returns void language plpgsql as $$
begin
  insert into portfolios (id, daily_limit, remaining) values (id_, limit_, coalesce(limit_, 0))
    on conflict (id) do nothing;
  update senders set portfolio = id_ where id = sender and portfolio is distinct from id_;
  perform from portfolios where id = id_ for no key update;
  -- Every process asks for it: once a second is enough.
  if exists (select from portfolios where id = id_ and daily_limit is not distinct from limit_
    and counted_at > clock_timestamp() - interval '1 s' and remaining > 0) then return; end if;
  update portfolios p
  set daily_limit = limit_, counted_at = clock_timestamp(),
    remaining = greatest(0, coalesce(limit_, 0) - u.used),
    frees_at = case when limit_ is not null and u.used >= limit_ then (
      -- Of those within the window, the one whose leaving makes room for one more.
      select last + interval '24 hours' from (
        select max((a.asks[cardinality(a.asks)]).at) as last
        from pairs a join senders s on s.id = a.sender_id
        where s.portfolio = id_ and (a.asks[cardinality(a.asks)]).at > now_() - interval '24 hours'
        group by a.person) x
      order by last offset u.used - limit_ limit 1) end
  from (
    select count(distinct a.person)::int as used
    from pairs a join senders s on s.id = a.sender_id
    where s.portfolio = id_ and (a.asks[cardinality(a.asks)]).at > now_() - interval '24 hours'
  ) u
  where p.id = id_;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- The guard: where a request may go, whatever statement comes. It reads no other table, and skips what is
-- forbidden rather than raising, so that the rows beside it are written.
create function guard_request() returns trigger language plpgsql as $$
declare
  word text := case when new.cause like '%.' || old.fence then split_part(new.cause, '.', 1) else '' end;
  lawful boolean := new.fence >= old.fence and case new.state
    when old.state then true
    when 'queued' then old.state = 'pending'
    when 'sending' then old.state = 'queued' and new.fence = old.fence + 1
      and new.claim_id is not null and new.claim_id is distinct from old.claim_id
    when 'uncertain' then old.state = 'sending'
      or (word = 'doubted' and old.state in ('pending', 'queued', 'rejected'))
    when 'rejected' then old.state in ('sending', 'uncertain')
    when 'already-granted' then old.state in ('sending', 'uncertain')
    when 'skipped' then old.state in ('pending', 'queued')
    when 'expired' then old.state in ('pending', 'queued')
    when 'accepted' then old.state <> 'already-granted'
    -- Back to be asked, or as its campaign ended: what was written only with proof or an operator's word.
    else case old.state
      when 'sending' then word in ('unsent', 'refused')
      when 'uncertain' then word in ('unsent', 'refused', 'check', 'retry')
      when 'rejected' then word in ('streak', 'retry')
      when 'skipped' then word = 'retry'
      when 'expired' then word = 'retry'
      -- An acceptance absorbs everything but an operator's new epoch.
      when 'accepted' then new.state = 'pending' and word = 'retry' and new.epoch > old.epoch and new.epoch_fence = old.fence
      else old.state in ('pending', 'queued') end
    end;
begin
  if not lawful then return null; end if;
  new.cause := null;
  if new.state not in ('sending', 'uncertain') then new.claim_id := null; end if;
  if new.proof_fence > new.epoch_fence and new.state not in ('sending', 'accepted', 'already-granted') then
    -- Meta took an earlier attempt of this epoch: there is nothing left to ask.
    new.state := 'accepted';
    new.accepted_at := coalesce(new.accepted_at, now_());
    new.check_at := null; new.lease_until := null; new.uncertain_at := null;
    new.error_code := null; new.error_message := null; new.reason := null;
  end if;
  return new;
end $$;
create trigger requests_guard before update on requests for each row
  when (old.state is distinct from new.state or old.fence is distinct from new.fence or new.cause is not null
    or old.proof_fence is distinct from new.proof_fence)
  execute function guard_request();

-- ---------------------------------------------------------------------------------------------------------------
-- All outcomes, whoever brings them. An entry is
--   { id, fence, epoch, outcome, state, delay_ms, count_attempt, give_back, wamid, message_status, wa_id,
--     error_code, error_message, reason, finding, again_ms, raw }
-- outcome says what is known of which attempt, and so what it may overrule:
--   accepted   Meta took it: of any fence of the epoch; while a later one is being sent it is kept as a proof
--   refused    an answer with an error: of the newest fence, also once it is uncertain
--   uncertain  written, and no readable answer
--   doubted    a refusal on a connection that mixes up answers: it may be somebody else's, so nothing is known
--   unsent     certainly not written: also where the sweep has called it uncertain meanwhile
--   check      what Meta's count of an uncertain one tells       settled    an operator's word on one
--   streak     a refusal that was nobody's fault is taken back (error_code: the streak's)
-- Entries that change nothing are reported so and kept in attempts. One an attempt: the last in the list counts.
create function record_outcomes(entries jsonb)
returns table (request text, fence integer, applied boolean, state text, campaign text, bounded boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  part jsonb;
begin
  perform from campaigns c
  where c.id in (
    select r.campaign_id from requests r
    where r.id = any(array(
      select (e->>'id')::bigint from jsonb_array_elements(entries) e
      where e->>'state' = 'pending' or e->>'outcome' = 'doubted')))
  order by c.id
  for no key update of c;
  -- By id alone: the planner, whose statistics are old while a list runs, else reads the whole campaign.
  perform from requests r
  where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e))
  order by r.id
  for no key update of r;

  -- Words on two claims of one row: an update would take either of them. Each is judged by what the one before it left.
  if (select count(distinct e->>'id') <> count(distinct (e->>'id', e->>'fence')) from jsonb_array_elements(entries) e) then
    for part in
      select jsonb_agg(y.e order by y.n) from (
        select x.e, x.n, dense_rank() over (partition by x.e->>'id' order by x.last) as turn
        from (
          select i.e, i.n, max(i.n) over (partition by i.e->>'id', i.e->>'fence') as last
          from jsonb_array_elements(entries) with ordinality as i(e, n)) x) y
      group by y.turn order by y.turn
    loop
      return query select * from record_outcomes(part);
    end loop;
    return;
  end if;

  return query
  with entry as materialized (
    select * from (
      select e.*, row_number() over (partition by e.id, e.fence order by i.n desc) as turn
      from jsonb_array_elements(entries) with ordinality as i(e, n)
      cross join lateral jsonb_to_record(i.e) as e(
        id bigint, fence int, epoch int, asked_number text, outcome text, state text, delay_ms float8, count_attempt boolean,
        give_back boolean, wamid text, message_status text, wa_id text, error_code int, error_message text,
        reason text, finding text, again_ms float8, raw text)) x
    where turn = 1
  ), judged as materialized (
    select e.*, r.sender_id, r.person, r.reserved_at, r.to_number, r.state as was, r.fence as newest, r.campaign_id,
      c.state as campaign_state, c.max_errors is not null or c.max_errors_percent is not null or c.streak_count > 0 as watched,
      coalesce(e.epoch, r.epoch) = r.epoch and case e.outcome
        when 'accepted' then e.fence > r.epoch_fence and e.fence <= r.fence and r.state <> 'already-granted'
          and (r.state <> 'sending' or e.fence = r.fence)
          and (r.state <> 'accepted' or (r.wamid is null and e.wamid is not null))
        when 'refused' then e.fence = r.fence and r.state in ('sending', 'uncertain')
        when 'uncertain' then e.fence = r.fence and r.state = 'sending'
        when 'doubted' then e.fence = r.fence and r.state in ('sending', 'pending', 'queued', 'rejected')
        when 'unsent' then e.fence = r.fence
          and (r.state = 'sending' or (r.state = 'uncertain' and r.reason in ('lease-ended', 'interrupted')))
        when 'check' then e.fence = r.fence and r.state = 'uncertain'
        when 'settled' then e.fence = r.fence and r.state = 'uncertain'
        when 'streak' then e.fence = r.fence and r.state = 'rejected' and r.error_code = e.error_code and r.finding is null
        else false end as applies,
      e.outcome = 'accepted' and r.state = 'sending' and e.fence < r.fence and e.fence > r.epoch_fence
        and coalesce(e.epoch, r.epoch) = r.epoch as proves
    from entry e
    -- Whom it asked: in a ledger that was put back to an older state an id and a fence may be another's.
    join requests r on r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number)
    join campaigns c on c.id = r.campaign_id
    where r.id = any(array(select id from entry))
  ), changed as materialized (
    -- One a pair, also where a batch holds the same person twice. An acceptance uses again what a check, an operator
    -- or a refusal had given back.
    select sender_id, person,
      coalesce(array_agg(row(id, fence, null)::ask) filter (where applies and give_back), '{}') as back,
      coalesce(array_agg(row(id, fence, coalesce(reserved_at, now_()))::ask) filter (where outcome in ('accepted', 'doubted')), '{}') as used
    from judged
    where person is not null and ((applies and give_back)
      or ((applies or proves) and outcome in ('accepted', 'doubted') and (was not in ('sending', 'uncertain', 'accepted') or fence <> newest)))
    group by sender_id, person
  ), pair as materialized (
    select p.sender_id, p.person, p.asks, c.back, c.used
    from pairs p join changed c on c.sender_id = p.sender_id and c.person = p.person
    order by p.sender_id, p.person
    for no key update of p
  ), given_back as (
    update pairs p
    set asks = array(
      select a from (
        select a from unnest(p.asks) a
        where not exists (select from unnest(pair.back) b where b.request = a.request and b.fence = a.fence)
        union all
        select u from unnest(pair.used) u
        where not exists (select from unnest(p.asks) a where a.request = u.request and a.fence = u.fence)
      ) x(a) order by (a).at)
    from pair where p.sender_id = pair.sender_id and p.person = pair.person
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
    where applies and state = 'already-granted' and person is not null
    order by sender_id, person
    on conflict (sender_id, person) do update
    set status = 'permanent', expires_at = null, at = excluded.at, source = excluded.source
  ), applied as (
    update requests r
    set state = case when j.proves then r.state
        when j.state = 'pending' and j.campaign_state = 'cancelled' then 'cancelled' else j.state end,
      cause = case when j.state = 'pending' or j.outcome = 'doubted' then j.outcome || '.' || j.fence end,
      proof_fence = case when j.proves then j.fence else r.proof_fence end,
      due_at = case when j.state = 'pending' then now_() + coalesce(j.delay_ms, 0) * interval '1 ms' else r.due_at end,
      attempts = r.attempts - case when j.count_attempt is false then 1 else 0 end,
      lease_until = case when j.proves then r.lease_until end,
      wamid = coalesce(j.wamid, r.wamid),
      message_status = coalesce(j.message_status, r.message_status),
      wa_id = coalesce(j.wa_id, r.wa_id),
      accepted_at = case when j.state = 'accepted' then coalesce(r.accepted_at, now_()) else r.accepted_at end,
      error_code = case when j.state = 'accepted' then null
        when j.outcome in ('unsent', 'check', 'settled') then r.error_code else coalesce(j.error_code, r.error_code) end,
      error_message = case when j.state = 'accepted' then null else coalesce(j.error_message, r.error_message) end,
      reason = case when j.proves then r.reason
        when j.outcome in ('check', 'settled') and j.state <> 'accepted' then r.reason else j.reason end,
      finding = coalesce(j.finding, r.finding),
      uncertain_at = case when j.state <> 'uncertain' then null when j.outcome = 'check' then r.uncertain_at else now_() end,
      check_at = case when j.outcome = 'check' and j.state = 'uncertain' then now_() + j.again_ms * interval '1 ms'
        when j.state = 'uncertain' then now_() + coalesce(j.delay_ms, 0) * interval '1 ms' end
    from judged j
    where r.id = j.id and (j.applies or j.proves)
    returning r.id, j.fence, j.outcome, r.state, r.due_at, r.campaign_id
  ), reopened as (
    -- Somebody is to be asked after all: a campaign that was done is not.
    update campaigns c set state = 'running', ended_at = null
    where c.state = 'completed' and c.id in (
      select campaign_id from applied where state = 'pending' or (state = 'uncertain' and outcome = 'doubted'))
  ), kept as (
    insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid, retry_at, raw)
    select j.id, j.fence,
      case when j.outcome in ('check', 'settled') then j.outcome || ': ' || j.state else j.outcome end,
      a.id is not null and j.applies, j.error_code, coalesce(j.finding, j.error_message), j.wamid,
      case when a.state = 'pending' then a.due_at end, j.raw
    from judged j left join applied a on a.id = j.id and a.fence = j.fence
    where j.raw is not null or not j.applies or a.id is null
      or j.outcome not in ('accepted', 'streak') and not (j.outcome = 'unsent' and j.reason is null)
  )
  select j.id::text, j.fence, j.applies and a.id is not null, coalesce(a.state, j.was), j.campaign_id, j.watched
  from judged j left join applied a on a.id = j.id and a.fence = j.fence;

  -- The number belongs to another wa_id: from now on they are one person.
  perform learn_wa_id(l.to_number, l.wa_id) from (
    select distinct on (r.to_number) r.to_number, e.wa_id
    from jsonb_to_recordset(entries) as e(id bigint, asked_number text, wa_id text)
    join requests r on r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number)
    where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e where e->>'wa_id' is not null))
      and e.wa_id <> ltrim(r.to_number, '+')
      and not exists (select from wa_ids w where w.number = r.to_number and w.wa_id = e.wa_id)
    order by r.to_number) l;
end $$;

-- A claim whose answer was never read: nothing of it was written. From now on it can claim nothing, however late it
-- commits, since it looks for its name under the sender's lock; and what it has claimed goes back.
create function release_claim(sender text, claim_ text) returns integer language plpgsql as $$
declare
  released integer;
begin
  perform from senders where id = sender for no key update;
  insert into dead_claims (claim_id, sender_id) values (claim_, sender) on conflict do nothing;
  select count(*) into released from record_outcomes((
    select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'fence', r.fence, 'outcome', 'unsent', 'state', 'pending',
      'count_attempt', false, 'give_back', true)), '[]')
    from requests r where r.claim_id = claim_ and r.state in ('sending', 'uncertain'))) o
  where o.applied;
  return released;
end $$;

-- Equal failures that are not about the person: so many in a row, with no acceptance between, pause the campaign.
-- Refused ones go back to pending then, and so do those refused alike after that; uncertain ones stay what they are.
create function count_streak(campaign_ text, key_ text, fences text[], enough integer, reason_ jsonb)
returns boolean language plpgsql as $$
declare
  c campaigns;
  ours boolean;
begin
  select * into c from campaigns where id = campaign_ for no key update;
  if not found then return false; end if;
  if c.streak_key is distinct from key_ then
    c.streak_count := 0;
    c.streak_fences := '{}';
  end if;
  c.streak_count := c.streak_count + cardinality(fences);
  c.streak_fences := c.streak_fences || fences;
  if c.state = 'running' and c.streak_count >= enough then
    c.state := 'paused';
    c.reason := reason_ || jsonb_build_object('streak', key_);
  end if;
  ours := c.state = 'paused' and coalesce(c.reason->>'streak' = key_, false);
  update campaigns set state = c.state, reason = c.reason, streak_key = key_, streak_count = c.streak_count,
    streak_fences = case when ours then '{}' else c.streak_fences end
  where id = campaign_;
  if ours and key_ ~ '^-?\d+$' then
    perform from record_outcomes((
      select coalesce(jsonb_agg(jsonb_build_object('id', split_part(f, '.', 1), 'fence', split_part(f, '.', 2),
        'outcome', 'streak', 'state', 'pending', 'error_code', key_::int, 'count_attempt', false, 'give_back', true)), '[]')
      from unnest(c.streak_fences) f));
  end if;
  return ours;
end $$;

-- An acceptance ends a streak; too many errors pause the campaign (--max-errors). After the outcomes are committed,
-- so that no acceptance ever waits for its campaign's row.
create function tally(campaign_ text, accepted_ integer, errors_ integer) returns boolean language plpgsql as $$
declare
  c campaigns;
begin
  select * into c from campaigns where id = campaign_ for no key update;
  if not found then return false; end if;
  if accepted_ > 0 then
    c.streak_key := null;
    c.streak_count := 0;
    c.streak_fences := '{}';
  end if;
  c.errors := c.errors + errors_;
  c.settled := c.settled + errors_ + accepted_;
  if c.state = 'running' and errors_ > 0 and (coalesce(c.errors > c.max_errors, false)
    or coalesce(c.settled >= 20 and c.errors * 100.0 > c.max_errors_percent * c.settled, false)) then
    c.state := 'paused';
    c.reason := jsonb_build_object('by', 'us', 'scope', 'campaign', 'message',
      format('%s of %s were rejected or are uncertain: more than --max-errors allows', c.errors, c.settled));
  end if;
  update campaigns set state = c.state, reason = c.reason, streak_key = c.streak_key, streak_count = c.streak_count,
    streak_fences = c.streak_fences, errors = c.errors, settled = c.settled
  where id = campaign_;
  return c.state = 'paused';
end $$;

-- A campaign's way from state to state: its row is locked first, then what is open is counted with a snapshot of
-- after that. It completes only with nothing open. Cancelling leaves its people to cancel_requests.
create function move_campaign(id_ text, from_ text[], to_ text, reason_ jsonb)
returns table (moved boolean, state text) language plpgsql as $$
#variable_conflict use_column
declare
  c campaigns;
begin
  select * into c from campaigns where id = id_ for no key update;
  if not found then return; end if;
  if not (c.state = any(from_)) or (to_ = 'completed' and has_open(id_)) then
    return query select false, c.state;
    return;
  end if;
  update campaigns
  set state = to_,
    reason = case when to_ in ('paused', 'cancelled') then reason_ end,
    streak_key = null, streak_count = 0, streak_fences = '{}',
    errors = case when to_ = 'running' then 0 else errors end,
    settled = case when to_ = 'running' then 0 else settled end,
    started_at = case when to_ = 'running' then coalesce(started_at, now_()) else started_at end,
    ended_at = case when to_ in ('cancelled', 'completed') then now_() end
  where id = id_;
  return query select true, to_;
end $$;

-- Whether a campaign has anything to do: an uncertain one is final once it was checked or cannot be.
-- Volatile, so that it sees what was committed before its caller had its lock. The first pending one in the order of
-- its index: with `exists` the planner, which knows how many are pending and not where, reads the table from its
-- beginning, and that has none of them when a long campaign nears its end.
create function has_open(campaign_ text) returns boolean language sql volatile as $$
  select (select r.id from requests r where r.campaign_id = campaign_ and r.state = 'pending'
      order by r.sender_id, r.due_at, r.id limit 1) is not null
    or exists (
      select from requests r
      where r.campaign_id = campaign_
        and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
$$;

-- Completes running campaigns with nothing open.
create function complete_campaigns() returns setof text language plpgsql as $$
declare
  candidate text;
begin
  for candidate in
    select c.id from campaigns c where c.state = 'running'
      -- has_open, written out: called for each of 5,000 single requests it took 100 ms instead of 25.
      and (select r.id from requests r where r.campaign_id = c.id and r.state = 'pending'
        order by r.sender_id, r.due_at, r.id limit 1) is null
      and not exists (
        select from requests r
        where r.campaign_id = c.id
          and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
    order by c.id
  loop
    if (select m.moved from move_campaign(candidate, array['running'], 'completed', null) m) then
      return next candidate;
    end if;
  end loop;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- Pacing, as of a claim. Without I/O: the sender's row, already locked, comes in.
create type pace as (share double precision, step interval, own timestamptz, first timestamptz, free integer,
  others text[], others_until timestamptz[], others_slots timestamptz[]);

create function pace_of(s senders, worker text, clock timestamptz, horizon_ms double precision, step_factor double precision,
  share_least double precision, reach_back_ms double precision, share_step_factor double precision, forfeited_ms double precision)
returns pace language plpgsql immutable as $$
declare
  p pace;
  lead constant interval := '4 ms';
  -- When nobody claimed for a moment, a stalled disk or database held up all alike: that is no absence.
  pause interval := case when s.claimed_at > clock - interval '3 s'
    then greatest(clock - s.claimed_at - interval '0.2 s', interval '0') else interval '0' end;
  mine timestamptz;
  n integer;
  place integer;
  shared boolean;
begin
  -- One that has not claimed until all its send times are forfeited is idle, frozen or dead.
  select max(m.slot) filter (where m.id = worker), 1 + count(*) filter (where m.id <> worker),
    count(*) filter (where m.id < worker), count(*) filter (where m.id <> worker and m.slot is not null) > 0,
    array_agg(m.id order by m.id) filter (where m.id <> worker),
    array_agg(m.until + pause order by m.id) filter (where m.id <> worker),
    array_agg(m.slot order by m.id) filter (where m.id <> worker)
  into mine, n, place, shared, p.others, p.others_until, p.others_slots
  from unnest(s.sharers, s.sharers_until, s.sharers_slots) as m(id, until, slot)
  where m.until + pause between clock and clock + interval '10 s';
  -- Where a share is large enough, each process has one: its own send times, and it keeps to its share by
  -- counting. Whole messages, so that the shares together are the rate and no less.
  p.share := case
    when n = 1 then s.rate_now
    when s.rate_now / n >= share_least
      then floor(s.rate_now)::int / n + (place < floor(s.rate_now)::int % n)::int end;
  p.step := case when p.share is null then step_factor / s.rate_now else share_step_factor / p.share end * interval '1 s';
  -- Who joins begins after all send times given out so far, and 0.2 s more: the others may be late by so much without
  -- a gap that is still to come in their next second. Turns begin when no process has a share's late send times in
  -- hand any more.
  p.own := case
    when p.share is null and shared then greatest(s.next_slot, clock) + forfeited_ms * interval '1 ms'
    when p.share is null then s.next_slot
    when n > 1 and mine is null then greatest(s.shared_slot, s.next_slot + interval '0.2 s')
    else greatest(s.shared_slot, coalesce(mine, s.next_slot)) end;
  -- A claim that came late takes up to reach_back_ms of its own share's times that have passed; one whose last second
  -- is full for a while begins then; one after a pause takes none that passed. A next send time further ahead than
  -- anyone may reserve means that the database's clock was set back: begin anew.
  p.first := greatest(s.hold_until, case
    when p.own > clock + horizon_ms * interval '2 ms' + interval '1 s' + p.step then clock + lead
    when p.share is not null and mine > clock - interval '1 s' then greatest(p.own, clock - reach_back_ms * interval '1 ms')
    else greatest(p.own, clock + lead) end);
  -- A slow sender's step may be longer than the horizon: then there is one send time, or none.
  p.free := greatest(0, 1 + floor(
    extract(epoch from (clock + horizon_ms * interval '1 ms' - p.first)) / extract(epoch from p.step)))::int;
  return p;
end $$;

-- The claim: queued -> sending under a new fence, one send time reserved for each from the sender's row, the pair's
-- allowance taken. No row back: no POST. Each step sees what was committed before the locks of the step before it
-- were had: a pause, an opt-out or a wa_id that comes while a claim waits counts.
--
-- Rows are found by an array of ids, before anything is joined to them, and with a state and sender no index knows:
-- the planner, whose statistics are old while a list runs, else reads all queued rows, or all of the campaign's, for
-- each batch (a claim of 1,000/s took 40 to 50 ms with them, 4 without).
-- The sender's row serialises claims of one sender; a claim is a few ms, and looks ahead by time only.
--   claim_          names this claim: made before it was asked for
--   lease_ms        beyond the send time         step_factor, share_step_factor   how much longer than 1/rate a step is
--   again_*         claims in hand that missed their send time: they come first, while their lease lasts
--   share_least     messages a second from which on processes have a share each
--   reach_back_ms   how far back a claim of a share may reach (negative: begins later)
--   forfeited_ms    after which a send time is surely forfeited
create function claim_requests(sender text, ids bigint[], feeds integer[], worker text, claim_ text,
  horizon_ms double precision, lease_ms double precision, per_day integer, per_week integer, step_factor double precision,
  again_ids bigint[], again_fences integer[], share_least double precision, reach_back_ms double precision,
  share_step_factor double precision, forfeited_ms double precision)
returns json language plpgsql as $$
declare
  s senders;
  p pace;
  clock timestamptz;
  t timestamptz;
  budget portfolios;
  again json;
  claimed json;
  lost json;
  n_again integer;
  n_claimed integer;
  room integer;
  given integer;
  next timestamptz;
begin
  select * into s from senders where id = sender and closed_at is null for no key update;
  if not found then return json_build_object('closed', true); end if;
  if exists (select from dead_claims where claim_id = claim_) then return json_build_object('closed', true); end if;
  -- People the portfolio may still reach today, counted down here and anew by count_budget.
  select * into budget from portfolios
  where id = s.portfolio and daily_limit is not null and counted_at > clock_timestamp() - interval '5 minutes'
  for no key update;

  p := pace_of(s, worker, clock_timestamp(), horizon_ms, step_factor, share_least, reach_back_ms, share_step_factor, forfeited_ms);
  room := p.free;
  perform from requests r
  where r.id = any(ids[1:room]) and r.state || '' = 'queued'
  order by r.id
  for no key update;
  -- Allowances too, though they are written only after the judgement: a record may hold one for a while.
  perform from pairs q
  where q.sender_id = sender and q.person = any(array(
    select coalesce(w.wa_id, ltrim(r.to_number, '+')) from requests r left join wa_ids w on w.number = r.to_number
    where r.id = any(ids[1:room])))
  order by q.person
  for no key update;

  -- Read after the locks, so that waiting for them costs no send time.
  clock := clock_timestamp();
  t := clock + (select ahead from ledger_clock);
  p := pace_of(s, worker, clock, horizon_ms, step_factor, share_least, reach_back_ms, share_step_factor, forfeited_ms);

  select coalesce(json_agg(json_build_object('request', id::text, 'fence', fence,
      'slot_ms', extract(epoch from p.first + (turn - 1) * p.step) * 1000)) filter (where holds and turn <= p.free), '[]'),
    coalesce(json_agg(json_build_object('request', id::text, 'fence', fence)) filter (where not holds), '[]'),
    count(*) filter (where holds and turn <= p.free)
  into again, lost, n_again
  from (
    select h.id, h.fence, h.holds, row_number() over (partition by h.holds order by h.n) as turn
    from (
      -- Whoever opted out, answered or was withdrawn since the claim is not written any more: the sender gives it back.
      select a.id, a.fence, a.n, r.id is not null and c.state = 'running' and r.not_after > t
        and barred(sender, r.to_number, w.wa_id, c.include_granted, c.include_declined) is null as holds
      from unnest(again_ids, again_fences) with ordinality as a(id, fence, n)
      left join requests r on r.id = a.id and r.fence = a.fence and r.state = 'sending' and r.lease_until > clock
      left join campaigns c on c.id = r.campaign_id
      left join wa_ids w on w.number = r.to_number
    ) h
  ) a;
  room := greatest(0, least(room, p.free) - n_again);

  with jobs as materialized (
    select j.id, j.feed, j.n
    from unnest(ids, feeds) with ordinality as j(id, feed, n)
    where j.n <= least(room, budget.remaining)
  ), wanted as materialized (
    select r.id, j.n, r.fence, coalesce(w.wa_id, ltrim(r.to_number, '+')) as person, named.names
    from requests r
    join jobs j on j.id = r.id and j.feed = r.feed
    join campaigns c on c.id = r.campaign_id
    left join template_breakers b on b.account = s.account and b.name = c.template and b.language = r.language
    left join wa_ids w on w.number = r.to_number
    cross join lateral (
      select case
        when w.wa_id is not null or exists (select from wa_ids v where v.wa_id = ltrim(r.to_number, '+'))
          then names_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))
        else array[ltrim(r.to_number, '+')] end as names
    ) named
    where r.id = any(array(select id from jobs)) and r.state || '' = 'queued' and r.sender_id || '' = sender
      and r.not_after > t
      and c.state = 'running' and b.closed_at is null
      and not exists (select from suppressions x where x.person = any(named.names))
      and coalesce((
        select may_ask(x, c.include_granted, c.include_declined) from permissions x
        where x.sender_id = sender and x.person = any(named.names) order by x.at desc limit 1), true)
      and (c.quiet_from is null or quiet_until(r.zones, c.quiet_from, c.quiet_to, t + interval '10 s') is null)
      and (cardinality(named.names) = 1 or (
        select count(*) filter (where a.at > t - interval '24 hours') < per_day
          and count(*) filter (where a.at > t - interval '168 hours') < per_week
        from pairs q, unnest(q.asks) a where q.sender_id = sender and q.person = any(named.names)))
  ), one_each as (
    select distinct on (names[1]) id, n, fence, person from wanted order by names[1], n
  ), reserved as (
    insert into pairs as q (sender_id, person, asks)
    select sender, o.person, array[row(o.id, o.fence + 1, t)::ask] from one_each o order by o.person
    on conflict (sender_id, person) do update
    set asks = array(select a from unnest(q.asks) a where a.at > t - interval '168 hours' order by a.at) || excluded.asks
    where (select count(*) from unnest(q.asks) a where a.at > t - interval '24 hours') < per_day
      and (select count(*) from unnest(q.asks) a where a.at > t - interval '168 hours') < per_week
    returning q.person
  ), placed as (
    select o.id, o.person, p.first + (n_again + row_number() over (order by o.n) - 1) * p.step as slot
    from one_each o join reserved using (person)
  ), taken as (
    update requests r
    set state = 'sending', fence = r.fence + 1, attempts = r.attempts + 1, claim_id = claim_,
      claimed_at = clock, lease_until = o.slot + lease_ms * interval '1 ms', person = o.person, reserved_at = t
    from placed o, campaigns c
    where r.id = o.id and c.id = r.campaign_id
    returning r.id::text as request, r.feed, r.lane, r.fence, r.epoch, r.campaign_id, r.to_number, r.language,
      r.parameters, r.attempts, c.template, c.parameter_format, c.header_parameters, c.body_parameters,
      extract(epoch from o.slot) * 1000 as slot_ms, extract(epoch from r.lease_until - clock) * 1000 as lease_left_ms,
      case when r.not_after < 'infinity' then extract(epoch from r.not_after - t) * 1000 end as expires_ms
  )
  select coalesce(json_agg(row_to_json(k) order by k.slot_ms), '[]'), count(*) into claimed, n_claimed from taken k;

  if budget.id is not null and n_claimed > 0 then
    update portfolios set remaining = remaining - n_claimed where id = budget.id;
  end if;
  given := n_again + n_claimed;
  next := p.first + given * p.step;
  update senders set
    next_slot = case
      when given = 0 then next_slot
      when p.share is null or next_slot > clock + interval '10 s' then next
      else greatest(next_slot, next) end,
    shared_slot = case
      when p.share is null and given > 0 then next
      when shared_slot > clock + interval '10 s' then '-infinity' else shared_slot end,
    claimed_at = clock,
    (sharers, sharers_until, sharers_slots) = (
      select array_agg(m.id order by m.id), array_agg(m.until order by m.id), array_agg(m.slot order by m.id)
      from (
        select * from unnest(p.others, p.others_until, p.others_slots) as o(id, until, slot)
        union all
        select worker, greatest(clock + horizon_ms * interval '1 ms', mine.slot) + forfeited_ms * interval '1 ms', mine.slot
        from (select case when p.share is null then null when given > 0 then next else p.own end as slot) mine
      ) m)
  where id = sender;
  return json_build_object(
    'closed', false, 'clock_ms', extract(epoch from clock) * 1000, 'free', room, 'share', p.share, 'rate', s.rate_now,
    'next_slot_ms', extract(epoch from next) * 1000, 'again', again, 'lost', lost, 'claimed', claimed);
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- A status webhook. Its id names the request and the attempt, or its wamid does. Any status proves that Meta took
-- that attempt. One of an older epoch changes nothing and is kept as evidence. Delivery only moves forward: sent <
-- delivered < read; failed counts only while nothing was delivered.
create function apply_status(request_ bigint, fence_ integer, wamid_ text, status_ text, at_ timestamptz, wa_id_ text,
  code_ integer, message_ text)
returns table (request text, applied boolean, state text, delivery text, was text, news boolean, "senderId" text,
  template text, language text, person text) language plpgsql as $$
#variable_conflict use_column
declare
  r requests;
  now_is requests;
  attempt integer;
  mine boolean;
  concerns boolean;
  rank integer := case status_ when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 else 0 end;
  had integer;
begin
  -- Two statements: one with `or` reads the whole table once its plan is generic.
  if request_ is not null then
    select * into r from requests where id = request_ for no key update;
  else
    select * into r from requests where wamid = wamid_ order by id limit 1 for no key update;
  end if;
  if not found then return; end if;
  attempt := coalesce(fence_, r.fence);
  mine := attempt > r.epoch_fence and attempt <= r.fence;
  if mine and r.state <> 'already-granted' and (r.state <> 'accepted' or r.wamid is null) then
    perform record_outcomes(jsonb_build_array(jsonb_build_object('id', r.id, 'fence', attempt, 'outcome', 'accepted',
      'state', 'accepted', 'give_back', false, 'wamid', wamid_, 'message_status', coalesce(r.message_status, 'accepted'),
      'wa_id', wa_id_)));
  end if;
  select * into now_is from requests where id = r.id;
  -- Of two attempts that Meta took, the delivery is that of the one whose wamid stands.
  concerns := mine and coalesce(now_is.wamid = wamid_, attempt = now_is.fence);
  had := case r.delivery when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 when 'failed' then 1 else 0 end;
  if concerns then
    update requests q
    set wamid = coalesce(q.wamid, wamid_), wa_id = coalesce(q.wa_id, wa_id_),
      delivery = case when status_ = 'failed' and had < 2 then 'failed' when rank > had then status_ else q.delivery end,
      delivered_at = case when status_ = 'delivered' then coalesce(q.delivered_at, at_) else q.delivered_at end,
      read_at = case when status_ = 'read' then coalesce(q.read_at, at_) else q.read_at end,
      failed_at = case when status_ = 'failed' and had < 2 then coalesce(q.failed_at, at_) else q.failed_at end,
      error_code = case when status_ = 'failed' and had < 2 then code_ when rank < 2 then q.error_code end,
      error_message = case when status_ = 'failed' and had < 2 then message_ when rank < 2 then q.error_message end
    where q.id = r.id
    returning q.* into now_is;
  end if;
  if not mine or r.state <> 'accepted' or status_ = 'failed' then
    insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid)
    values (r.id, attempt, 'status: ' || status_, mine and now_is.state <> 'sending', code_, message_, wamid_);
  end if;
  return query
  select r.id::text, mine and now_is.state in ('accepted', 'already-granted'), now_is.state, now_is.delivery, r.state, now_is.delivery is distinct from r.delivery,
    r.sender_id, c.template, r.language, coalesce(wa_id_, r.wa_id, ltrim(r.to_number, '+'))
  from campaigns c where c.id = r.campaign_id;
end $$;
