-- A share of the rate is handed over at one moment: who joins begins then, as before, and the others keep theirs until then.
-- They gave it up at once, 0.2 to 0.4 s before anybody had it: three processes that start one after the other at 1,000 a
-- second sent 0.56 to 0.75 of the rate in their first second, and 0.98 where only one of them did.
alter table senders
  add sharers_from timestamptz[] not null default '{}';  -- when each began with its share, or will; null: it had it before
alter type pace
  add attribute others_from timestamptz[],
  add attribute begins timestamptz,  -- when this process began with its share, or will
  add attribute since timestamptz,  -- its share fell then, after its last send time and before this claim's first
  add attribute falls_at timestamptz,  -- its share falls then: this claim's send times end before it
  add attribute falls_to double precision,
  add attribute rested boolean;  -- nobody has sent in the last second, nor has a send time that could still be used

-- Whole messages, so that the shares together are the rate and no less.
create function share_of(rate double precision, processes bigint, place bigint)
returns double precision language sql immutable as $$
  select case when processes = 1 then rate
    else floor(rate)::int / processes + (place < floor(rate)::int % processes)::int end
$$;

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
  shared boolean;
  turns boolean;
  joins boolean;
begin
  -- One that has not claimed until all its send times are forfeited is idle, frozen or dead.
  select max(m.slot) filter (where m.id = worker), max(m.begins) filter (where m.id = worker),
    1 + count(*) filter (where m.id <> worker), count(*) filter (where m.id <> worker and m.slot is not null) > 0,
    array_agg(m.id order by m.id) filter (where m.id <> worker),
    array_agg(m.until + pause order by m.id) filter (where m.id <> worker),
    array_agg(m.slot order by m.id) filter (where m.id <> worker),
    array_agg(m.begins order by m.id) filter (where m.id <> worker)
  into mine, p.begins, n, shared, p.others, p.others_until, p.others_slots, p.others_from
  from unnest(s.sharers, s.sharers_until, s.sharers_slots, s.sharers_from) as m(id, until, slot, begins)
  where m.until + pause between clock and clock + interval '10 s';
  -- Where a share is large enough, each process has one: its own send times, and it keeps to its share by counting.
  turns := n > 1 and s.rate_now / n < share_least;
  joins := not turns and n > 1 and mine is null;
  -- Who joins begins after all send times given out so far, and 0.2 s more: the others may be late by so much without
  -- a gap that is still to come in their next second. Turns begin when no process has a share's late send times in
  -- hand any more.
  p.own := case
    when turns and shared then greatest(s.next_slot, clock) + forfeited_ms * interval '1 ms'
    when turns then s.next_slot
    when joins then greatest(s.shared_slot, s.next_slot + interval '0.2 s', clock + lead)
    else greatest(s.shared_slot, coalesce(mine, s.next_slot)) end;
  -- A claim that came late takes up to reach_back_ms of its own share's times that have passed; one whose last second
  -- is full for a while begins then; one after a pause takes none that passed. A next send time further ahead than
  -- anyone may reserve (1.4 s while claims are slow, a step, 0.4 s where turns begin) means that the database's clock was
  -- set back: begin anew.
  p.first := greatest(s.hold_until, case
    when p.own > clock + interval '3 s' + case when turns then step_factor / s.rate_now else 0 end * interval '1 s' then clock + lead
    when not turns and mine > clock - interval '1 s' then greatest(p.own, clock - reach_back_ms * interval '1 ms')
    else greatest(p.own, clock + lead) end);
  p.begins := case when turns then null when joins then p.own when p.begins > p.first then p.first else p.begins end;
  if not turns then
    -- Its part among those who have begun by its first send time.
    select share_of(s.rate_now, 1 + count(*) filter (where not later), count(*) filter (where not later and o.id < worker)),
      min(o.begins) filter (where later), min(o.begins) filter (where not later and o.begins > mine)
    into p.share, p.falls_at, p.since
    from (select k.id, k.begins, coalesce(k.begins > p.first, false) as later from unnest(p.others, p.others_from) as k(id, begins)) o;
    if p.falls_at is not null then
      select share_of(s.rate_now, 1 + count(*), count(*) filter (where o.id < worker)) into p.falls_to
      from unnest(p.others, p.others_from) as o(id, begins) where coalesce(o.begins <= p.falls_at, true);
    end if;
  end if;
  p.rested := n = 1 and s.next_slot < clock - interval '1.1 s' - forfeited_ms * interval '1 ms';
  p.step := case when turns then step_factor / s.rate_now else share_step_factor / p.share end * interval '1 s';
  -- A slow sender's step may be longer than the horizon: then there is one send time, or none.
  p.free := greatest(0, least(
    1 + floor(extract(epoch from (clock + horizon_ms * interval '1 ms' - p.first)) / extract(epoch from p.step)),
    ceil(extract(epoch from (p.falls_at - p.first)) / extract(epoch from p.step))))::int;
  return p;
end $$;

do $$
declare
  was constant text := pg_get_functiondef('claim_batches'::regproc);
  kept constant text := replace(replace(replace(replace(was,
    '(sharers, sharers_until, sharers_slots) = (', '(sharers, sharers_until, sharers_slots, sharers_from) = ('),
    'array_agg(m.slot order by m.id)
', 'array_agg(m.slot order by m.id),
        array_agg(m.begins order by m.id)
'),
    'unnest(p.others, p.others_until, p.others_slots) as o(id, until, slot)', 'unnest(p.others, p.others_until, p.others_slots, p.others_from) as o(id, until, slot, begins)'),
    'forfeited_ms * interval ''1 ms'', mine.slot
', 'forfeited_ms * interval ''1 ms'', mine.slot, p.begins
');
  told constant text := replace(kept, '''rate'', s.rate_now,', '''rate'', s.rate_now, ''rested'', p.rested,
    ''begins_ms'', extract(epoch from p.begins) * 1000,    ''since_ms'', extract(epoch from p.since) * 1000, ''falls_at_ms'', extract(epoch from p.falls_at) * 1000, ''falls_to'', p.falls_to,');
begin
  if length(kept) <> length(was) + 90 or told = kept then raise exception 'claim_batches is another one'; end if;
  execute told;
end $$;
