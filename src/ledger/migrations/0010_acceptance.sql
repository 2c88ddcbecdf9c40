-- An acceptance settles `already-granted` too: a process that was suspended with Meta's answer in hand may bring it after
-- an operator's retry met 138017. The message of the first attempt is at the person, so its wamid belongs in the
-- ledger, whichever of the two answers came first. The permission that 138017 told of stays booked: it is the person's.

create or replace function guard_request() returns trigger language plpgsql as $$
declare
  word text := case when new.cause like '%.' || old.fence then split_part(new.cause, '.', 1) else '' end;
  lawful boolean := new.fence >= old.fence and case new.state
    when old.state then true
    when 'queued' then old.state = 'pending'
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

create or replace function record_outcomes(entries jsonb)
returns table (request text, fence integer, applied boolean, state text, campaign text, bounded boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  part jsonb;
begin
  perform from campaigns c
  where c.id in (
    select r.campaign_id from requests r
    where r.id = any(array(
      select (e->>'id')::bigint from jsonb_array_elements(entries) e
      where e->>'state' = 'pending' or e->>'outcome' = 'doubted')))
  order by c.id
  for no key update of c;
  -- By id alone: the planner, whose statistics are old while a list runs, else reads the whole campaign.
  perform from requests r
  where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e))
  order by r.id
  for no key update of r;

  -- Words on two claims of one row: an update would take either of them. Each is judged by what the one before it left.
  if (select count(distinct e->>'id') <> count(distinct (e->>'id', e->>'fence')) from jsonb_array_elements(entries) e) then
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

  return query
  with entry as materialized (
    select * from (
      select e.*, row_number() over (partition by e.id, e.fence order by i.n desc) as turn
      from jsonb_array_elements(entries) with ordinality as i(e, n)
      cross join lateral jsonb_to_record(i.e) as e(
        id bigint, fence int, epoch int, asked_number text, outcome text, state text, delay_ms float8, count_attempt boolean,
        give_back boolean, wamid text, message_status text, wa_id text, error_code int, error_message text,
        reason text, finding text, again_ms float8, raw text)) x
    where turn = 1
  ), judged as materialized (
    select e.*, r.sender_id, r.person, r.reserved_at, r.to_number, r.state as was, r.fence as newest, r.campaign_id,
      c.state as campaign_state, c.max_errors is not null or c.max_errors_percent is not null or c.streak_count > 0 as watched,
      coalesce(e.epoch, r.epoch) = r.epoch and case e.outcome
        when 'accepted' then e.fence > r.epoch_fence and e.fence <= r.fence
          and (r.state <> 'sending' or e.fence = r.fence)
          and (r.state <> 'accepted' or (r.wamid is null and e.wamid is not null))
        when 'refused' then e.fence = r.fence and r.state in ('sending', 'uncertain')
        when 'uncertain' then e.fence = r.fence and r.state = 'sending'
        when 'doubted' then e.fence = r.fence and r.state in ('sending', 'pending', 'queued', 'rejected')
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
    join requests r on r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number)
    join campaigns c on c.id = r.campaign_id
    where r.id = any(array(select id from entry))
  ), changed as materialized (
    -- One a pair, also where a batch holds the same person twice. An acceptance uses again what a check, an operator
    -- or a refusal had given back.
    select sender_id, person,
      coalesce(array_agg(row(id, fence, null)::ask) filter (where applies and give_back), '{}') as back,
      coalesce(array_agg(row(id, fence, coalesce(reserved_at, now_()))::ask) filter (where outcome in ('accepted', 'doubted')), '{}') as used
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
    select distinct on (sender_id, person) sender_id, person, 'permanent', now_(), 'refusal'
    from judged
    where applies and state = 'already-granted' and person is not null
    order by sender_id, person
    on conflict (sender_id, person) do update
    set status = 'permanent', expires_at = null, at = excluded.at, source = excluded.source
  ), applied as (
    update requests r
    set state = case when j.proves then r.state
        when j.state = 'pending' and j.campaign_state = 'cancelled' then 'cancelled' else j.state end,
      cause = case when j.state = 'pending' or j.outcome = 'doubted' then j.outcome || '.' || j.fence end,
      proof_fence = case when j.proves then j.fence else r.proof_fence end,
      due_at = case when j.state = 'pending' then now_() + coalesce(j.delay_ms, 0) * interval '1 ms' else r.due_at end,
      attempts = r.attempts - case when j.count_attempt is false then 1 else 0 end,
      lease_until = case when j.proves then r.lease_until end,
      wamid = coalesce(j.wamid, r.wamid),
      message_status = coalesce(j.message_status, r.message_status),
      wa_id = coalesce(j.wa_id, r.wa_id),
      accepted_at = case when j.state = 'accepted' then coalesce(r.accepted_at, now_()) else r.accepted_at end,
      error_code = case when j.state = 'accepted' then null
        when j.outcome in ('unsent', 'check', 'settled') then r.error_code else coalesce(j.error_code, r.error_code) end,
      error_message = case when j.state = 'accepted' then null else coalesce(j.error_message, r.error_message) end,
      reason = case when j.proves then r.reason
        when j.outcome in ('check', 'settled') and j.state <> 'accepted' then r.reason else j.reason end,
      finding = coalesce(j.finding, r.finding),
      uncertain_at = case when j.state <> 'uncertain' then null when j.outcome = 'check' then r.uncertain_at else now_() end,
      check_at = case when j.outcome = 'check' and j.state = 'uncertain' then now_() + j.again_ms * interval '1 ms'
        when j.state = 'uncertain' then now_() + coalesce(j.delay_ms, 0) * interval '1 ms' end
    from judged j
    where r.id = j.id and (j.applies or j.proves)
    returning r.id, j.fence, j.outcome, r.state, r.due_at, r.campaign_id
  ), reopened as (
    -- Somebody is to be asked after all: a campaign that was done is not.
    update campaigns c set state = 'running', ended_at = null
    where c.state = 'completed' and c.id in (
      select campaign_id from applied where state = 'pending' or (state = 'uncertain' and outcome = 'doubted'))
  ), kept as (
    insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid, retry_at, raw)
    select j.id, j.fence,
      case when j.outcome in ('check', 'settled') then j.outcome || ': ' || j.state else j.outcome end,
      a.id is not null and j.applies, j.error_code, coalesce(j.finding, j.error_message), j.wamid,
      case when a.state = 'pending' then a.due_at end, j.raw
    from judged j left join applied a on a.id = j.id and a.fence = j.fence
    where j.raw is not null or not j.applies or a.id is null
      or j.outcome not in ('accepted', 'streak') and not (j.outcome = 'unsent' and j.reason is null)
  )
  select j.id::text, j.fence, j.applies and a.id is not null, coalesce(a.state, j.was), j.campaign_id, j.watched
  from judged j left join applied a on a.id = j.id and a.fence = j.fence;

  -- The number belongs to another wa_id: from now on they are one person.
  perform learn_wa_id(l.to_number, l.wa_id) from (
    select distinct on (r.to_number) r.to_number, e.wa_id
    from jsonb_to_recordset(entries) as e(id bigint, asked_number text, wa_id text)
    join requests r on r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number)
    where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e where e->>'wa_id' is not null))
      and e.wa_id <> ltrim(r.to_number, '+')
      and not exists (select from wa_ids w where w.number = r.to_number and w.wa_id = e.wa_id)
    order by r.to_number) l;
end $$;

create or replace function apply_status(request_ bigint, fence_ integer, wamid_ text, status_ text, at_ timestamptz, wa_id_ text,
  code_ integer, message_ text)
returns table (request text, applied boolean, state text, delivery text, was text, news boolean, "senderId" text,
  template text, language text, person text) language plpgsql as $$
#variable_conflict use_column
declare
  r requests;
  now_is requests;
  attempt integer;
  mine boolean;
  concerns boolean;
  rank integer := case status_ when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 else 0 end;
  had integer;
begin
  -- Two statements: one with `or` reads the whole table once its plan is generic.
  if request_ is not null then
    select * into r from requests where id = request_ for no key update;
  else
    select * into r from requests where wamid = wamid_ order by id limit 1 for no key update;
  end if;
  if not found then return; end if;
  attempt := coalesce(fence_, r.fence);
  mine := attempt > r.epoch_fence and attempt <= r.fence;
  if mine and (r.state <> 'accepted' or r.wamid is null) then
    perform record_outcomes(jsonb_build_array(jsonb_build_object('id', r.id, 'fence', attempt, 'outcome', 'accepted',
      'state', 'accepted', 'give_back', false, 'wamid', wamid_, 'message_status', coalesce(r.message_status, 'accepted'),
      'wa_id', wa_id_)));
  end if;
  select * into now_is from requests where id = r.id;
  -- Of two attempts that Meta took, the delivery is that of the one whose wamid stands.
  concerns := mine and coalesce(now_is.wamid = wamid_, attempt = now_is.fence);
  had := case r.delivery when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 when 'failed' then 1 else 0 end;
  if concerns then
    update requests q
    set wamid = coalesce(q.wamid, wamid_), wa_id = coalesce(q.wa_id, wa_id_),
      delivery = case when status_ = 'failed' and had < 2 then 'failed' when rank > had then status_ else q.delivery end,
      delivered_at = case when status_ = 'delivered' then coalesce(q.delivered_at, at_) else q.delivered_at end,
      read_at = case when status_ = 'read' then coalesce(q.read_at, at_) else q.read_at end,
      failed_at = case when status_ = 'failed' and had < 2 then coalesce(q.failed_at, at_) else q.failed_at end,
      error_code = case when status_ = 'failed' and had < 2 then code_ when rank < 2 then q.error_code end,
      error_message = case when status_ = 'failed' and had < 2 then message_ when rank < 2 then q.error_message end
    where q.id = r.id
    returning q.* into now_is;
  end if;
  if not mine or r.state <> 'accepted' or status_ = 'failed' then
    insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid)
    values (r.id, attempt, 'status: ' || status_, mine and now_is.state <> 'sending', code_, message_, wamid_);
  end if;
  return query
  select r.id::text, mine and now_is.state = 'accepted', now_is.state, now_is.delivery, r.state, now_is.delivery is distinct from r.delivery,
    r.sender_id, c.template, r.language, coalesce(wa_id_, r.wa_id, ltrim(r.to_number, '+'))
  from campaigns c where c.id = r.campaign_id;
end $$;
