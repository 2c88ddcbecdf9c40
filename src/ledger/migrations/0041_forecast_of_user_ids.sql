-- Who opted out, or said no, under a user id is told from the list by their number too: such a name is looked up among the
-- links, whoever else has none. The claim knew them, and the forecast counted them among those who would be asked.
create or replace function forecast_of(campaign_ text, per_day integer, per_week integer)
returns table (reason text, sender_id text, at timestamptz, n integer)
language sql stable set enable_nestloop = off set enable_mergejoin = off set enable_sort = off set jit = off set work_mem = '64MB' as $$
with clock as materialized (
  select now_() as now
), campaign as materialized (
  select * from campaigns where id = campaign_
), opted_out as not materialized (
  select s.person, l.name is not null or left(s.person, 2) in ('52', '54', '55', '22') or s.person ~ '^[^0-9]' as has_names
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
  select p.sender_id, p.person, p as permission, l.name is not null or left(p.person, 2) in ('52', '54', '55', '22') or p.person ~ '^[^0-9]' as has_names
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
