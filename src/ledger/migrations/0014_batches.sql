-- Requests travel in batches: one job a batch, and a row knows which one it is in. A batch is a number that was never
-- used before, so that an old job, a forged one and one that comes twice find no rows, or the same rows that the claim
-- gives out once.
--
-- Programs of the schema before this one may still run: they record what they have claimed, they read lists to their
-- end, and they can neither feed (`feed` is gone) nor claim (the claim has another name: under the old one their request
-- ids would be read as batches). The queues of batches have
-- other names than theirs, so that they take none of the new jobs. What they have fed goes back to be fed again; what
-- they have claimed keeps its send times, which stand in `senders` as before.
lock table requests in access exclusive mode;

update requests set state = 'pending' where state = 'queued';

-- `lane` is no longer read, nor written by this program; one before it still names it while it reads a list.
alter table requests
  drop column feed,
  add column batch bigint;  -- counts while it is `queued`
create sequence batch_numbers owned by requests.batch;

-- By sender too: whoever looks for lost batches walks from one number to the next, oldest first.
drop index requests_queued;
create index requests_batch on requests (sender_id, batch, id) where state = 'queued';

-- As before, but for `queued`: never under the number that the row had.
create or replace function guard_request() returns trigger language plpgsql as $$
declare
  word text := case when new.cause like '%.' || old.fence then split_part(new.cause, '.', 1) else '' end;
  lawful boolean := new.fence >= old.fence and case new.state
    when old.state then true
    when 'queued' then old.state = 'pending' and new.batch is not null and new.batch is distinct from old.batch
    when 'sending' then old.state = 'queued' and new.fence = old.fence + 1
      and new.claim_id is not null and new.claim_id is distinct from old.claim_id
    when 'uncertain' then old.state = 'sending'
      or (word = 'doubted' and old.state in ('pending', 'queued', 'rejected'))
    when 'rejected' then old.state in ('sending', 'uncertain')
    when 'already-granted' then old.state in ('sending', 'uncertain')
    when 'skipped' then old.state in ('pending', 'queued')
    when 'expired' then old.state in ('pending', 'queued')
    when 'accepted' then true
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
  if new.proof_fence > new.epoch_fence and new.state not in ('sending', 'accepted') then
    -- Meta took an earlier attempt of this epoch: there is nothing left to ask.
    new.state := 'accepted';
    new.accepted_at := coalesce(new.accepted_at, now_());
    new.check_at := null; new.lease_until := null; new.uncertain_at := null;
    new.error_code := null; new.error_message := null; new.reason := null;
  end if;
  return new;
end $$;

drop function claim_requests(text, bigint[], integer[], text, text, double precision, double precision, integer, integer,
  double precision, bigint[], integer[], double precision, double precision, double precision, double precision);

-- Pacing as before, but for what it takes for a clock that was set back: claims now look up to 1.2 s ahead while they are
-- slow, and another claim with a nearer horizon must not take their send times for that.
create or replace function pace_of(s senders, worker text, clock timestamptz, horizon_ms double precision, step_factor double precision,
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
  -- anyone may reserve (1.2 s while claims are slow, a step, 0.4 s where turns begin) means that the database's clock was
  -- set back: begin anew.
  p.first := greatest(s.hold_until, case
    when p.own > clock + interval '3 s' + p.step then clock + lead
    when p.share is not null and mine > clock - interval '1 s' then greatest(p.own, clock - reach_back_ms * interval '1 ms')
    else greatest(p.own, clock + lead) end);
  -- A slow sender's step may be longer than the horizon: then there is one send time, or none.
  p.free := greatest(0, 1 + floor(
    extract(epoch from (clock + horizon_ms * interval '1 ms' - p.first)) / extract(epoch from p.step)))::int;
  return p;
end $$;

-- The claim, by batches instead of by rows.
create function claim_batches(sender text, batches bigint[], served double precision[], worker text, claim_ text,
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
    select n.name from requests r left join wa_ids w on w.number = r.to_number
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
      left join wa_ids w on w.number = r.to_number
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
    left join wa_ids w on w.number = r.to_number
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
