-- Events out: what changed here, told to whoever subscribed to it.
--
-- Statement and row triggers write an event in the transaction of the change, whoever makes it. What they write is one row of
-- `new_events`, and only while somebody wants events of the type: `event_wants` is one row that they look at first.
-- Afterwards one process at a time moves rows to `events`, which is the log, in the order that they are told in (`relay_events`).
--
-- Order. A number drawn within a transaction is not the order of commits: a row with a lower one may come into sight later.
-- So nobody reads on from such a number. `seq` is drawn by the trigger while its statement holds the changed rows: of two
-- changes of a row, or of one that was committed before another began, the earlier has the lower `seq`. Whoever sees the
-- later one sees the earlier one, too, and the mover takes what it sees by `seq`. It gives each row its place, `pos`, under
-- a lock that it holds until its commit: places come into sight in their order and without gaps, so that a reader can
-- go on behind the last one it saw. No transaction that is open for long holds anything up, as it would with a horizon of
-- transaction numbers.

create table event_wants (
  only_row boolean primary key default true check (only_row),
  types text[] not null default '{}',
  until timestamptz not null default '-infinity'
);
insert into event_wants default values;

create table event_clock (
  only_row boolean primary key default true check (only_row),
  last_pos bigint not null default 0
);
insert into event_clock default values;

-- Written by whoever makes a change; moved within a second where somebody is at work.
create table new_events (
  seq bigint generated always as identity primary key,
  type text not null,
  at timestamptz not null,
  person text,
  campaign_id text,
  request_id bigint,
  word_sender text,
  word_key text,
  data jsonb not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The log. A day is a partition, so that old ones are dropped and never deleted.
create table events (
  pos bigint not null,
  day date not null,
  id text not null,
  type text not null,
  at timestamptz not null,
  subject text not null,
  person text,
  campaign_id text,
  request_id bigint,
  data jsonb not null,
  primary key (pos, day)
) partition by range (day);

-- Who is told. `http` was made by people; `settings` (EVENTS_URL) and `queue` (EVENTS_QUEUE) are renewed by the processes that
-- have the setting, and `stream` by those at which somebody reads a stream. Of a secret there is only a proof of the key that
-- it is made from.
create table event_subscriptions (
  id text primary key,
  kind text not null check (kind in ('http', 'settings', 'queue', 'stream')),
  url text,
  types text[],
  key_proof bytea,
  created_at timestamptz not null default now_(),
  until timestamptz not null default 'infinity',
  disabled_at timestamptz,
  disabled_why text,
  removed_at timestamptz,
  failures integer not null default 0,
  hold_until timestamptz,
  last_ok_at timestamptz,
  last_error text,
  last_error_at timestamptz
);

-- What is still to be told to whom. `next_at` is null while an earlier one of the same subject waits (`lane`): of each, one
-- is under way. Told ones go; dead ones stay until their day is dropped.
create table event_deliveries (
  subscription_id text not null references event_subscriptions (id),
  pos bigint not null,
  day date not null,
  lane text not null,
  next_at timestamptz,
  tries integer not null default 0,
  first_tried_at timestamptz,
  taken_by text,
  taken_until timestamptz,
  dead_at timestamptz,
  error text,
  primary key (subscription_id, pos)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index event_deliveries_due on event_deliveries (subscription_id, next_at, pos) where next_at is not null;
create index event_deliveries_lane on event_deliveries (subscription_id, lane, pos) where dead_at is null;

-- For which end of a permission it was told that it comes.
alter table permissions add column expiring_told timestamptz;
create index permissions_expiring on permissions (expires_at)
  where status = 'temporary' and expiring_told is distinct from expires_at;

create function event_types() returns text[] language sql immutable as $$
  select array['request.accepted', 'request.rejected', 'request.uncertain', 'request.settled', 'request.delivered', 'request.read',
    'request.failed', 'permission.granted', 'permission.declined', 'permission.revoked', 'permission.expiring',
    'campaign.started', 'campaign.paused', 'campaign.completed', 'campaign.cancelled', 'template.changed', 'sender.paused',
    'sender.resumed']
$$;

-- Follows the subscriptions. An update only where something changed: each change of a request reads this row.
-- Behind the lock, so that of two that come together the second sees the first.
create function refresh_event_wants() returns void language plpgsql as $$
begin
  perform from event_wants for update;
  update event_wants w set types = n.types, until = n.until
  from (
    select coalesce((select array_agg(distinct t order by t) from event_subscriptions s, unnest(coalesce(s.types, event_types())) t
        where s.disabled_at is null and s.removed_at is null and s.until > clock_timestamp()), '{}') as types,
      coalesce((select max(s.until) from event_subscriptions s where s.disabled_at is null and s.removed_at is null), '-infinity') as until
  ) n
  where w.only_row and (w.types, w.until) is distinct from (n.types, n.until);
end $$;

-- In the transaction of the subscription: whoever sees it is told of each change from then on.
create function subscriptions_changed() returns trigger language plpgsql as $$
begin
  perform refresh_event_wants();
  return null;
end $$;
create trigger subscriptions_changed
after insert or delete or update of types, until, disabled_at, removed_at on event_subscriptions
for each statement execute function subscriptions_changed();

-- A second trigger with the same rows as `count_requests`: what it adds to each statement on requests is one call and the
-- look at `event_wants`. Measured by the processor time of one backend for the four statements of a message in batches of 34 (queued,
-- sending, accepted, delivered; Postgres 18 on a machine with a load of 45, so only the proportions hold): 100 without this
-- trigger, 96 to 110 while nobody subscribes, 120 with `request.accepted` wanted, 118 with all types (two events). To move an
-- event costs a fifth of a message again, in other processes. Hash joins: a plan that was made for one row would take the square of a batch.
create function keep_request_events() returns trigger language plpgsql set jit = off set enable_nestloop = off set enable_mergejoin = off as $$
declare
  wanted text[];
begin
  select w.types into wanted from event_wants w where w.only_row and w.until > clock_timestamp()
    and w.types && '{request.accepted,request.rejected,request.uncertain,request.settled,request.delivered,request.read,request.failed}';
  if wanted is null then return null; end if;
  insert into new_events (type, at, person, campaign_id, request_id, data)
  select k.type, k.at, coalesce(k.person, k.wa_id, ltrim(k.to_number, '+')), k.campaign_id, k.id,
    jsonb_build_object('row', k.row, 'reference', k.reference, 'to', k.to_number, 'userId', k.user_id, 'senderId', k.sender_id,
      'wamid', k.wamid, 'state', k.state, 'code', k.error_code, 'message', k.error_message, 'reason', k.reason)
  from (
    select w.*, now_() as at, case w.state
        when 'accepted' then 'request.accepted' when 'rejected' then 'request.rejected' when 'uncertain' then 'request.uncertain'
        else 'request.settled' end as type
    from new_rows w join old_rows o on o.id = w.id
    where w.state <> o.state
      and w.state in ('accepted', 'rejected', 'uncertain', 'already-granted', 'skipped', 'expired', 'cancelled')
    union all
    select w.*, coalesce(case w.delivery when 'delivered' then w.delivered_at when 'read' then w.read_at else w.failed_at end, now_()),
      'request.' || w.delivery
    from new_rows w join old_rows o on o.id = w.id
    where w.delivery is distinct from o.delivery and w.delivery in ('delivered', 'read', 'failed')) k
  -- Of somebody who was forgotten nothing is told.
  where k.type = any(wanted) and k.to_number <> '';
  return null;
end $$;
create trigger requests_events after update on requests
  referencing old table as old_rows new table as new_rows for each statement execute function keep_request_events();

-- The last word on a permission is another one. Which request it answers, and by which names the person goes, is looked up as
-- it is moved. Not told is a word that goes to another name of the same person.
create function keep_permission_event() returns trigger language plpgsql as $$
declare
  type_ constant text := case when new.status in ('temporary', 'permanent') then 'permission.granted' else 'permission.' || new.status end;
  until_ constant timestamptz := case when new.status = 'temporary' then coalesce(new.expires_at, new.at + interval '168 hours') end;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and type_ = any(w.types))
  then return null; end if;
  if current_setting('callpermit.carried', true) = new.person then return null; end if;
  -- Meta was asked and said what was known.
  if tg_op = 'UPDATE' and new.source = 'query' and old.status = new.status and (new.status <> 'temporary'
    or until_ - coalesce(old.expires_at, old.at + interval '168 hours') between interval '-1 minute' and interval '1 minute')
  then return null; end if;
  insert into new_events (type, at, person, word_sender, word_key, data)
  values (type_, new.at, new.person, new.sender_id, new.key, jsonb_build_object(
    'senderId', new.sender_id, 'state', new.status, 'until', until_, 'reason', new.source));
  return null;
end $$;
create trigger permissions_events_new after insert on permissions for each row
  when (new.status in ('temporary', 'permanent', 'declined', 'revoked')) execute function keep_permission_event();
create trigger permissions_events_changed after update of status, expires_at, at, source, key on permissions for each row
  when (new.status in ('temporary', 'permanent', 'declined', 'revoked')
    and (old.status, old.expires_at, old.at, old.source, old.key) is distinct from (new.status, new.expires_at, new.at, new.source, new.key))
  execute function keep_permission_event();

-- As in 0025, and permissions that change their owner are no news.
create or replace function carry_over(from_ text, to_ text, until_ timestamptz) returns void language plpgsql as $$
begin
  if from_ = to_ then return; end if;
  update permission_events set person = to_ where person = from_ and at <= until_;
  insert into permissions as p (sender_id, person, status, at, source, cut_at)
  select o.sender_id, to_, 'none', '-infinity', 'number-change', o.cut_at from permissions o
  where o.person = from_ and o.cut_at > '-infinity' and o.cut_at <= until_
  order by o.sender_id
  on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
  delete from permissions where person = from_;
  perform set_config('callpermit.carried', from_, true);
  perform rebook(from_);
  perform set_config('callpermit.carried', to_, true);
  perform rebook(to_);
  perform set_config('callpermit.carried', '', true);
  insert into suppressions (person, reason, source, added_at)
  select to_, s.reason, s.source, s.added_at from suppressions s where s.person = from_
  on conflict do nothing;
  insert into preferences as p (person, category, value, at)
  select to_, o.category, o.value, o.at from preferences o where o.person = from_ and o.at <= until_ order by o.category
  on conflict (person, category) do update set value = excluded.value, at = excluded.at
  where (p.at, p.value = 'stop') < (excluded.at, excluded.value = 'stop');
  delete from preferences where person = from_ and at <= until_;
  perform keep_preference(to_);
  update calls set person = to_ where person = from_ and at <= until_;
  insert into permission_checks (sender_id, person, due_at, why)
  select c.sender_id, to_, c.due_at, c.why from permission_checks c where c.person = from_ order by c.sender_id
  on conflict do nothing;
  delete from permission_checks where person = from_;
  perform reset_pair(k.sender_id, to_, k.at) from (
    select c.sender_id, max(c.at) as at from calls c where c.person = to_ and c.is_connected group by 1) k;
end $$;

-- Temporary permissions that end within a day, each once.
create function tell_expiring(most integer) returns integer language plpgsql as $$
declare
  now constant timestamptz := now_();
  n integer;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and 'permission.expiring' = any(w.types))
  then return 0; end if;
  with due as (
    select p.sender_id, p.person from permissions p
    where p.status = 'temporary' and p.expiring_told is distinct from p.expires_at
      and p.expires_at > now and p.expires_at <= now + interval '24 hours'
    order by p.sender_id, p.person limit most for no key update skip locked
  ), told as (
    update permissions p set expiring_told = p.expires_at
    from due d where p.sender_id = d.sender_id and p.person = d.person
    returning p.*
  )
  insert into new_events (type, at, person, word_sender, word_key, data)
  select 'permission.expiring', now, t.person, t.sender_id, t.key, jsonb_build_object(
    'senderId', t.sender_id, 'state', t.status, 'until', t.expires_at, 'reason', t.source)
  from told t;
  get diagnostics n = row_count;
  return n;
end $$;

-- Of single requests their own events tell; that they stand in the ledger as a campaign is nobody's business.
create function keep_campaign_event() returns trigger language plpgsql as $$
declare
  type_ constant text := 'campaign.' || case new.state when 'running' then 'started' else new.state end;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and type_ = any(w.types))
  then return null; end if;
  insert into new_events (type, at, campaign_id, data)
  values (type_, now_(), new.id, jsonb_build_object('name', new.name, 'state', new.state, 'was', old.state,
    'senderIds', new.sender_ids, 'template', new.template, 'language', new.language, 'reason', new.reason));
  return null;
end $$;
create trigger campaigns_events after update of state on campaigns for each row
  when (old.state is distinct from new.state and not new.single and new.state in ('running', 'paused', 'completed', 'cancelled'))
  execute function keep_campaign_event();

create function keep_template_event() returns trigger language plpgsql as $$
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and 'template.changed' = any(w.types))
  then return null; end if;
  insert into new_events (type, at, data)
  values ('template.changed', new.at, jsonb_build_object('accountId', new.account, 'templateId', new.template_id, 'template', new.name,
    'language', new.language, 'what', new.what, 'value', new.value, 'reason', new.detail));
  return null;
end $$;
create trigger template_news_events_new after insert on template_news for each row execute function keep_template_event();
create trigger template_news_events_changed after update on template_news for each row
  when ((old.value, old.detail) is distinct from (new.value, new.detail)) execute function keep_template_event();

-- We stop to ask by a template, or begin again.
create function keep_breaker_event() returns trigger language plpgsql as $$
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and 'template.changed' = any(w.types))
  then return null; end if;
  insert into new_events (type, at, data)
  values ('template.changed', now_(), jsonb_build_object('accountId', new.account, 'templateId', null, 'template', new.name,
    'language', new.language, 'what', 'sending', 'value', case when new.closed_at is null then 'resumed' else 'paused' end,
    'reason', case when new.closed_at is not null then new.closed_reason->>'message' end));
  return null;
end $$;
create trigger template_breakers_events_new after insert on template_breakers for each row
  when (new.closed_at is not null) execute function keep_breaker_event();
create trigger template_breakers_events_changed after update of closed_at on template_breakers for each row
  when ((old.closed_at is null) <> (new.closed_at is null)) execute function keep_breaker_event();

-- Each claim writes the row of a sender: by `of closed_at` its statement fires nothing.
create function keep_sender_event() returns trigger language plpgsql as $$
declare
  type_ constant text := case when new.closed_at is null then 'sender.resumed' else 'sender.paused' end;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and type_ = any(w.types))
  then return null; end if;
  insert into new_events (type, at, data)
  values (type_, now_(), jsonb_build_object('senderId', new.id, 'accountId', new.account,
    'code', case when new.closed_at is not null then new.closed_reason->'code' end,
    'reason', case when new.closed_at is not null then new.closed_reason->>'message' end,
    'until', case when new.closed_at is not null then new.probe_at end));
  return null;
end $$;
create trigger senders_events after update of closed_at on senders for each row
  when ((old.closed_at is null) <> (new.closed_at is null)) execute function keep_sender_event();

-- A partition for a day, as of `make_webhook_day`.
create function make_event_day(day_ date) returns void language plpgsql as $$
declare
  name constant text := 'events_' || to_char(day_, 'YYYYMMDD');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('callpermit event day', 0));
  perform from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'events'::regclass and c.relname = name;
  if found then return; end if;
  execute format('create table %I (like events including defaults including constraints)', name);
  execute format('alter table events attach partition %I for values from (%L) to (%L)', name, day_, day_ + 1);
end $$;

-- Drops the oldest day that is older than so many, as `drop_webhook_day` does. What waits of it goes with it.
create function drop_event_day(days integer) returns text language plpgsql as $$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  old record;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit event drop', 0)) then return null; end if;
  select c.relname as name, to_date(right(c.relname, 8), 'YYYYMMDD') as day into old
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'events'::regclass and to_date(right(c.relname, 8), 'YYYYMMDD') < today - days
  order by c.relname limit 1;
  if not found then return null; end if;
  delete from event_deliveries where day = old.day;
  -- Followers of what is gone have their turn.
  update event_deliveries d set next_at = now_()
  where d.next_at is null and d.dead_at is null and d.taken_by is null
    and d.pos = (select min(x.pos) from event_deliveries x
      where x.subscription_id = d.subscription_id and x.lane = d.lane and x.dead_at is null);
  execute format('drop table if exists %I', old.name);
  return old.name;
end $$;

-- Moves new events to the log and says whom they are to be told; gives how many, -1 where another process is at it.
create function relay_events(most integer) returns integer language plpgsql set jit = off as $$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  base bigint;
  n integer;
begin
  if not exists (select from new_events) then return 0; end if;
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit events', 0)) then return -1; end if;
  perform make_event_day(today);
  -- Whoever finishes a delivery holds this row, too: else what comes now could wait behind one that has just gone.
  perform from event_subscriptions s where s.kind <> 'stream' order by s.id for no key update;
  select c.last_pos into base from event_clock c where c.only_row for update;
  with gone as (
    delete from new_events e where e.seq = any(array(select x.seq from new_events x order by x.seq limit most)) returning e.*
  ), told as (
    select base + row_number() over (order by g.seq) as pos, g.type, g.at, coalesce(g.campaign_id, r.campaign_id) as campaign_id,
      coalesce(g.request_id, r.id) as request_id, person_of(g.person) as person,
      c.single, case when g.word_key is null then g.data || case when g.request_id is null then '{}' else
        jsonb_build_object('campaignId', case when c.single then null else g.campaign_id end, 'requestId', case when c.single then g.campaign_id end,
          'row', case when not c.single then g.data->'row' end) end
      else g.data || jsonb_build_object(
        'to', case when nullif(r.to_number, '') is not null then r.to_number when is_number(g.person) then '+' || g.person end,
        'userId', coalesce(r.user_id, case when not is_number(g.person) then g.person end),
        'reference', r.reference, 'campaignId', case when not c.single then r.campaign_id end, 'requestId', case when c.single then r.campaign_id end,
        'row', case when not c.single then r.row end) end as data
    from gone g
    left join permission_events w on w.sender_id = g.word_sender and w.key = g.word_key
    left join requests r on r.id = w.request_id and r.to_number <> ''
    left join campaigns c on c.id = coalesce(g.campaign_id, r.campaign_id)
  ), kept as (
    insert into events (pos, day, id, type, at, subject, person, campaign_id, request_id, data)
    select t.pos, today, 'evt_' || t.pos || '_' || substr(md5(random()::text || t.pos), 1, 8), t.type, t.at,
      case split_part(t.type, '.', 1) when 'campaign' then 'campaign ' || t.campaign_id
        when 'template' then 'template ' || coalesce(t.data->>'template', t.data->>'templateId', '')
        when 'sender' then 'sender ' || (t.data->>'senderId') else 'person ' || t.person end,
      t.person, t.campaign_id, t.request_id,
      case when t.type like 'campaign.%' then t.data || jsonb_build_object('campaignId', t.campaign_id) else t.data end
    from told t
    returning pos, type, subject
  ), counted as (
    update event_clock set last_pos = (select max(pos) from kept) where only_row and exists (select from kept)
  ), queued as (
    insert into event_deliveries (subscription_id, pos, day, lane, next_at)
    select s.id, k.pos, today, case when s.kind = 'queue' then '' else k.subject end,
      case when s.kind = 'queue' or (
        row_number() over (partition by s.id, k.subject order by k.pos) = 1 and not exists (
          select from event_deliveries d where d.subscription_id = s.id and d.lane = k.subject and d.dead_at is null)) then now_() end
    from kept k join event_subscriptions s on s.kind <> 'stream' and s.disabled_at is null and s.removed_at is null
      and (s.types is null or k.type = any(s.types))
  )
  select count(*) into n from kept;
  return n;
end $$;

-- Some events to be told, for so long. Where nothing gets through, one after the other is tried.
create function take_events(subscription text, claim text, most integer, lease_ms double precision)
returns table (pos bigint, tries integer, id text, type text, at timestamptz, data jsonb) language plpgsql
set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
declare
  now constant timestamptz := now_();
  s event_subscriptions;
begin
  select * into s from event_subscriptions x
  where x.id = subscription and x.disabled_at is null and x.removed_at is null for no key update;
  if s.id is null or s.hold_until > now then return; end if;
  return query
  with due as (
    select d.pos from event_deliveries d
    where d.subscription_id = subscription and d.next_at <= now
    order by d.next_at, d.pos limit case when s.failures >= 10 then 1 else most end for update skip locked
  ), taken as (
    update event_deliveries d
    set next_at = now + lease_ms * interval '1 ms', taken_by = claim, taken_until = clock_timestamp() + lease_ms * interval '1 ms',
      tries = d.tries + 1, first_tried_at = coalesce(d.first_tried_at, now)
    from due where d.subscription_id = subscription and d.pos = due.pos
    returning d.pos, d.day, d.tries
  )
  select t.pos, t.tries, e.id, e.type, e.at, e.data
  from taken t left join events e on e.pos = t.pos and e.day = t.day
  order by t.pos;
  -- Jobs are added in their order, by one process at a time; and where nothing gets through, one is tried and no more.
  if found and (s.kind = 'queue' or s.failures >= 10) then
    update event_subscriptions x set hold_until = now + lease_ms * interval '1 ms' where x.id = subscription;
  end if;
end $$;

-- What became of those that were taken by a claim. `results` [{ pos, end: ok | later | back | dead, delay_ms, error }].
-- `give_up_ms` after the first try one is dead, and the next of its subject has its turn; null: never.
create function finish_events(subscription text, claim text, results jsonb, give_up_ms double precision) returns integer language plpgsql
set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  now constant timestamptz := now_();
  lanes text[];
  n integer;
  oks integer;
  bads integer;
  why text;
begin
  perform from event_subscriptions x where x.id = subscription for no key update;
  with r as materialized (
    select r.pos, r."end", r.error, coalesce(r.delay_ms, 0) * interval '1 ms' as after
    from jsonb_to_recordset(results) as r(pos bigint, "end" text, delay_ms double precision, error text)
  ), told as (
    delete from event_deliveries d using r
    where d.subscription_id = subscription and d.pos = r.pos and d.taken_by = claim and r."end" = 'ok' returning d.lane
  ), failed as (
    update event_deliveries d
    set taken_by = null, taken_until = null, tries = d.tries - case when r."end" = 'back' then 1 else 0 end,
      error = coalesce(r.error, d.error),
      dead_at = case when r."end" = 'dead' or (r."end" = 'later' and d.first_tried_at + give_up_ms * interval '1 ms' < now + r.after)
        then now end,
      next_at = case when r."end" = 'dead' or (r."end" = 'later' and d.first_tried_at + give_up_ms * interval '1 ms' < now + r.after)
        then null else now + r.after end
    from r
    where d.subscription_id = subscription and d.pos = r.pos and d.taken_by = claim and r."end" <> 'ok'
    returning d.lane, d.dead_at
  )
  select array_agg(distinct l.lane) filter (where l.lane <> ''), count(*) into lanes, n
  from (select t.lane from told t union all select f.lane from failed f where f.dead_at is not null) l;
  select count(*) filter (where r."end" in ('later', 'dead')), count(*) filter (where r."end" = 'ok'), max(r.error)
  into bads, oks, why from jsonb_to_recordset(results) as r("end" text, error text);
  update event_deliveries d set next_at = now
  from (
    select min(x.pos) as pos from unnest(lanes) l(lane)
    join event_deliveries x on x.subscription_id = subscription and x.lane = l.lane and x.dead_at is null group by l.lane) f
  where d.subscription_id = subscription and d.pos = f.pos and d.next_at is null;
  update event_subscriptions x
  set failures = case when oks > 0 then 0 else x.failures + bads end,
    hold_until = case when oks > 0 or x.failures + bads < 10 then null
      else now + least(1000 * 2 ^ least(x.failures + bads - 10, 10), 30000) * interval '1 ms' end,
    last_ok_at = case when oks > 0 then now else x.last_ok_at end,
    last_error = case when bads > 0 then why else x.last_error end,
    last_error_at = case when bads > 0 then now else x.last_error_at end
  where x.id = subscription and (x.kind = 'queue' or bads > 0 or (oks > 0 and (x.failures > 0 or x.last_ok_at is null or x.last_ok_at < now - interval '1 minute')));
  return coalesce(n, 0);
end $$;

-- Clears away what belongs to subscriptions that ended, some rows at a time; gives how many.
create function tidy_events(most integer) returns integer language plpgsql as $$
declare
  n integer;
  m integer;
begin
  update event_subscriptions s set removed_at = now_()
  where s.removed_at is null and s.until < clock_timestamp();
  delete from event_deliveries d using (
    select x.subscription_id, x.pos from event_deliveries x
    where x.subscription_id in (select s.id from event_subscriptions s where s.removed_at is not null) limit most) g
  where d.subscription_id = g.subscription_id and d.pos = g.pos;
  get diagnostics n = row_count;
  update event_deliveries d set dead_at = now_(), next_at = null, error = coalesce(g.why, 'disabled')
  from (
    select x.subscription_id, x.pos, s.disabled_why as why from event_subscriptions s
    join event_deliveries x on x.subscription_id = s.id and x.dead_at is null
    where s.disabled_at is not null and s.removed_at is null limit most) g
  where d.subscription_id = g.subscription_id and d.pos = g.pos;
  get diagnostics m = row_count;
  delete from event_subscriptions s
  where s.removed_at is not null and not exists (select from event_deliveries d where d.subscription_id = s.id);
  perform refresh_event_wants();
  return n + m;
end $$;

-- Tells again what the log has behind a place, some of it: from `after_` on, in the order of their places. Dead ones have
-- another day. Gives the last place that was looked at, null where there is nothing more.
create function replay_events(subscription text, since_ timestamptz, types_ text[], after_ bigint, most integer, out last bigint, out n integer)
language plpgsql set jit = off as $$
declare
  s event_subscriptions;
begin
  n := 0;
  select * into s from event_subscriptions x
  where x.id = subscription and x.disabled_at is null and x.removed_at is null and x.kind <> 'stream' for no key update;
  if s.id is null then return; end if;
  with found as materialized (
    select e.pos, e.day, e.type, e.subject, e.at from events e
    where e.pos > after_ and e.day >= (since_ at time zone 'UTC')::date - 1 order by e.pos limit most
  ), wanted as materialized (
    select f.* from found f
    where f.at >= since_ and (types_ is null or f.type = any(types_)) and (s.types is null or f.type = any(s.types))
  ), again as (
    insert into event_deliveries as d (subscription_id, pos, day, lane, next_at)
    select subscription, w.pos, w.day, case when s.kind = 'queue' then '' else w.subject end,
      case when s.kind = 'queue' or (row_number() over (partition by w.subject order by w.pos) = 1 and not exists (
        select from event_deliveries x where x.subscription_id = subscription and x.lane = w.subject and x.dead_at is null)) then now_() end
    from wanted w
    on conflict (subscription_id, pos) do update
    set dead_at = null, tries = 0, first_tried_at = null, error = null, next_at = excluded.next_at
    where d.dead_at is not null
    returning 1)
  select (select max(f.pos) from found f), (select count(*) from again) into last, n;
end $$;

-- Whether something of a person's is being told; nobody takes it meanwhile.
create function events_being_told(names text[], ids bigint[]) returns boolean language plpgsql as $$
declare
  told timestamptz[];
begin
  select array_agg(k.taken_until) into told from (
    select d.taken_until from event_deliveries d
    where d.pos in (select e.pos from events e where e.person = any(names) or e.request_id = any(ids))
    order by d.subscription_id, d.pos for update) k;
  return exists (select from unnest(told) t where t > clock_timestamp());
end $$;

-- Erases a person's events, told or not, and their names from what tells of others. Nobody moves events meanwhile: what is on
-- its way from one table to the other would be seen in neither.
create function erase_events(names text[], ids bigint[]) returns void language plpgsql as $$
begin
  delete from new_events e where e.person = any(names) or e.request_id = any(ids);
  delete from event_deliveries d using events e
  where e.pos = d.pos and (e.person = any(names) or e.request_id = any(ids));
  delete from events e where e.person = any(names) or e.request_id = any(ids);
  update new_events e set data = without_names(e.data::text, names)::jsonb
  where exists (select from unnest(names) w where strpos(e.data::text, w) > 0);
  update events e set data = without_names(e.data::text, names)::jsonb
  where exists (select from unnest(names) w where strpos(e.data::text, w) > 0);
end $$;
