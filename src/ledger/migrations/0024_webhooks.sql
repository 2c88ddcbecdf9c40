-- Deliveries of webhooks: stored as they came before they are answered, applied afterwards by any process. A day is a
-- partition, so that old ones are dropped and never deleted.

create sequence webhook_numbers;

create table webhook_deliveries (
  day date not null,
  id bigint not null default nextval('webhook_numbers'),
  digest bytea not null,
  received_at timestamptz not null default clock_timestamp(),
  body text not null,
  primary key (day, id),
  -- In this order: whether one came within a week is asked of each day by a range of days.
  unique (digest, day)
) partition by range (day);

-- Those that are to be applied. Apart from their bodies, which are written once and never again: with the marks beside them a
-- delivery of one status was written three times, each time with all its indexes, at 110 us of processor instead of 40.
create table webhook_queue (
  id bigint primary key,
  day date not null,
  bytes integer not null,
  received_at timestamptz not null default clock_timestamp(),
  taken_until timestamptz,
  tries integer not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Parts that could not be read, until their delivery is dropped.
create table unread_parts (
  id bigint generated always as identity primary key,
  day date not null,
  delivery bigint not null,
  place text not null,
  why text not null,
  raw text not null,
  at timestamptz not null default clock_timestamp()
);
create index unread_parts_day on unread_parts (day);

-- What came, by field and kind; what was refused, ignored, foreign, unknown.
create table webhook_counts (
  about text not null,
  what text not null,
  sender_id text not null default '',
  n bigint not null,
  last_at timestamptz not null default clock_timestamp(),
  primary key (about, what, sender_id)
);

-- A partition for a day. By attaching it, so that deliveries come in meanwhile.
create function make_webhook_day(day_ date) returns void language plpgsql as $$
declare
  name constant text := 'webhook_deliveries_' || to_char(day_, 'YYYYMMDD');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('callpermit webhook day', 0));
  -- Read from the catalogue: what to_regclass remembers is as old as before the wait.
  perform from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'webhook_deliveries'::regclass and c.relname = name;
  if found then return; end if;
  execute format('create table %I (like webhook_deliveries including defaults including constraints)', name);
  execute format('alter table webhook_deliveries attach partition %I for values from (%L) to (%L)', name, day_, day_ + 1);
end $$;

-- Makes room for today and two days more.
create function make_webhook_days() returns void language plpgsql as $$
declare
  today constant date := (now_() at time zone 'UTC')::date;
begin
  for ahead in 0..2 loop perform make_webhook_day(today + ahead); end loop;
end $$;

-- Drops the oldest day that is older than so many; names it, or nothing where there is none or another process is at
-- it. One a transaction: whoever stores waits as long as this holds the table. What takes long goes before.
create function drop_webhook_day(days integer) returns text language plpgsql as $$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  old record;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit webhook drop', 0)) then return null; end if;
  select c.relname as name, to_date(right(c.relname, 8), 'YYYYMMDD') as day into old
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'webhook_deliveries'::regclass and to_date(right(c.relname, 8), 'YYYYMMDD') < today - days
  order by c.relname limit 1;
  if not found then return null; end if;
  delete from unread_parts where day = old.day;
  delete from webhook_queue where day = old.day;
  execute format('drop table if exists %I', old.name);
  return old.name;
end $$;

-- Stores deliveries; those that came within a week are not stored again: Meta repeats for seven days. Each is looked for
-- by the index of each of these days, whatever the planner knows of their sizes.
create function store_webhooks(digests bytea[], bodies text[]) returns integer language plpgsql as $$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  n integer;
begin
  for try in 1..2 loop
    begin
      with stored as (
        insert into webhook_deliveries (day, digest, body)
        select distinct on (d.digest) today, d.digest, d.body
        from unnest(digests, bodies) as d(digest, body)
        where (
          select w.id from webhook_deliveries w
          where w.day >= today - 7 and w.day < today and w.digest = d.digest limit 1) is null
        order by d.digest
        on conflict do nothing
        returning day, id, octet_length(body) as bytes)
      insert into webhook_queue (id, day, bytes) select s.id, s.day, s.bytes from stored s;
      get diagnostics n = row_count;
      return n;
    exception when check_violation then
      -- No partition: nobody has made this day yet.
      if try = 2 then raise; end if;
      perform make_webhook_day(today);
    end;
  end loop;
end $$;

-- Some deliveries to be applied, the oldest first, for so long.
create function take_webhooks(most integer, most_bytes bigint, lease_ms double precision, min_age_ms double precision)
returns table (id text, day text, body text, received_at timestamptz, tries integer) language plpgsql
-- A plan that knows neither how many are taken nor how large a day is would read all days whole.
set enable_hashjoin to off set enable_mergejoin to off set enable_seqscan to off as $$
#variable_conflict use_column
begin
  return query
  with free as materialized (
    select q.id, q.bytes from webhook_queue q
    where (q.taken_until is null or q.taken_until < clock_timestamp())
      and q.received_at <= clock_timestamp() - min_age_ms * interval '1 ms'
    order by q.id limit most for no key update skip locked
  ), few as (
    select f.id, coalesce(sum(f.bytes) over (order by f.id rows between unbounded preceding and 1 preceding), 0) as before
    from free f
  ), taken as (
    update webhook_queue q
    set taken_until = clock_timestamp() + lease_ms * interval '1 ms', tries = q.tries + 1
    from few where q.id = few.id and few.before < most_bytes
    returning q.id, q.day, q.tries
  )
  select d.id::text, d.day::text, d.body, d.received_at, t.tries
  from taken t join webhook_deliveries d on d.day = t.day and d.id = t.id
  order by d.id;
end $$;

-- Counts add up.
create function count_webhooks(counts jsonb) returns void language sql as $$
  insert into webhook_counts as k (about, what, sender_id, n)
  select e.about, e.what, e.sender_id, sum(e.n)
  from jsonb_to_recordset(counts) as e(about text, what text, sender_id text, n bigint)
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (about, what, sender_id) do update set n = k.n + excluded.n, last_at = clock_timestamp()
$$;

-- Deliveries are applied: once each, so that what came is counted once.
create function finish_webhooks(ids bigint[], unread jsonb, counts jsonb) returns integer language plpgsql
-- As in take_webhooks.
set enable_hashjoin to off set enable_mergejoin to off set enable_seqscan to off as $$
declare
  done bigint[];
begin
  with these as (delete from webhook_queue q where q.id = any(ids) returning q.id)
  select array_agg(t.id) into done from these t;
  if done is null then return 0; end if;
  insert into unread_parts (day, delivery, place, why, raw)
  select e.day, e.delivery, e.place, e.why, e.raw
  from jsonb_to_recordset(unread) as e(day date, delivery bigint, place text, why text, raw text)
  where e.delivery = any(done);
  -- A delivery that another process finished first was counted by it.
  if cardinality(done) = cardinality(ids) then perform count_webhooks(counts); end if;
  return cardinality(done);
end $$;

