-- What a record costs grows with what it records, and with nothing else. One of 34 outcomes took 10 ms of processor, a third
-- of it for reading the whole campaign, where the statistics of tables that fill are still those of empty ones.
--
-- As before, but each row is found by its id, results are not joined with what they came from, and campaigns are locked only
-- where one may be done no longer.
create or replace function record_outcomes(entries jsonb)
returns table (request text, fence integer, applied boolean, state text, campaign text, bounded boolean)
language plpgsql set enable_seqscan = off set jit = off as $$
#variable_conflict use_column
declare
  part jsonb;
  now constant timestamptz := now_();
  reopening bigint[];
  n integer;
  n_requests integer;
  n_claims integer;
  known bigint[];
  fences integer[];
  campaigns_of text[];
  watched_of boolean[];
begin
  select array_agg((e->>'id')::bigint) into reopening from jsonb_array_elements(entries) e
  where e->>'state' = 'pending' or e->>'outcome' = 'doubted';
  if reopening is not null then
    perform from campaigns c
    where c.id = any(array(select r.campaign_id from requests r where r.id = any(reopening)))
    order by c.id
    for no key update of c;
  end if;
  -- By id alone: the planner, whose statistics are old while a list runs, else reads the whole campaign.
  perform from requests r
  where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e))
  order by r.id
  for no key update of r;

  -- Words on two claims of one row: an update would take either of them. Each is judged by what the one before it left.
  select count(*), count(distinct e->>'id'), count(distinct (e->>'id', e->>'fence')) into n, n_requests, n_claims
  from jsonb_array_elements(entries) e;
  if n_requests <> n_claims then
    for part in
      select jsonb_agg(y.e order by y.n) from (
        select x.e, x.n, dense_rank() over (partition by x.e->>'id' order by x.last) as turn
        from (
          select i.e, i.n, max(i.n) over (partition by i.e->>'id', i.e->>'fence') as last
          from jsonb_array_elements(entries) with ordinality as i(e, n)) x) y
      group by y.turn order by y.turn
    loop
      return query select * from record_outcomes(part);
    end loop;
    return;
  end if;

  -- Most of all: Meta took what is being sent. What follows comes to the same, and is dearer (34 of them: 7.6 ms of processor, 5.9 by this).
  with entry as (
    select e.* from jsonb_to_recordset(entries) as e(
      id bigint, fence int, epoch int, asked_number text, outcome text, state text, count_attempt boolean, give_back boolean,
      wamid text, message_status text, wa_id text, reason text, finding text, raw text)
    where e.outcome = 'accepted' and e.state = 'accepted' and e.count_attempt is not false and e.give_back is not true
      and e.finding is null and e.raw is null and n = n_requests
  ), taken as (
    update requests r
    set state = 'accepted', cause = null, lease_until = null, uncertain_at = null, check_at = null,
      wamid = coalesce(e.wamid, r.wamid), message_status = coalesce(e.message_status, r.message_status),
      wa_id = coalesce(e.wa_id, r.wa_id), accepted_at = coalesce(r.accepted_at, now),
      error_code = null, error_message = null, reason = e.reason
    from entry e, campaigns c
    where r.id = e.id and r.state || '' = 'sending' and r.fence = e.fence and e.fence > r.epoch_fence
      and coalesce(e.epoch, r.epoch) = r.epoch and r.to_number = coalesce(e.asked_number, r.to_number)
      -- Or the planner begins with all rows of the campaign, which it takes for few.
      and c.id = r.campaign_id || ''
    returning r.id, r.fence, r.campaign_id,
      c.max_errors is not null or c.max_errors_percent is not null or c.streak_count > 0 as watched
  )
  select array_agg(t.id), array_agg(t.fence), array_agg(t.campaign_id), array_agg(t.watched)
  into known, fences, campaigns_of, watched_of from taken t;
  return query select x.id::text, x.fence, true, 'accepted', x.campaign, x.watched
    from unnest(known, fences, campaigns_of, watched_of) as x(id, fence, campaign, watched);

  if cardinality(known) is distinct from n then
    return query
    with entry as materialized (
      select * from (
        select e.*, row_number() over (partition by e.id, e.fence order by i.n desc) as turn
        from jsonb_array_elements(entries) with ordinality as i(e, n)
        cross join lateral jsonb_to_record(i.e) as e(
          id bigint, fence int, epoch int, asked_number text, outcome text, state text, delay_ms float8, count_attempt boolean,
          give_back boolean, wamid text, message_status text, wa_id text, error_code int, error_message text,
          reason text, finding text, again_ms float8, raw text)) x
      where turn = 1 and (known is null or id <> all(known))
    ), judged as materialized (
      select e.*, r.sender_id, r.person, r.reserved_at, r.to_number, r.state as was, r.fence as newest, r.campaign_id,
        c.state as campaign_state, c.max_errors is not null or c.max_errors_percent is not null or c.streak_count > 0 as watched,
        coalesce(e.epoch, r.epoch) = r.epoch and case e.outcome
          when 'accepted' then e.fence > r.epoch_fence and e.fence <= r.fence
            and (r.state <> 'sending' or e.fence = r.fence)
            and (r.state <> 'accepted' or (r.wamid is null and e.wamid is not null))
          when 'refused' then e.fence = r.fence and r.state in ('sending', 'uncertain')
          when 'uncertain' then e.fence = r.fence and r.state = 'sending'
          when 'doubted' then e.fence = r.fence and r.state not in ('uncertain', 'accepted')
          when 'unsent' then e.fence = r.fence
            and (r.state = 'sending' or (r.state = 'uncertain' and r.reason in ('lease-ended', 'interrupted')))
          when 'check' then e.fence = r.fence and r.state = 'uncertain'
          when 'settled' then e.fence = r.fence and r.state = 'uncertain'
          when 'streak' then e.fence = r.fence and r.state = 'rejected' and r.error_code = e.error_code and r.finding is null
          else false end as applies,
        e.outcome = 'accepted' and r.state = 'sending' and e.fence < r.fence and e.fence > r.epoch_fence
          and coalesce(e.epoch, r.epoch) = r.epoch as proves
      from entry e
      -- Whom it asked: in a ledger that was put back to an older state an id and a fence may be another's.
      cross join lateral (
        select r.* from requests r where r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number) offset 0) r
      join campaigns c on c.id = r.campaign_id
    ), changed as materialized (
      -- One a pair, also where a batch holds the same person twice. An acceptance uses again what a check, an operator
      -- or a refusal had given back.
      select sender_id, person,
        coalesce(array_agg(row(id, fence, null)::ask) filter (where applies and give_back), '{}') as back,
        coalesce(array_agg(row(id, fence, coalesce(reserved_at, now))::ask) filter (where outcome in ('accepted', 'doubted')), '{}') as used
      from judged
      where person is not null and ((applies and give_back)
        or ((applies or proves) and outcome in ('accepted', 'doubted') and (was not in ('sending', 'uncertain', 'accepted') or fence <> newest)))
      group by sender_id, person
    ), pair as materialized (
      select p.sender_id, p.person, p.asks, c.back, c.used
      from pairs p join changed c on c.sender_id = p.sender_id and c.person = p.person
      order by p.sender_id, p.person
      for no key update of p
    ), given_back as (
      update pairs p
      set asks = array(
        select a from (
          select a from unnest(p.asks) a
          where not exists (select from unnest(pair.back) b where b.request = a.request and b.fence = a.fence)
          union all
          select u from unnest(pair.used) u
          where not exists (select from unnest(p.asks) a where a.request = u.request and a.fence = u.fence)
        ) x(a) order by (a).at)
      from pair where p.sender_id = pair.sender_id and p.person = pair.person
    ), opted_out as (
      insert into suppressions (person, reason, source)
      select distinct on (p) p, 'Meta: ' || coalesce(error_message, error_code::text), 'meta'
      from judged, coalesce(wa_id, ltrim(to_number, '+')) p
      where applies and state = 'rejected' and reason = 'suppress'
      order by p
      on conflict do nothing
    ), granted as (
      -- 138017: a permanent permission that we were not told of.
      insert into permissions as p (sender_id, person, status, at, source)
      select distinct on (sender_id, person) sender_id, person, 'permanent', now, 'refusal'
      from judged
      where applies and state = 'already-granted' and person is not null
      order by sender_id, person
      on conflict (sender_id, person) do update
      set status = 'permanent', expires_at = null, at = excluded.at, source = excluded.source
    ), taken_back as (
      -- The permission that a refusal told of, which may have been somebody else's: nobody is phoned by it.
      delete from permissions p using judged j
      where j.applies and j.outcome = 'doubted' and p.sender_id = j.sender_id and p.person = j.person
        and p.source = 'refusal' and p.at >= j.reserved_at
    ), applied as (
      update requests r
      set state = case when j.proves then r.state
          when j.state = 'pending' and j.campaign_state = 'cancelled' then 'cancelled' else j.state end,
        cause = case when j.state = 'pending' or j.outcome = 'doubted' then j.outcome || '.' || j.fence end,
        proof_fence = case when j.proves then j.fence else r.proof_fence end,
        due_at = case when j.state = 'pending' then now + coalesce(j.delay_ms, 0) * interval '1 ms' else r.due_at end,
        attempts = r.attempts - case when j.count_attempt is false then 1 else 0 end,
        lease_until = case when j.proves then r.lease_until end,
        wamid = coalesce(j.wamid, r.wamid),
        message_status = coalesce(j.message_status, r.message_status),
        wa_id = coalesce(j.wa_id, r.wa_id),
        accepted_at = case when j.state = 'accepted' then coalesce(r.accepted_at, now) else r.accepted_at end,
        error_code = case when j.state = 'accepted' then null
          when j.outcome in ('unsent', 'check', 'settled') then r.error_code else coalesce(j.error_code, r.error_code) end,
        error_message = case when j.state = 'accepted' then null else coalesce(j.error_message, r.error_message) end,
        reason = case when j.proves then r.reason
          when j.state = 'pending' and j.campaign_state = 'cancelled' then coalesce(j.reason, 'cancelled')
          when j.outcome in ('check', 'settled') and j.state <> 'accepted' then r.reason else j.reason end,
        finding = coalesce(j.finding, r.finding),
        uncertain_at = case when j.state <> 'uncertain' then null when j.outcome = 'check' then r.uncertain_at else now end,
        check_at = case when j.outcome = 'check' and j.state = 'uncertain' then now + j.again_ms * interval '1 ms'
          when j.state = 'uncertain' then now + coalesce(j.delay_ms, 0) * interval '1 ms' end
      from judged j
      where r.id = j.id and (j.applies or j.proves)
      returning r.id, j.fence, j.outcome, r.state, r.due_at, r.campaign_id, j.applies, j.watched, j.state as to_state,
        j.reason as why, j.error_code as code, coalesce(j.finding, j.error_message) as detail, j.wamid as message, j.raw
    ), result as materialized (
      -- Each request is named once here. Not by a join: it takes the square of a batch, whose size no planner knows.
      select a.*, true as changed from applied a
      union all
      select j.id, j.fence, j.outcome, j.was, null, j.campaign_id, false, j.watched, j.state,
        j.reason, j.error_code, coalesce(j.finding, j.error_message), j.wamid, j.raw, false
      from judged j where j.id not in (select a.id from applied a)
    ), reopened as (
      -- Somebody is to be asked after all: a campaign that was done is not.
      update campaigns c set state = 'running', ended_at = null
      where c.state = 'completed' and c.id in (
        select campaign_id from applied where state = 'pending' or (state = 'uncertain' and outcome = 'doubted'))
    ), kept as (
      insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid, retry_at, raw)
      select k.id, k.fence,
        case when k.outcome in ('check', 'settled') then k.outcome || ': ' || k.to_state else k.outcome end,
        k.applies, k.code, k.detail, k.message, case when k.state = 'pending' and k.changed then k.due_at end, k.raw
      from result k
      where k.raw is not null or not k.applies or k.outcome not in ('accepted', 'streak') and not (k.outcome = 'unsent' and k.why is null)
    )
    select k.id::text, k.fence, k.applies, k.state, k.campaign_id, k.watched from result k;
  end if;

  -- The number belongs to another wa_id: from now on they are one person.
  if exists (select from jsonb_array_elements(entries) e where e->>'wa_id' <> coalesce(ltrim(e->>'asked_number', '+'), '')) then
    perform learn_wa_id(l.to_number, l.wa_id) from (
      select distinct on (r.to_number) r.to_number, e.wa_id
      from jsonb_to_recordset(entries) as e(id bigint, asked_number text, wa_id text)
      join requests r on r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number)
      where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e where e->>'wa_id' is not null))
        and e.wa_id <> ltrim(r.to_number, '+')
        and not exists (select from wa_ids w where w.number = r.to_number and w.wa_id = e.wa_id)
      order by r.to_number) l;
  end if;
end $$;

-- As before, but what was and what is are grouped: joined, each pair was compared with each.
create or replace function count_asked() returns trigger language plpgsql set jit = off as $$
begin
  if not exists (select from senders where portfolio is not null) then return null; end if;
  with changed as (
    select x.sender_id, x.person, max(x.before) as before, max(x.after) as after from (
      select o.sender_id, o.person, (o.asks[cardinality(o.asks)]).at as before, null::timestamptz as after from old_rows o
      union all
      select w.sender_id, w.person, null, (w.asks[cardinality(w.asks)]).at from new_rows w) x
    group by 1, 2
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
