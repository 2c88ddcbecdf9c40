-- What a claim costs grows with what it claims, and with nothing else; and a single request has the next send time,
-- whichever process has it.
--
-- A claim of 122 took 56 ms of processor, half of it for reading all people whom the sender had ever asked, a tenth for
-- comparing each of the 122 with each, where the statistics of tables that fill are still those of empty ones.
--
-- At a rate so low that processes take turns, one that has rows of a list only took the send times while the single
-- request waited in another's hands: 1 to 10 s at one message a second, with two processes; and of several the youngest
-- often came first (28 s). Now each process says which single requests it has, and all leave the send times to the one
-- that has the oldest of them.
alter table senders
  add column singles bigint[] not null default '{}',              -- their batches
  add column singles_until timestamptz[] not null default '{}';   -- of each: who has it is gone if it has not claimed until then

-- Single requests that wait in these batches.
create function waiting_singles(sender text, batches bigint[]) returns table (batch bigint, request bigint)
language sql stable rows 1 as $$
  select b.n, r.id from unnest(batches) as b(n)
  cross join lateral (
    select q.id, q.campaign_id from requests q
    where q.sender_id = sender and q.batch = b.n and q.state = 'queued' order by q.id limit 1) r
  join campaigns c on c.id = r.campaign_id
  where c.single and c.state = 'running'
$$;

-- As before, but for `slow` and `kept`, and that each row and each person is looked for by itself.
create or replace function claim_batches(sender text, batches bigint[], served double precision[], worker text, claim_ text,
  horizon_ms double precision, lease_ms double precision, per_day integer, per_week integer, step_factor double precision,
  again_ids bigint[], again_fences integer[], share_least double precision, reach_back_ms double precision,
  share_step_factor double precision, forfeited_ms double precision)
returns json language plpgsql set enable_seqscan = off set jit = off as $$
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
  slow boolean;
  own_single bigint;
  kept integer;
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
  -- Allowances too, though they are written only after the judgement: a record may hold one for a while. One look each:
  -- by a list of persons all pairs of the sender were read where no statistics are.
  perform from (
    select distinct n.name from requests r left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
    cross join lateral unnest(spellings_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))) as n(name)
    where r.id = any(ids)
    order by n.name) k
  cross join lateral (select from pairs q where q.sender_id = sender and q.person = k.name for no key update) q;

  -- Read after the locks, so that waiting for them costs no send time.
  clock := clock_timestamp();
  t := clock + (select ahead from ledger_clock);
  p := pace_of(s, worker, clock, horizon_ms, step_factor, share_least, reach_back_ms, share_step_factor, forfeited_ms);

  -- Where send times are a moment apart, they are left to the process that has the oldest single request.
  slow := p.share is null or s.rate_now < share_least;
  if slow then
    select min(w.request) into own_single from waiting_singles(sender, batches) w;
    if exists (
      select from waiting_singles(sender, array(
        select o.batch from unnest(s.singles, s.singles_until) as o(batch, until) where o.until > clock)) w
      where own_single is null or w.request < own_single)
    then p.free := 0; end if;
  end if;
  -- Nor do claims that missed their send time come before them.
  kept := p.free;
  if cardinality(again_ids) > 0 then
    select greatest(0, p.free - count(*)) into kept from requests r join campaigns c on c.id = r.campaign_id
    where r.id = any(ids) and r.state || '' = 'queued' and c.single and c.state = 'running';
  end if;

  select coalesce(json_agg(json_build_object('request', id::text, 'fence', fence,
      'slot_ms', extract(epoch from p.first + (turn - 1) * p.step) * 1000)) filter (where holds and turn <= kept), '[]'),
    coalesce(json_agg(json_build_object('request', id::text, 'fence', fence)) filter (where not holds), '[]'),
    count(*) filter (where holds and turn <= kept)
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

  -- Row by row, by its id: as one join, a claim of 122 took the square of that in comparisons, and read the whole campaign.
  with wanted as materialized (
    select k.id, j.n, k.fence, k.person, k.names
    from unnest(ids[1:least(room, budget.remaining)]) with ordinality as j(id, n)
    cross join lateral (
      select r.id, r.fence, named.person, named.names
      from requests r
      join campaigns c on c.id = r.campaign_id
      left join template_breakers b on b.account = s.account and b.name = c.template and b.language = r.language
      left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
      cross join lateral (
        select coalesce(w.wa_id, ltrim(r.to_number, '+')) as person, case
          when w.wa_id is not null or substr(r.to_number, 2, 2) in ('52', '54', '55', '22')
            or exists (select from wa_ids v where v.wa_id = ltrim(r.to_number, '+'))
            then names_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))
          else array[ltrim(r.to_number, '+')] end as names
        offset 0
      ) named
      where r.id = j.id and r.state || '' = 'queued' and r.sender_id || '' = sender
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
      offset 0
    ) k
  ), one_each as (
    select distinct on (names[1]) id, n, fence, person from wanted order by names[1], n
  ), reserved as (
    insert into pairs as q (sender_id, person, asks)
    select sender, o.person, array[row(o.id, o.fence + 1, t)::ask] from one_each o order by o.person
    on conflict (sender_id, person) do update
    set asks = array(select a from unnest(q.asks) a where a.at > t - interval '168 hours' order by a.at) || excluded.asks
    where (select count(*) from unnest(q.asks) a where a.at > t - interval '24 hours') < per_day
      and (select count(*) from unnest(q.asks) a where a.at > t - interval '168 hours') < per_week
    returning q.person, (q.asks[cardinality(q.asks)]).request as id
  ), placed as (
    select v.id, v.person, p.first + (n_again + row_number() over (order by array_position(ids, v.id)) - 1) * p.step as slot
    from reserved v
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
    (singles, singles_until) = (
      select case when slow then coalesce(array_agg(h.batch order by h.batch), '{}') else singles end,
        case when slow then coalesce(array_agg(h.until order by h.batch), '{}') else singles_until end
      from (
        select k.batch, max(k.until) as until from (
          select o.batch, o.until from unnest(s.singles, s.singles_until) as o(batch, until) where o.until > clock
          union all
          select own, clock + interval '2 s' from unnest(batches) as own) k
        where slow and exists (select from waiting_singles(sender, array[k.batch]))
        group by k.batch) h),
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
    'closed', false, 'clock_ms', extract(epoch from clock) * 1000, 'share', p.share, 'rate', s.rate_now,
    'next_slot_ms', extract(epoch from next) * 1000, 'again', again, 'lost', lost, 'claimed', claimed,
    -- What had a send time within reach and was not claimed, to be decided; and batches of which nothing is left.
    'left', (select coalesce(json_agg(json_build_object('request', r.id::text, 'batch', r.batch) order by r.id), '[]')
      from requests r where r.id = any(ids[1:room]) and r.state || '' = 'queued' and r.batch = any(batches)),
    'done', (select coalesce(json_agg(distinct b.n), '[]') from unnest(batches) as b(n)
      where not exists (select from requests r where r.sender_id = sender and r.batch = b.n and r.state = 'queued')));
end $$;
