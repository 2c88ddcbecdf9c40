-- No statement of a sender's loop grows with the ledger, and what people look at is counted as it changes.
--
-- Two million requests on two cores, before: a check took 200 ms under the sender's lock, a daily limit that is used up
-- 340 ms under its portfolio's, a list of campaigns 690 ms. Programs of the schema before this one go on as they are.
--
-- Who writes waits until the indexes are there; who reads does not. What is counted of all rows is counted by the next
-- migration, beside both, and the indexes that these replace go by the one after it: each has the locks that it needs
-- from its beginning, so that nobody waits for it while it waits for them.
lock table requests, pairs in share row exclusive mode;
-- Sorted in memory.
set local maintenance_work_mem = '256MB';

-- By language too: whoever feeds passes by all people of a language whose template is stopped.
create index requests_waiting on requests (campaign_id, sender_id, language, due_at, id) where state = 'pending';
-- By sender: of all senders' uncertain ones the first that is due may be the last that is looked at.
create index requests_doubted on requests (sender_id, check_at, id) where state = 'uncertain' and check_at is not null;
-- Taken by Meta, but not simply accepted.
create index requests_held on requests (campaign_id, accepted_at) where message_status <> 'accepted';
-- Refused since the person was asked too often, until the next claim writes down when that ends.
create index requests_pair_limited on requests (campaign_id) where state = 'pending' and reason = 'pair-limit';
-- A page of results in one state, without all rows of others between. Written once a request, at its end. By both in one
-- text: with a column for each the planner may take the rows of the whole campaign by their own index instead.
create index requests_ended on requests ((campaign_id || ' ' || state), row)
  where state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled');
-- Of whom there is something to say beyond the state (reasons.sql): of most lists a few. All others had one try, or none.
-- By `campaign_id || ''`, so that no other index comes into question where no statistics are; and as it is, so that the
-- table need not be looked at.
create index requests_said on requests ((campaign_id || ''), state, error_code, reason, attempts, id) include (campaign_id)
  where reason is not null or error_code is not null or error_message is not null or finding is not null
    or double_of is not null or attempts > case when state in ('sending', 'accepted', 'already-granted', 'rejected') then 1 else 0 end;

-- By a number made of it: Meta's id of a message is some 60 characters, which nobody sorts.
create index requests_message on requests (hashtextextended(wamid, 0)) where wamid is not null;

-- A fifth of a long list that was fed, whose entries lead the index of those who wait, is stepped over by each feed.
alter table requests set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table pairs set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

-- The senders and languages of those who wait in a campaign (one sender's, or all), one look each by the index.
create function pending_kinds(campaign_ text, only_ text) returns table (sender_id text, language text)
language plpgsql stable rows 3 as $$
#variable_conflict use_column
declare
  s text := coalesce(only_, '');
  l text := '';
begin
  loop
    select r.sender_id, r.language into s, l from requests r
    where r.campaign_id = campaign_ and r.state = 'pending' and (r.sender_id, r.language) > (s, l)
    order by r.sender_id, r.language, r.due_at, r.id limit 1;
    exit when not found or s <> only_;
    return query select s, l;
  end loop;
end $$;

create or replace function has_open(campaign_ text) returns boolean language sql as $$
  select (select r.id from requests r where r.campaign_id = campaign_ and r.state = 'pending'
      order by r.sender_id, r.language, r.due_at, r.id limit 1) is not null
    or exists (
      select from requests r
      where r.campaign_id = campaign_
        and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- How many requests of a campaign are in which state. Each statement that changes requests adds what it changed; rows
-- are never changed, so that no two senders wait for each other, and a reader's snapshot has all of a change or nothing.
-- Single requests are left out: they are one row each.
create table request_counts (
  campaign_id text not null,
  sender_id text not null,
  state text not null,
  said text,                      -- of accepted ones: what Meta said instead of "accepted"
  due timestamptz,                -- of pending ones: the hour in which they are due
  n bigint not null,
  whole boolean not null default false
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index request_counts_campaign on request_counts (campaign_id);
create index request_counts_loose on request_counts (campaign_id) where not whole;

create function due_hour(state text, due_at timestamptz) returns timestamptz language sql immutable as $$
  select case when state = 'pending' then date_bin('1 hour', due_at, 'epoch'::timestamptz) end
$$;
create function said_instead(state text, message_status text) returns text language sql immutable as $$
  select case when state = 'accepted' and message_status <> 'accepted' then message_status end
$$;

create function count_requests() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into request_counts (campaign_id, sender_id, state, said, due, n)
    select k.* from (
      select r.campaign_id, r.sender_id, r.state, said_instead(r.state, r.message_status), due_hour(r.state, r.due_at), count(*)
      from new_rows r group by 1, 2, 3, 4, 5) k
    where not coalesce((select c.single from campaigns c where c.id = k.campaign_id), true);
  elsif tg_op = 'DELETE' then
    insert into request_counts (campaign_id, sender_id, state, said, due, n)
    select k.* from (
      select r.campaign_id, r.sender_id, r.state, said_instead(r.state, r.message_status), due_hour(r.state, r.due_at), -count(*)
      from old_rows r group by 1, 2, 3, 4, 5) k
    where not coalesce((select c.single from campaigns c where c.id = k.campaign_id), true);
  else
    insert into request_counts (campaign_id, sender_id, state, said, due, n)
    select k.* from (
      select r.campaign_id, r.sender_id, r.state, said_instead(r.state, r.message_status), due_hour(r.state, r.due_at), sum(r.d)
      from (
        select o.campaign_id, o.sender_id, o.state, o.message_status, o.due_at, -1 as d from old_rows o
        union all
        select w.campaign_id, w.sender_id, w.state, w.message_status, w.due_at, 1 from new_rows w) r
      group by 1, 2, 3, 4, 5 having sum(r.d) <> 0) k
    where not coalesce((select c.single from campaigns c where c.id = k.campaign_id), true);
  end if;
  return null;
end $$;
create trigger requests_count_new after insert on requests
  referencing new table as new_rows for each statement execute function count_requests();
create trigger requests_count_changed after update on requests
  referencing old table as old_rows new table as new_rows for each statement execute function count_requests();
create trigger requests_count_gone after delete on requests
  referencing old table as old_rows for each statement execute function count_requests();

create or replace function remove_requests() returns trigger language plpgsql as $$
begin
  delete from requests r where r.campaign_id = old.id;
  delete from request_counts k where k.campaign_id = old.id;
  return null;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- How many people of a portfolio were asked last in which half a minute, kept in the same way. A person whom several of
-- its senders asked counts once, at the last time.
create table asked_counts (
  portfolio text not null,
  at timestamptz not null,
  n bigint not null,
  whole boolean not null default false
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index asked_counts_at on asked_counts (portfolio, at);
create index asked_counts_loose on asked_counts (portfolio) where not whole;

create function half_minute(at timestamptz) returns timestamptz language sql immutable as $$
  select date_bin('30 s', at, 'epoch'::timestamptz)
$$;

-- Without JIT, also for programs of the schema before this one: taken for dear, a count of twenty was compiled for 40 ms.
-- Where two of its senders ask the same person in the same moment, neither sees the other's and the count is one off
-- until that time has left the window.
create function count_asked() returns trigger language plpgsql set jit = off as $$
begin
  with changed as (
    select w.sender_id, w.person, (o.asks[cardinality(o.asks)]).at as before, (w.asks[cardinality(w.asks)]).at as after
    from new_rows w join old_rows o on o.sender_id = w.sender_id and o.person = w.person
  ), kin as materialized (
    select s.portfolio, array_agg(s.id) as ids from senders s where s.portfolio is not null group by 1
  ), people as (
    select k.portfolio, k.ids, c.person, max(c.before) as before, max(c.after) as after, array_agg(c.sender_id) as by
    from changed c join kin k on c.sender_id = any(k.ids)
    where c.before is distinct from c.after
    group by 1, 2, 3
  ), moved as (
    select p.portfolio, greatest(p.before, o.last) as before, greatest(p.after, o.last) as after
    from people p
    cross join lateral (
      select max((q.asks[cardinality(q.asks)]).at) as last from pairs q
      where q.sender_id = any(p.ids) and q.sender_id <> all(p.by) and q.person = p.person and cardinality(p.ids) > 1) o
  )
  insert into asked_counts (portfolio, at, n)
  select x.portfolio, x.at, sum(x.n) from (
    select m.portfolio, half_minute(m.before) as at, -1 as n from moved m where m.before is not null
    union all
    select m.portfolio, half_minute(m.after), 1 from moved m where m.after is not null) x
  group by 1, 2 having sum(x.n) <> 0;
  return null;
end $$;

create function count_first_asked() returns trigger language plpgsql set jit = off as $$
begin
  with kin as materialized (
    select s.portfolio, array_agg(s.id) as ids from senders s where s.portfolio is not null group by 1
  ), people as (
    select k.portfolio, k.ids, w.person, max((w.asks[cardinality(w.asks)]).at) as after, array_agg(w.sender_id) as by
    from new_rows w join kin k on w.sender_id = any(k.ids)
    group by 1, 2, 3
  ), moved as (
    select p.portfolio, o.last as before, greatest(p.after, o.last) as after
    from people p
    cross join lateral (
      select max((q.asks[cardinality(q.asks)]).at) as last from pairs q
      where q.sender_id = any(p.ids) and q.sender_id <> all(p.by) and q.person = p.person and cardinality(p.ids) > 1) o
  )
  insert into asked_counts (portfolio, at, n)
  select x.portfolio, x.at, sum(x.n) from (
    select m.portfolio, half_minute(m.before) as at, -1 as n from moved m where m.before is not null
    union all
    select m.portfolio, half_minute(m.after), 1 from moved m where m.after is not null) x
  group by 1, 2 having sum(x.n) <> 0;
  return null;
end $$;
create trigger pairs_count_new after insert on pairs
  referencing new table as new_rows for each statement execute function count_first_asked();
create trigger pairs_count_changed after update on pairs
  referencing old table as old_rows new table as new_rows for each statement execute function count_asked();

-- People of the portfolio whose last asking lies between, oldest first.
create function asked_between(portfolio_ text, from_ timestamptz, to_ timestamptz) returns table (last timestamptz)
language plpgsql stable as $$
declare
  ids constant text[] := array(select s.id from senders s where s.portfolio = portfolio_);
begin
  return query
  select max(p.last) as last
  from unnest(ids) as s(id)
  cross join lateral (
    -- Sender by sender, as the index has them: as a join all pairs of the ledger were read by it (100 ms of processor).
    select p.person, (p.asks[cardinality(p.asks)]).at as last from pairs p
    where p.sender_id = s.id and (p.asks[cardinality(p.asks)]).at >= from_ and (p.asks[cardinality(p.asks)]).at < to_
    offset 0) p
  where cardinality(ids) = 1 or not exists (
    select from pairs q where q.sender_id = any(ids) and q.person = p.person and (q.asks[cardinality(q.asks)]).at >= to_)
  group by p.person
  order by 1;
end $$;

-- Only where somebody is left: of a campaign that was cancelled within a day all rows were read, once a second. Queued ones
-- by the index of a campaign's open ones: by that of batches all queued rows were read for each campaign.
create or replace function cancel_requests(campaign_ text, most integer) returns integer language plpgsql as $$
declare
  left_ text;
  cancelled integer := 0;
  since constant timestamptz := now_() - interval '24 hours';
begin
  for left_ in
    select c.id from campaigns c
    where c.state = 'cancelled' and c.ended_at > since
      and (campaign_ is null or c.id = campaign_)
      and ((select r.id from requests r where r.campaign_id = c.id and r.state = 'pending'
          order by r.sender_id, r.language, r.due_at, r.id limit 1) is not null
        or exists (
          select from requests r
          where r.campaign_id = c.id and r.state || '' = 'queued'
            and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null))))
    order by c.id
  loop
    cancelled := cancelled + cancel_people(array(
      (select r.id from requests r
        where r.campaign_id = left_ and r.state || '' = 'queued'
          and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null))
        limit most - cancelled)
      union all
      (select r.id from requests r where r.campaign_id = left_ and r.state = 'pending' limit most - cancelled)
      limit most - cancelled));
    exit when cancelled >= most;
  end loop;
  return cancelled;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- The forecast: who has opted out is looked for once and not for each sender, time is asked once and not for each answer,
-- and people who go by one name only (of most lists all) are found by their number, without a sort.
create function may_ask(p permissions, include_granted boolean, include_declined boolean, now timestamptz)
returns boolean language sql stable as $$
  select case p.status
    when 'permanent' then include_granted
    when 'temporary' then include_granted or coalesce(p.expires_at, p.at + interval '168 hours') <= now
    when 'declined' then include_declined or p.at <= now - interval '168 hours'
    else true end
$$;
create or replace function may_ask(p permissions, include_granted boolean, include_declined boolean)
returns boolean language sql stable as $$
  select may_ask(p, include_granted, include_declined, now_())
$$;

-- Names that stand beside others for one person. A function of its own, so that the planner takes them for few: they are
-- kept in memory, and what is many is compared with them as it is read.
create function linked_names() returns table (name text) language plpgsql stable rows 1000 as $$
begin
  return query select ltrim(w.number, '+') from wa_ids w union select w.wa_id from wa_ids w;
end $$;

create or replace function forecast_of(campaign_ text, per_day integer, per_week integer)
returns table (reason text, sender_id text, at timestamptz, n integer)
language sql stable set enable_nestloop = off set enable_mergejoin = off set enable_sort = off set jit = off set work_mem = '64MB' as $$
with clock as materialized (
  select now_() as now
), campaign as materialized (
  select * from campaigns where id = campaign_
), opted_out as not materialized (
  select s.person, l.name is not null or left(s.person, 2) in ('52', '54', '55', '22') as has_names
  from suppressions s left join linked_names() l on l.name = s.person
), suppressed as (
  select spelled(coalesce(w.wa_id, s.person)) as person
  from opted_out s left join wa_ids w on w.number = '+' || s.person
  where s.has_names
), suppressed_numbers as (
  -- The same for all senders.
  select '+' || s.person as number from opted_out s where not s.has_names
  union all
  -- By each number of theirs in each spelling: a million rows are joined once, by the number as it stands there.
  (select '+' || s
  from suppressed x join wa_ids w on spelled(w.wa_id) = x.person
  cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
  union
  -- A number that is somebody else's by now is found with them.
  select '+' || s
  from suppressed x cross join lateral unnest(spellings_of(x.person)) s
  where not exists (select from wa_ids w where w.number = '+' || s and spelled(w.wa_id) <> x.person))
), answers as materialized (
  select p.sender_id, p.person, p as permission, l.name is not null or left(p.person, 2) in ('52', '54', '55', '22') as has_names
  from campaign c
  join permissions p on p.sender_id = any(c.sender_ids)
  left join linked_names() l on l.name = p.person
), answered as (
  -- The last word of each person.
  select distinct on (a.sender_id, spelled(coalesce(w.wa_id, a.person)))
    a.sender_id, spelled(coalesce(w.wa_id, a.person)) as person, a.permission
  from answers a left join wa_ids w on w.number = '+' || a.person
  where a.has_names
  order by a.sender_id, spelled(coalesce(w.wa_id, a.person)), (a.permission).at desc
), unwilling as materialized (
  select k.*, case when (k.permission).status in ('temporary', 'permanent') then 'already-granted' else 'declined' end as why
  from (
    select a.sender_id, a.person, a.permission, false as has_names from answers a where not a.has_names
    union all
    select a.sender_id, a.person, a.permission, true from answered a) k
  cross join campaign c cross join clock
  where not may_ask(k.permission, c.include_granted, c.include_declined, clock.now)
), unwilling_numbers as (
  select u.sender_id, '+' || u.person as number, u.why from unwilling u where not u.has_names
  union all
  select k.sender_id, k.number, max(k.why) from (
    select u.sender_id, '+' || s as number, u.why
    from unwilling u join wa_ids w on spelled(w.wa_id) = u.person
    cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
    where u.has_names
    union all
    select u.sender_id, '+' || s, u.why
    from unwilling u cross join lateral unnest(spellings_of(u.person)) s
    where u.has_names and not exists (select from wa_ids w where w.number = '+' || s and spelled(w.wa_id) <> u.person)) k
  group by 1, 2
), telling as materialized (
  -- Of most people the one row that is there says enough; of those with several names all rows do.
  select p.sender_id, p.person, p.asks, l.name is not null or left(p.person, 2) in ('52', '54', '55', '22') as has_names
  from clock cross join campaign c
  join pairs p on p.sender_id = any(c.sender_ids)
    and (p.asks[cardinality(p.asks)]).at > clock.now - interval '168 hours'
  left join linked_names() l on l.name = p.person
  where cardinality(p.asks) >= per_week
    or (cardinality(p.asks) >= per_day and (p.asks[cardinality(p.asks)]).at > clock.now - interval '24 hours')
    or l.name is not null or left(p.person, 2) in ('52', '54', '55', '22')
), asked as (
  select p.sender_id, spelled(coalesce(w.wa_id, p.person)) as person, a.at
  from clock cross join telling p
  left join wa_ids w on w.number = '+' || p.person
  cross join lateral unnest(p.asks) a
  where p.has_names and a.at > clock.now - interval '168 hours'
), full_ones as materialized (
  select k.sender_id, k.person, k.frees_at from (
    select a.sender_id, a.person, greatest(
      case when count(*) filter (where a.at > clock.now - interval '24 hours') >= per_day
        then (array_agg(a.at order by a.at desc))[per_day] + interval '24 hours' end,
      case when count(*) >= per_week then (array_agg(a.at order by a.at desc))[per_week] + interval '168 hours' end) as frees_at
    from asked a cross join clock
    group by a.sender_id, a.person, clock.now) k
  where k.frees_at is not null
), full_numbers as (
  -- The times of a row stand in their order.
  select k.sender_id, k.number, k.frees_at from (
    select p.sender_id, '+' || p.person as number, greatest(
      case when (p.asks[cardinality(p.asks) - per_day + 1]).at > clock.now - interval '24 hours'
        then (p.asks[cardinality(p.asks) - per_day + 1]).at + interval '24 hours' end,
      case when (p.asks[cardinality(p.asks) - per_week + 1]).at > clock.now - interval '168 hours'
        then (p.asks[cardinality(p.asks) - per_week + 1]).at + interval '168 hours' end) as frees_at
    from telling p cross join clock where not p.has_names) k
  where k.frees_at is not null
  union all
  select k.sender_id, k.number, max(k.frees_at) from (
    select f.sender_id, '+' || s as number, f.frees_at
    from full_ones f join wa_ids w on spelled(w.wa_id) = f.person
    cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
    union all
    select f.sender_id, '+' || s, f.frees_at
    from full_ones f cross join lateral unnest(spellings_of(f.person)) s
    where not exists (select from wa_ids w where w.number = '+' || s and spelled(w.wa_id) <> f.person)) k
  group by 1, 2
), alike as materialized (
  -- Rows of which the same is to be said: of most lists a handful.
  select r.sender_id, greatest(r.due_at, f.frees_at) as due_at, r.not_after, r.zones, f.frees_at,
    case when x.number is not null then 'suppressed' else u.why end as barred, count(*)::int as n
  from requests r
  left join suppressed_numbers x on x.number = r.to_number
  left join unwilling_numbers u on u.sender_id = r.sender_id and u.number = r.to_number
  left join full_numbers f on f.sender_id = r.sender_id and f.number = r.to_number
  where r.campaign_id = campaign_ and r.state = 'pending'
  group by 1, 2, 3, 4, 5, 6
), timed as (
  select a.*, t.at as first_at, clock.now, c.on_pair_limit,
    case when c.quiet_from is null then t.at else coalesce(quiet_until(a.zones, c.quiet_from, c.quiet_to, t.at), t.at) end as goes_at
  from alike a cross join clock cross join campaign c
  cross join lateral (select greatest(clock.now, a.due_at) as at) t
), judged as (
  select t.sender_id, t.goes_at, t.now, t.n,
    case
      when t.not_after <= t.now then 'expired'
      when t.barred is not null then t.barred
      when t.frees_at is not null and (t.on_pair_limit = 'skip' or t.frees_at >= t.not_after) then 'pair-limit'
      when t.goes_at = 'infinity' then 'quiet-hours'
      when t.goes_at >= t.not_after then 'expired'
    end as ends
  from timed t
)
select j.ends, j.sender_id, null::timestamptz, sum(j.n)::int from judged j where j.ends is not null group by 1, 2
union all
select null, j.sender_id, case when j.goes_at <= j.now then j.now else date_trunc('minute', j.goes_at) end, sum(j.n)::int
from judged j where j.ends is null group by 2, 3
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- As before, but a message is found by the number made of its id, and `id + 0`: where no statistics are it is taken for
-- one that many requests have, and the first of them was looked for among all requests by their own ids.
create or replace function apply_status(request_ bigint, fence_ integer, wamid_ text, status_ text, at_ timestamptz, wa_id_ text,
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
    select * into r from requests where hashtextextended(wamid, 0) = hashtextextended(wamid_, 0) and wamid = wamid_
    order by id + 0 limit 1 for no key update;
  end if;
  if not found then return; end if;
  attempt := coalesce(fence_, r.fence);
  mine := attempt > r.epoch_fence and attempt <= r.fence;
  if mine and (r.state <> 'accepted' or r.wamid is null) then
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
  select r.id::text, mine and now_is.state = 'accepted', now_is.state, now_is.delivery, r.state, now_is.delivery is distinct from r.delivery,
    r.sender_id, c.template, r.language, coalesce(wa_id_, r.wa_id, ltrim(r.to_number, '+'))
  from campaigns c where c.id = r.campaign_id;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- The claim, by batches instead of by rows; else as before, but each number's wa_id is looked up by itself: as a join, all of them were read for each claim where no
-- statistics are (50,000: 112 of 140 ms).
create or replace function claim_batches(sender text, batches bigint[], served double precision[], worker text, claim_ text,
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
  ids bigint[];
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
  -- As many rows of these batches as there are send times: single requests first, then the campaigns in turn, by weight
  -- and by what each of them had already. Those of a campaign that stands still come last: they are looked at, and go
  -- back, where nobody else wants the send time.
  ids := array(
    select k.id from (
      select q.id, q.batch, c.single, c.state <> 'running' as stands,
        (max(q.served) over (partition by q.campaign_id)
          + row_number() over (partition by q.campaign_id order by q.batch, q.id)) / c.weight as turn
      from (
        select r.id, r.batch, r.campaign_id, b.served
        from (select n, max(had) as served from unnest(batches, served) as x(n, had) group by n) b
        cross join lateral (
          select q.id, q.batch, q.campaign_id from requests q
          where q.sender_id = sender and q.batch = b.n and q.state = 'queued'
          order by q.id limit p.free
        ) r
      ) q
      join campaigns c on c.id = q.campaign_id
    ) k
    order by k.stands, not k.single, k.turn, k.batch, k.id
    limit p.free);
  perform from requests r
  where r.id = any(ids) and r.state || '' = 'queued'
  order by r.id
  for no key update;
  -- Allowances too, though they are written only after the judgement: a record may hold one for a while.
  perform from pairs q
  where q.sender_id = sender and q.person = any(array(
    select n.name from requests r left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
    cross join lateral unnest(spellings_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))) as n(name)
    where r.id = any(ids)))
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
      left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
    ) h
  ) a;
  room := greatest(0, p.free - n_again);

  with chosen as materialized (
    select j.id, j.n
    from unnest(ids) with ordinality as j(id, n)
    where j.n <= least(room, budget.remaining)
  ), wanted as materialized (
    select r.id, j.n, r.fence, coalesce(w.wa_id, ltrim(r.to_number, '+')) as person, named.names
    from requests r
    join chosen j on j.id = r.id
    join campaigns c on c.id = r.campaign_id
    left join template_breakers b on b.account = s.account and b.name = c.template and b.language = r.language
    left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
    cross join lateral (
      select case
        when w.wa_id is not null or substr(r.to_number, 2, 2) in ('52', '54', '55', '22')
          or exists (select from wa_ids v where v.wa_id = ltrim(r.to_number, '+'))
          then names_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))
        else array[ltrim(r.to_number, '+')] end as names
    ) named
    where r.id = any(array(select id from chosen)) and r.state || '' = 'queued' and r.sender_id || '' = sender
      and r.batch = any(batches) and r.not_after > t
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
    returning r.id::text as request, r.batch, r.row, r.fence, r.epoch, r.campaign_id, r.to_number, r.language,
      r.parameters, r.attempts, c.weight, c.template, c.parameter_format, c.header_parameters, c.body_parameters,
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
    'next_slot_ms', extract(epoch from next) * 1000, 'again', again, 'lost', lost, 'claimed', claimed,
    -- What had a send time within reach and was not claimed, to be decided; and batches of which nothing is left.
    'left', (select coalesce(json_agg(json_build_object('request', r.id::text, 'batch', r.batch) order by r.id), '[]')
      from requests r where r.id = any(ids[1:room]) and r.state || '' = 'queued' and r.batch = any(batches)),
    'done', (select coalesce(json_agg(distinct b.n), '[]') from unnest(batches) as b(n)
      where not exists (select from requests r where r.sender_id = sender and r.batch = b.n and r.state = 'queued')));
end $$;
