-- The claim (invariants 2, 4 and 5 in one committed statement): queued -> sending under a new fence,
-- one send time reserved for each from the sender's row, the pair's allowance taken. No row back: no POST.
-- Rows are found by an array of ids, before anything is joined to them, and with a state and sender no
-- index knows: the planner, whose statistics are old while a list runs, else reads all queued rows, or all
-- of the campaign's, for each batch (a claim of 1,000/s took 40 to 50 ms with them, 4 without).
-- Locks in this order everywhere: senders, portfolios, requests by id, pairs by key.
-- The sender's row serialises claims of one sender; a claim is a few ms, and looks ahead by time only.
-- $1 sender id      $2 request ids        $3 their feed numbers   $4 worker
-- $5 horizon, ms    $6 lease beyond the send time, ms             $7 pair limit per day
-- $8 pair limit per week                  $9 how much longer than 1/rate a step is (1.02)
-- $10 send times wanted for claims in hand whose own was missed: they come first
-- $11 messages a second from which on processes have a share each
-- $12 how far back, ms, a claim of a share may reach (negative: begins later)   $13 as $9, of a share (1.008)
-- $14 ms after which a send time is surely forfeited
with pace as materialized (
  select account, portfolio, rate_now, next_slot, shared_slot, claimed_at, crew, crew_until, crew_slots, hold_until
  from senders where id = $1 and closed_at is null for update
), pause as materialized (
  -- When nobody claimed for a moment, a stalled disk or database held up all alike: that is no absence.
  select clock, case when claimed_at > clock - interval '3 s'
    then greatest(clock - claimed_at - interval '0.2 s', interval '0') else interval '0' end as length
  from (select clock_timestamp() as clock, claimed_at from pace) p
), crew as materialized (
  -- One that has not claimed until all its send times are forfeited is idle, frozen or dead.
  select m.id, m.until + pause.length as until, m.slot
  from pace, pause, unnest(crew, crew_until, crew_slots) as m(id, until, slot)
  where m.until + pause.length between clock and clock + interval '10 s'
), me as materialized (
  select max(slot) filter (where id = $4) as mine, 1 + count(*) filter (where id <> $4)::int as n,
    count(*) filter (where id < $4)::int as place, count(*) filter (where id <> $4 and slot is not null) > 0 as shared
  from crew
), budget as materialized (
  -- People the portfolio may still reach today, counted down here and anew by count_budget.
  select b.id, b.remaining from pace join portfolios b on b.id = pace.portfolio
  where b.daily_limit is not null and b.counted_at > clock_timestamp() - interval '5 minutes'
  for update of b
), room as materialized (
  -- Read after the lock, so that waiting for it costs no send time. A next send time further ahead than
  -- anyone may reserve means that the database's clock was set back: begin anew.
  select account, rate_now, step, share, clock, own,
    -- A claim that came late takes up to $12 ms of its own share's times that have passed; one whose last
    -- second is full for a while begins then; one after a pause takes none that passed.
    greatest(hold_until, case
      when own > clock + $5 * interval '2 ms' + interval '1 s' + step then clock + lead
      when share is not null and mine > clock - interval '1 s' then greatest(own, clock - $12 * interval '1 ms')
      else greatest(own, clock + lead) end) as first
  from (
    select m.*, clock_timestamp() as clock, interval '4 ms' as lead,
      case when share is null then $9::float8 / rate_now else $13::float8 / share end * interval '1 s' as step,
      -- Who joins begins after all send times given out so far, and 0.2 s more: the others may be late by so
      -- much without a gap that is still to come in their next second.
      -- Turns begin when no process has a share's late send times in hand any more.
      case when share is null and shared then greatest(next_slot, clock_timestamp()) + $14 * interval '1 ms'
        when share is null then next_slot
        when n > 1 and mine is null then greatest(shared_slot, next_slot + interval '0.2 s')
        else greatest(shared_slot, coalesce(mine, next_slot)) end as own
    from (
      -- Where a share is large enough, each process has one: its own send times, and it keeps to its
      -- share by counting. Whole messages, so that the shares together are the rate and no less.
      select pace.*, mine, n, shared, case
        when n = 1 then rate_now
        when rate_now / n >= $11 then floor(rate_now)::int / n + (place < floor(rate_now)::int % n)::int end as share
      from pace, me
    ) m
  ) p
), seats as materialized (
  -- Send times up to the horizon. A slow sender's step may be longer than it: then there is one, or none.
  select room.*, greatest(0, 1 + floor(
    extract(epoch from (clock + $5 * interval '1 ms' - first)) / extract(epoch from step)))::int as free
  from room
), again as materialized (
  select least($10::int, free) as n from seats
), jobs as materialized (
  select j.id, j.feed, j.n
  from unnest($2::bigint[], $3::int[]) with ordinality as j(id, feed, n), seats, again
  where j.n <= least(seats.free - again.n, (select remaining from budget))
), found as materialized (
  select r.id, r.feed, r.campaign_id, r.to_number, r.language, r.zones
  from requests r
  where r.id = any(array(select id from jobs)) and r.state || '' = 'queued' and r.sender_id || '' = $1
    and r.not_after > now_()
  order by r.id
  for update
), wanted as materialized (
  select r.id, j.n, coalesce(w.wa_id, ltrim(r.to_number, '+')) as person
  from found r
  join jobs j on j.id = r.id and j.feed = r.feed
  join campaigns c on c.id = r.campaign_id
  cross join seats
  left join template_breakers t
    on t.account = seats.account and t.name = c.template and t.language = r.language
  left join wa_ids w on w.number = r.to_number
  where c.state = 'running' and t.closed_at is null
    and not exists (select from suppressions x
      where x.person in (ltrim(r.to_number, '+'), w.wa_id))
    and not exists (select from permissions x
      where x.sender_id = $1 and x.person = coalesce(w.wa_id, ltrim(r.to_number, '+'))
        and not may_ask(x, c.include_granted, c.include_declined))
    and (c.quiet_from is null
      or quiet_until(r.zones, c.quiet_from, c.quiet_to, now_() + interval '10 s') is null)
), one_each as (
  select distinct on (person) id, n, person from wanted order by person, n
), reserved as (
  insert into pairs as p (sender_id, person, asked)
  select $1, person, array[now_()] from one_each order by person
  on conflict (sender_id, person) do update
  set asked = array(select a from unnest(p.asked) a where a > now_() - interval '7 days' order by a) || now_()
  where (select count(*) from unnest(p.asked) a where a > now_() - interval '24 hours') < $7
    and (select count(*) from unnest(p.asked) a where a > now_() - interval '7 days') < $8
  returning person
), placed as (
  select o.id, o.person, s.first + (again.n + row_number() over (order by o.n) - 1) * s.step as slot
  from one_each o join reserved using (person) cross join seats s cross join again
), claimed as (
  update requests r
  set state = 'sending', fence = r.fence + 1, attempts = r.attempts + 1, claimed_by = $4,
    claimed_at = clock_timestamp(), lease_until = p.slot + $6 * interval '1 ms',
    person = p.person, reserved_at = now_()
  from placed p, campaigns c
  where r.id = p.id and c.id = r.campaign_id
  returning r.id::text as request, r.feed, r.lane, r.fence, r.campaign_id, r.to_number, r.language,
    r.parameters, r.attempts, c.template, c.parameter_format, c.header_parameters, c.body_parameters,
    extract(epoch from p.slot) * 1000 as slot_ms, p.slot,
    case when r.not_after < 'infinity' then extract(epoch from r.not_after - now_()) * 1000 end as expires_ms
), spent as (
  update portfolios b set remaining = b.remaining - (select count(*) from claimed)
  from budget where b.id = budget.id
), ends as materialized (
  select seats.first + (again.n + m.n) * seats.step as next, again.n + m.n as given, seats.share, seats.clock,
    seats.own
  from (select count(*)::int as n from claimed) m, seats, again
), crew_now as materialized (
  select array_agg(id order by id) as ids, array_agg(until order by id) as untils, array_agg(slot order by id) as slots
  from (
    select * from crew where id <> $4
    union all
    select $4, greatest(clock + $5 * interval '1 ms', slot) + $14 * interval '1 ms', slot
    from (select clock, case when share is null then null when given > 0 then next else own end as slot from ends) e
  ) m
), moved as (
  update senders s
  set next_slot = case
      when e.given = 0 then s.next_slot
      when e.share is null or s.next_slot > e.clock + interval '10 s' then e.next
      else greatest(s.next_slot, e.next) end,
    shared_slot = case
      when e.share is null and e.given > 0 then e.next
      when s.shared_slot > e.clock + interval '10 s' then '-infinity' else s.shared_slot end,
    claimed_at = e.clock, crew = n.ids, crew_until = n.untils, crew_slots = n.slots
  from ends e, crew_now n
  where s.id = $1
)
select
  (select extract(epoch from clock) * 1000 from seats) as clock_ms,
  (select seats.free - again.n from seats, again) as free,
  (select n from again) as again,
  (select extract(epoch from first) * 1000 from seats) as first_slot_ms,
  (select extract(epoch from step) * 1000 from seats) as step_ms,
  (select share from seats) as share,
  (select rate_now from seats) as rate,
  (select extract(epoch from next) * 1000 from ends) as next_slot_ms,
  (select count(*) from seats) = 0 as closed,
  coalesce((select json_agg(row_to_json(c) order by c.slot_ms) from claimed c), '[]') as claimed
