-- Requests travel in batches: one job a batch, and a row knows which one it is in. A batch is a number that was never
-- used before, so that an old job, a forged one and one that comes twice find no rows, or the same rows that the claim
-- gives out once.
--
-- Programs of the schema before this one may still run: they record what they have claimed, they read lists to their
-- end, and they can neither feed (`feed` is gone) nor claim (0015 makes the claim anew, under another name: under the
-- old one their request ids would be read as batches). The queues of batches have
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
