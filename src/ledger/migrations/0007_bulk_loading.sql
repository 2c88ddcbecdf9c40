-- Long lists: what each fresh row cost is asked once a batch, or not at all. Lines come by COPY, which writes rows
-- many at a time, under the same hold as before; `add_lines` stays for a program that is half-way through a list.
lock table campaigns, requests in access exclusive mode;

-- The foreign key looked for the campaign of each row, a seventh of all that a list cost. Each statement looks once.
alter table requests drop constraint requests_campaign_id_fkey;

create function need_campaigns() returns trigger language plpgsql as $$
declare
  missing text;
begin
  select f.campaign_id into missing from (select distinct campaign_id from fresh) f
  where not exists (select from campaigns c where c.id = f.campaign_id for key share);
  if found then
    raise foreign_key_violation using message = format('requests name campaign %s, which is not there', missing);
  end if;
  return null;
end $$;
create trigger requests_need_campaign after insert on requests referencing new table as fresh
  for each statement execute function need_campaigns();

create function remove_requests() returns trigger language plpgsql as $$
begin
  delete from requests r where r.campaign_id = old.id;
  return null;
end $$;
create trigger campaigns_remove_requests after delete on campaigns for each row execute function remove_requests();

-- What is pending stands in requests_pending: in two indexes it cost a list twice.
drop index requests_open;
create index requests_open on requests (campaign_id)
  where state in ('queued', 'sending') or (state = 'uncertain' and check_at is not null);

-- Whether a campaign has anything to do: an uncertain one is final once it was checked or cannot be.
-- Volatile, so that it sees what was committed before its caller had its lock. The first pending one in the order of
-- its index: with `exists` the planner, which knows how many are pending and not where, reads the table from its
-- beginning, and that has none of them when a long campaign nears its end.
create or replace function has_open(campaign_ text) returns boolean language sql volatile as $$
  select (select r.id from requests r where r.campaign_id = campaign_ and r.state = 'pending'
      order by r.sender_id, r.due_at, r.id limit 1) is not null
    or exists (
      select from requests r
      where r.campaign_id = campaign_
        and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
$$;

-- Completes running campaigns with nothing open.
create or replace function complete_campaigns() returns setof text language plpgsql as $$
declare
  candidate text;
begin
  for candidate in
    select c.id from campaigns c where c.state = 'running'
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
), waiting as (
  select r.sender_id, r.due_at, r.not_after, r.zones, coalesce(w.wa_id, ltrim(r.to_number, '+')) as person
  from requests r
  left join wa_ids w on w.number = r.to_number
  where r.campaign_id = campaign_ and r.state = 'pending'
), alike as materialized (
  -- Rows of which the same is to be said: of most lists a handful.
  select w.sender_id, greatest(w.due_at, f.frees_at) as due_at, w.not_after, w.zones, f.frees_at,
    case when s.person is not null then 'suppressed' else u.why end as barred, count(*)::int as n
  from waiting w
  left join suppressed s on s.person = w.person
  left join unwilling u on u.sender_id = w.sender_id and u.person = w.person
  left join full_ones f on f.sender_id = w.sender_id and f.person = w.person
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
