-- Long lists: what each fresh row cost is asked once a list, or not at all. Lines come by COPY, which writes rows many
-- at a time, under the loader's hold.
lock table campaigns, requests in access exclusive mode;

-- The foreign key looked for the campaign of each row, a seventh of all that a list cost. Whoever writes lines has
-- locked their campaign (`keep_hold`), so it is there; whoever removes it waits for that, and takes them along. A
-- program of before the hold may leave rows of a campaign that is gone: nothing leads to them.
alter table requests drop constraint requests_campaign_id_fkey;

create function remove_requests() returns trigger language plpgsql as $$
begin
  delete from requests r where r.campaign_id = old.id;
  return null;
end $$;
create trigger campaigns_remove_requests after delete on campaigns for each row execute function remove_requests();

-- One number of a campaign once: an index over all people was a third of what a list cost, more where its numbers come
-- in no order. One look over the list at its end is a twentieth of that, and there is one way to the end: from
-- `loading` to `draft`, behind which no line is added.
drop index requests_person;

-- Some rows whose number stands in an earlier row of the campaign, and that row. Hashed, not sorted: a number takes 82
-- bytes there. Without nested loops: the statistics are older than the list, and the planner takes it for a few rows.
create function doubles_of(campaign_ text, most_ integer) returns table (id bigint, earlier integer)
language plpgsql set enable_nestloop = off set jit = off set work_mem = '64MB' as $$
declare
  numbers text[];
  rows_ integer[];
begin
  select array_agg(n.to_number), array_agg(n.row) into numbers, rows_ from (
    select r.to_number, min(r.row) as row from requests r where r.campaign_id = campaign_ and r.double_of is null
    group by r.to_number having count(*) > 1 limit most_) n;
  if numbers is null then return; end if;
  return query
  select r.id, f.row from unnest(numbers, rows_) as f(number, row)
  join requests r on r.to_number = f.number
  where r.campaign_id = campaign_ and r.double_of is null and r.row > f.row
  limit most_;
end $$;

-- Skips so many of them at most; what it skipped. Fewer than that: none is left.
create function mark_doubles(campaign_ text, most_ integer) returns integer language plpgsql as $$
declare
  ids bigint[];
  rows_ integer[];
  marked integer;
begin
  select array_agg(d.id order by d.id), array_agg(d.earlier order by d.id) into ids, rows_
  from doubles_of(campaign_, most_) d;
  if ids is null then return 0; end if;
  update requests r set state = 'skipped', reason = 'duplicate', double_of = d.earlier
  from unnest(ids, rows_) as d(id, earlier)
  where r.id = d.id and r.id = any(ids);
  get diagnostics marked = row_count;
  return marked;
end $$;

-- The same under a loader's hold, for a list that is only looked at.
create function skip_doubles(campaign_ text, loader_ text, most_ integer,
  out held boolean, out state text, out more boolean, out doubles integer)
language plpgsql as $$
begin
  select k.state into state from keep_hold(campaign_, loader_) k;
  held := found;
  if not held then
    select k.state into state from campaigns k where k.id = campaign_;
    return;
  end if;
  more := mark_doubles(campaign_, most_) = most_;
  -- Whoever waits for the campaign finds it held, however long that took.
  perform from keep_hold(campaign_, loader_);
  select count(r.double_of) into doubles from requests r where r.campaign_id = campaign_;
end $$;

-- The list is in: loading -> draft, with its fingerprint, once its doubles are skipped. `more`: call again, there may
-- be more of them. Not where other rows are there than its lines.
create function finish_loading(campaign_ text, loader_ text, list_sha256_ text, lines_ integer,
  out held boolean, out state text, out whole boolean, out more boolean, out doubles integer)
language plpgsql as $$
declare
  most constant integer := 200000;  -- some 8 s
  marked integer;
  requests_ integer;
begin
  perform from keep_hold(campaign_, loader_);
  held := found;
  if held then
    select count(*), count(r.double_of) into requests_, doubles from requests r where r.campaign_id = campaign_;
    whole := lines_ = requests_ + (select count(*) from refused_lines l where l.campaign_id = campaign_);
    if whole then
      marked := mark_doubles(campaign_, most);
      doubles := doubles + marked;
      more := marked = most;
      if more then
        -- Whoever waits for the campaign finds it held, however long that took.
        perform from keep_hold(campaign_, loader_);
      else
        update campaigns k set state = 'draft', list_sha256 = list_sha256_, loader = null where k.id = campaign_;
      end if;
    end if;
  end if;
  select k.state into state from campaigns k where k.id = campaign_;
end $$;

-- An older program ends a load without asking whether another loader holds the campaign: then it does not. Where
-- nobody does, the doubles that it has not seen are skipped here.
create function refuse_end() returns trigger language plpgsql as $$
begin
  if new.loader is not null and new.loader_until > clock_timestamp() then return null; end if;
  while mark_doubles(new.id, 200000) = 200000 loop null; end loop;
  return new;
end $$;
create trigger campaigns_held before update of state on campaigns for each row
  when (old.state = 'loading' and new.state = 'draft'
    -- `finish_loading` has looked, and lets go in the same statement.
    and not (old.loader is not null and new.loader is null))
  execute function refuse_end();

-- What is pending stands in requests_pending: in two indexes it cost a list twice.
drop index requests_open;
create index requests_open on requests (campaign_id)
  where state in ('queued', 'sending') or (state = 'uncertain' and check_at is not null);

-- The hold, for a batch whose lines follow in the same transaction: without it none of them may be written.
create function need_hold(campaign_ text, loader_ text) returns void language plpgsql as $$
begin
  perform from keep_hold(campaign_, loader_);
  if not found then
    raise exception 'loader % does not hold campaign %', loader_, campaign_ using errcode = 'CP001';
  end if;
end $$;

-- What would become of a campaign's waiting rows if it ran from now on: how many of each sender's could go when (to
-- the minute), and how many would be skipped or expire, by reason. The same judgements as claim_requests and
-- turn_away make, in the same order, but for all rows together: asked row by row they took 0.1 to 0.2 ms each, for
-- each of them looked at the clock and for names. A person is called by the wa_id here, where one is known.
-- Without nested loops: the statistics are older than the list, and the planner takes a million rows for a few.
create function forecast_of(campaign_ text, per_day integer, per_week integer)
returns table (reason text, sender_id text, at timestamptz, n integer)
language sql stable set enable_nestloop = off set jit = off as $$
with clock as materialized (
  select now_() as now
), campaign as materialized (
  select * from campaigns where id = campaign_
), suppressed as (
  select distinct coalesce(w.wa_id, s.person) as person
  from suppressions s left join wa_ids w on w.number = '+' || s.person
), answered as (
  -- The last word of each person.
  select distinct on (p.sender_id, coalesce(w.wa_id, p.person))
    p.sender_id, coalesce(w.wa_id, p.person) as person, p as permission
  from campaign c
  join permissions p on p.sender_id = any(c.sender_ids)
  left join wa_ids w on w.number = '+' || p.person
  order by p.sender_id, coalesce(w.wa_id, p.person), p.at desc
), unwilling as (
  select a.sender_id, a.person,
    case when (a.permission).status in ('temporary', 'permanent') then 'already-granted' else 'declined' end as why
  from answered a cross join campaign c
  where not may_ask(a.permission, c.include_granted, c.include_declined)
), asked as (
  select p.sender_id, coalesce(w.wa_id, p.person) as person, a.at
  from clock cross join campaign c
  join pairs p on p.sender_id = any(c.sender_ids)
    and (p.asks[cardinality(p.asks)]).at > clock.now - interval '168 hours'
  left join wa_ids w on w.number = '+' || p.person
  cross join lateral unnest(p.asks) a
  where a.at > clock.now - interval '168 hours'
), full_ones as (
  select k.sender_id, k.person, k.frees_at from (
    select a.sender_id, a.person, greatest(
      case when count(*) filter (where a.at > clock.now - interval '24 hours') >= per_day
        then (array_agg(a.at order by a.at desc))[per_day] + interval '24 hours' end,
      case when count(*) >= per_week then (array_agg(a.at order by a.at desc))[per_week] + interval '168 hours' end) as frees_at
    from asked a cross join clock
    group by a.sender_id, a.person, clock.now) k
  where k.frees_at is not null
), noted as (
  -- Each person of whom anything is known that counts, once a sender.
  select k.sender_id, k.person, case when bool_or(k.suppressed) then 'suppressed' else max(k.why) end as barred,
    max(k.frees_at) as frees_at
  from (
    select s.id as sender_id, x.person, true as suppressed, null as why, null::timestamptz as frees_at
    from suppressed x cross join campaign c cross join unnest(c.sender_ids) as s(id)
    union all
    select u.sender_id, u.person, false, u.why, null from unwilling u
    union all
    select f.sender_id, f.person, false, null, f.frees_at from full_ones f) k
  group by k.sender_id, k.person
), noted_numbers as (
  -- By each number of theirs: a million rows are joined once, by the number as it stands there.
  select n.sender_id, w.number, n.barred, n.frees_at from noted n join wa_ids w on w.wa_id = n.person
  union all
  select n.sender_id, '+' || n.person, n.barred, n.frees_at from noted n
  where not exists (select from wa_ids w where w.number = '+' || n.person)
), alike as materialized (
  -- Rows of which the same is to be said: of most lists a handful.
  select r.sender_id, greatest(r.due_at, n.frees_at) as due_at, r.not_after, r.zones, n.frees_at, n.barred,
    count(*)::int as n
  from requests r
  left join noted_numbers n on n.sender_id = r.sender_id and n.number = r.to_number
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
      when t.barred is not null then t.barred
      when t.not_after <= t.now then 'expired'
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
