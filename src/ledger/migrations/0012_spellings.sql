-- Known spellings of one number are one person before Meta has told anything: in opt-outs, permissions, pairs, and in
-- the doubles of a list. Rows stay under the name that they were written by; whoever reads looks under all names.

-- All known spellings, in digits with the country code, the shortest first: the same rules as
-- `src/core/people/spellings.ts`, where their reasons stand. Without regular expressions: a list is looked through by
-- it, and a person claimed.
create function spellings_of(digits text) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  n constant integer := length(digits);
  rest text;
  front text;
  at_ integer;
begin
  case left(digits, 2)
  when '52' then
    if n = 12 then rest := substr(digits, 3);
    elsif n = 13 and substr(digits, 3, 1) = '1' then rest := substr(digits, 4);
    else return array[digits]; end if;
    return array['52' || rest, '521' || rest];
  when '55' then
    if n = 12 then rest := substr(digits, 5);
    elsif n = 13 and substr(digits, 5, 1) = '9' then rest := substr(digits, 6);
    else return array[digits]; end if;
    if rest < '6' then return array[digits]; end if;
    return array[left(digits, 4) || rest, left(digits, 4) || '9' || rest];
  when '54' then
    rest := case when n in (12, 14) then substr(digits, 3)
      when n in (13, 15) and substr(digits, 3, 1) = '9' then substr(digits, 4) end;
    if rest is null then return array[digits]; end if;
    if length(rest) = 12 then
      at_ := case
        when left(rest, 4) = '1115' then 2
        when left(rest, 1) not in ('2', '3') then null
        when substr(rest, 5, 2) = '15' then 4
        when substr(rest, 4, 2) = '15' then 3 end;
      if at_ is null then return array[digits]; end if;
      rest := left(rest, at_) || substr(rest, at_ + 3);
    end if;
    return case
      when left(rest, 2) = '11' then array['54' || rest, '549' || rest,
        '5411' || '15' || substr(rest, 3), '54911' || '15' || substr(rest, 3)]
      when left(rest, 1) in ('2', '3') then array['54' || rest, '549' || rest,
        '54' || left(rest, 3) || '15' || substr(rest, 4), '549' || left(rest, 3) || '15' || substr(rest, 4),
        '54' || left(rest, 4) || '15' || substr(rest, 5), '549' || left(rest, 4) || '15' || substr(rest, 5)]
      else array['54' || rest, '549' || rest] end;
  when '22' then
    if left(digits, 3) = '225' and n in (11, 13) then
      rest := right(digits, 8);
      front := case when substr(rest, 2, 1) <= '3' then '01' when substr(rest, 2, 1) <= '6' then '05' else '07' end;
      if left(rest, 1) in ('1', '2', '3') or (n = 13 and substr(digits, 4, 2) <> front) then return array[digits]; end if;
      return array['225' || rest, '225' || front || rest];
    elsif left(digits, 3) = '229' and (n = 11 or (n = 13 and substr(digits, 4, 2) = '01')) then
      rest := right(digits, 8);
      return array['229' || rest, '22901' || rest];
    end if;
    return array[digits];
  else
    return array[digits];
  end case;
end $$;

-- The one spelling that stands for all; most numbers have no other, and are not looked at closely.
create function spelled(digits text) returns text language sql immutable strict parallel safe as $$
  select case when left(digits, 2) in ('52', '54', '55', '22') then (spellings_of(digits))[1] else digits end
$$;
-- The same of a number with its plus.
create function spelled_number(number_ text) returns text language sql immutable strict parallel safe as $$
  select case when substr(number_, 2, 2) in ('52', '54', '55', '22')
    then '+' || (spellings_of(substr(number_, 2)))[1] else number_ end
$$;

-- All names of a person, by one of them: each spelling of each number and wa_id that is known to be theirs.
create or replace function names_of(name text) returns text[] language plpgsql stable as $$
declare
  names text[] := spellings_of(name);
  more text[];
begin
  -- Arrays as parameters of plans that are kept: found by index, whatever the statistics say.
  select array_agg(w.wa_id) into more from wa_ids w
  where w.number = any(array(select '+' || s from unnest(names) s));
  if more is not null then
    names := names || array(select s from unnest(more) m, unnest(spellings_of(m)) s);
  end if;
  select array_agg(ltrim(w.number, '+')) into more from wa_ids w where w.wa_id = any(names);
  if more is not null then
    names := names || array(select s from unnest(more) m, unnest(spellings_of(m)) s);
  end if;
  return array(select distinct s from unnest(names) s order by 1);
end $$;

-- Some rows whose number stands in an earlier row of the campaign, in whatever spelling, and that row.
create or replace function doubles_of(campaign_ text, most_ integer) returns table (id bigint, earlier integer)
language plpgsql set enable_nestloop = off set jit = off set work_mem = '64MB' as $$
declare
  numbers text[];
  rows_ integer[];
begin
  select array_agg(n.number), array_agg(n.row) into numbers, rows_ from (
    select spelled_number(r.to_number) as number, min(r.row) as row
    from requests r where r.campaign_id = campaign_ and r.double_of is null
    group by 1 having count(*) > 1 limit most_) n;
  if numbers is null then return; end if;
  return query
  select r.id, f.row from unnest(numbers, rows_) as f(number, row)
  join requests r on spelled_number(r.to_number) = f.number
  where r.campaign_id = campaign_ and r.double_of is null and r.row > f.row
  limit most_;
end $$;

-- The claim as it was, but that spellings are names: also where Meta has told of no wa_id. The allowances of all
-- spellings are locked before they are judged.
create or replace function claim_requests(sender text, ids bigint[], feeds integer[], worker text, claim_ text,
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
    select n.name from requests r left join wa_ids w on w.number = r.to_number
    cross join lateral unnest(spellings_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))) as n(name)
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
        when w.wa_id is not null or substr(r.to_number, 2, 2) in ('52', '54', '55', '22')
          or exists (select from wa_ids v where v.wa_id = ltrim(r.to_number, '+'))
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

-- The forecast as it was, but that spellings are names.
create or replace function forecast_of(campaign_ text, per_day integer, per_week integer)
returns table (reason text, sender_id text, at timestamptz, n integer)
language sql stable set enable_nestloop = off set jit = off as $$
with clock as materialized (
  select now_() as now
), campaign as materialized (
  select * from campaigns where id = campaign_
), suppressed as (
  select distinct spelled(coalesce(w.wa_id, s.person)) as person
  from suppressions s left join wa_ids w on w.number = '+' || s.person
), answered as (
  -- The last word of each person.
  select distinct on (p.sender_id, spelled(coalesce(w.wa_id, p.person)))
    p.sender_id, spelled(coalesce(w.wa_id, p.person)) as person, p as permission
  from campaign c
  join permissions p on p.sender_id = any(c.sender_ids)
  left join wa_ids w on w.number = '+' || p.person
  order by p.sender_id, spelled(coalesce(w.wa_id, p.person)), p.at desc
), unwilling as (
  select a.sender_id, a.person,
    case when (a.permission).status in ('temporary', 'permanent') then 'already-granted' else 'declined' end as why
  from answered a cross join campaign c
  where not may_ask(a.permission, c.include_granted, c.include_declined)
), asked as (
  select p.sender_id, spelled(coalesce(w.wa_id, p.person)) as person, a.at
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
  -- By each number of theirs in each spelling: a million rows are joined once, by the number as it stands there.
  select distinct on (k.sender_id, k.number) k.sender_id, k.number, k.barred, k.frees_at from (
    select n.sender_id, '+' || s as number, n.barred, n.frees_at
    from noted n join wa_ids w on spelled(w.wa_id) = n.person
    cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
    union all
    select n.sender_id, '+' || s, n.barred, n.frees_at
    from noted n cross join lateral unnest(spellings_of(n.person)) s
    -- A number that is somebody else's by now is found with them.
    where not exists (select from wa_ids w where w.number = '+' || s and spelled(w.wa_id) <> n.person)) k
  order by k.sender_id, k.number, k.barred nulls last, k.frees_at desc nulls last
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
