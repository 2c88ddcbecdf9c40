-- People who were forgotten. Of their names a keyed hash stays, with what bars them: an opt-out, and of the last seven days
-- the asks, a decline, and a revocation by Meta; a revocation of their own for good. The key is no part of the ledger.

-- `generation` goes up with each person that is forgotten: a loader that looked before it writes nothing behind it. `proof`
-- tells another key from the right one; without it nobody was forgotten yet.
create table forgetting (
  only_row boolean primary key default true check (only_row),
  generation bigint not null default 0,
  proof bytea
);
insert into forgetting default values;

-- `asks`: times by sender. `noes`: what the person or Meta last said, where that bars for seven days.
create table forgotten (
  name_hash bytea primary key,
  at timestamptz not null default now_(),
  opted_out boolean not null,
  asks jsonb not null default '{}',
  noes jsonb not null default '[]'
);

alter table suppressions drop constraint suppressions_source_check;
alter table suppressions add constraint suppressions_source_check check (source in
  ('operator', 'import', 'meta', 'api', 'preference', 'typed', 'forgotten'));

-- What a person took back themselves bars until they or an operator say otherwise.
create function holds_on(status text, source text) returns boolean language sql immutable as $$
  select status = 'revoked' and source <> 'automatic'
$$;

-- Stands in front of what writes lines: nobody was forgotten since they were looked at, and nobody is meanwhile.
create function need_generation(generation_ bigint) returns void language plpgsql as $$
begin
  perform from forgetting where generation = generation_ for share;
  if not found then raise exception 'somebody was forgotten meanwhile' using errcode = 'CP002'; end if;
end $$;

-- People who were forgotten are on a list again: what bars them is written under their numbers, and holds as ever.
create function restore_forgotten(hashes bytea[], numbers text[]) returns integer language plpgsql as $$
declare
  f record;
  n integer := 0;
begin
  for f in
    with back as (
      delete from forgotten d where d.name_hash = any(hashes) returning d.*
    )
    select distinct on (b.name_hash) ltrim(l.number, '+') as name, b.opted_out, b.asks, b.noes
    from back b join unnest(hashes, numbers) as l(hash, number) on l.hash = b.name_hash
    order by b.name_hash, l.number
  loop
    n := n + 1;
    if f.opted_out then
      insert into suppressions (person, reason, source)
      values (f.name, 'They had opted out before they were forgotten.', 'forgotten')
      on conflict do nothing;
    end if;
    insert into pairs as p (sender_id, person, asks)
    select a.key, f.name, array(
      select row(null, null, t::timestamptz)::ask from jsonb_array_elements_text(a.value) t
      where t::timestamptz > now_() - interval '168 hours' order by t::timestamptz)
    from jsonb_each(f.asks) a order by a.key
    on conflict (sender_id, person) do update
    set asks = array(select x from unnest(p.asks || excluded.asks) x order by (x).at);
    perform book_word(w.sender_id, f.name, w.status, null, w.at, w.source, '')
    from jsonb_to_recordset(f.noes) as w(sender_id text, status text, source text, at timestamptz)
    where w.at > now_() - interval '168 hours' or holds_on(w.status, w.source) order by w.sender_id, w.at;
  end loop;
  return n;
end $$;

-- All names of a person, also those that only their requests know.
create function all_names_of(name text) returns text[] language plpgsql as $$
declare
  names text[] := names_of(name);
  more text[];
begin
  select array_agg(distinct x) into more
  from requests r cross join lateral unnest(array[r.user_id, r.wa_id, ltrim(r.to_number, '+')]) x
  where (ltrim(r.to_number, '+') = any(names) or r.wa_id = any(names) or r.user_id = any(names))
    and x <> all(names) and (person_of(x) = any(names) or (person_of(x) = x and not is_number(x)));
  if more is null then return names; end if;
  return array(select distinct s from unnest(more) m, unnest(names_of(m)) s union select n from unnest(names) n);
end $$;

-- The person's requests, locked; those that wait are skipped.
create function forget_waiting(names text[])
returns table (id bigint, campaign_id text, state text, skipped boolean) language plpgsql as $$
#variable_conflict use_column
declare
  ids bigint[];
begin
  select array_agg(r.id order by r.id) into ids from requests r
  where ltrim(r.to_number, '+') = any(names) or r.wa_id = any(names) or r.user_id = any(names) or r.person = any(names);
  perform from campaigns c where c.single and c.id = any(array(select r.campaign_id from requests r where r.id = any(ids)))
  order by c.id for no key update;
  perform from requests r where r.id = any(ids) order by r.id for update;
  return query
  with gone as (
    update requests r set state = 'skipped', reason = 'forgotten'
    where r.id = any(ids) and r.state in ('pending', 'queued') returning r.id
  )
  select r.id, r.campaign_id, case when g.id is null then r.state else 'skipped' end, g.id is not null
  from requests r left join gone g on g.id = r.id where r.id = any(ids) order by r.id;
end $$;

-- What of a person is to be looked for in texts beside their names.
create function ids_of_person(names text[], ids bigint[]) returns text[] language sql stable as $$
  select array_agg(distinct x) from (
    select unnest(array[r.wamid, r.answer_key]) as x from requests r where r.id = any(ids)
    union all
    select a.wamid from attempts a where a.request_id = any(ids)
    union all
    select unnest(array[e.key, e.context]) from permission_events e where e.person = any(names) or e.request_id = any(ids)
    union all
    select c.id from calls c where c.person = any(names)) k
  -- What Meta gives: all others are put together from what is looked for anyway.
  where k.x ~ '^(wamid|wacid)\.'
$$;

-- Keeps what bars a person, by the hashes of their names.
create function keep_forgotten(names text[], hashes bytea[]) returns boolean language plpgsql as $$
declare
  out_ constant boolean := exists (select from suppressions s where s.person = any(names));
begin
  insert into forgotten as f (name_hash, opted_out, asks, noes)
  select h, out_, coalesce((
    select jsonb_object_agg(k.sender_id, k.ats) from (
      select p.sender_id, jsonb_agg(to_jsonb(a.at) order by a.at) as ats
      from pairs p, unnest(p.asks) a
      where p.person = any(names) and a.at > now_() - interval '168 hours' group by 1) k), '{}'), coalesce((
    select jsonb_agg(jsonb_build_object('sender_id', p.sender_id, 'status', p.status, 'source', p.source, 'at', p.at))
    from permissions p
    where p.person = any(names) and p.status in ('declined', 'revoked')
      and (p.at > now_() - interval '168 hours' or holds_on(p.status, p.source))), '[]')
  from (select distinct unnest(hashes) as h) d order by h
  on conflict (name_hash) do update
  set at = excluded.at, opted_out = f.opted_out or excluded.opted_out, asks = f.asks || excluded.asks, noes = f.noes || excluded.noes;
  return exists (select from forgotten f where f.name_hash = any(hashes) and f.opted_out);
end $$;

-- A text without a person's names.
create function without_names(text_ text, names text[]) returns text language sql immutable as $$
  select regexp_replace(text_, '\m(' || array_to_string(array(select replace(n, '.', '\.') from unnest(names) n), '|') || ')\M', '***', 'g')
$$;

-- Erases a person from every table but those that hold what Meta sent as it came. What counts stays: states, times, answers.
create function erase_person(names text[], ids bigint[]) returns void language plpgsql as $$
declare
  alias constant text := 'forgotten ' || gen_random_uuid();
  numbers constant text[] := array(select n from unnest(names) n where is_number(n));
  words constant text[] := names || array(
    select r.reference from requests r join campaigns c on c.id = r.campaign_id
    where r.id = any(ids) and c.single and length(r.reference) > 3);
begin
  -- The hash of one line proves a number to whoever tries them all.
  update campaigns c set list_sha256 = null, body_sha256 = null
  where c.id = any(array(select r.campaign_id from requests r where r.id = any(ids)))
    and (c.single or not exists (select from requests r where r.campaign_id = c.id and r.id <> all(ids)));
  update campaigns c set
    name = case when exists (select from unnest(words) w where strpos(regexp_replace(c.name, '[ ()-]', '', 'g'), w) > 0) then null else c.name end,
    idempotency_key = case when exists (select from unnest(words) w where strpos(c.idempotency_key, w) > 0) then null else c.idempotency_key end,
    reason = without_names(c.reason::text, names)::jsonb
  where exists (select from unnest(words) w
    where strpos(regexp_replace(c.name, '[ ()-]', '', 'g'), w) > 0 or strpos(c.idempotency_key, w) > 0 or strpos(c.reason::text, w) > 0);
  update senders s set closed_reason = without_names(s.closed_reason::text, names)::jsonb, rate_reason = without_names(s.rate_reason, names)
  where exists (select from unnest(names) w where strpos(s.closed_reason::text, w) > 0 or strpos(s.rate_reason, w) > 0);
  update template_breakers t set closed_reason = without_names(t.closed_reason::text, names)::jsonb
  where exists (select from unnest(names) w where strpos(t.closed_reason::text, w) > 0);
  update account_news a set detail = without_names(a.detail, names)
  where exists (select from unnest(names) w where strpos(a.detail, w) > 0);

  delete from permission_events e where e.person = any(names) or e.request_id = any(ids);
  delete from permissions p where p.person = any(names);
  delete from permission_checks c where c.person = any(names);
  delete from calls c where c.person = any(names);
  delete from preferences p where p.person = any(names);
  delete from suppressions s where s.person = any(names);
  delete from wa_ids w where ltrim(w.number, '+') = any(names) or w.wa_id = any(names);
  delete from name_changes c where c.before = any(names) or c.after = any(names);

  update attempts a set detail = null, wamid = null, raw = null where a.request_id = any(ids);
  update requests r
  set to_number = '', reference = null, parameters = '{}', wa_id = null, user_id = null, wamid = null, person = null,
    error_message = null, finding = null, delivery_errors = null, zones = null, answer_key = null, check_at = null
  where r.id = any(ids);
  -- The value as it stood in the list: with blanks, or without the country's code.
  update refused_lines l set value = null, message = without_names(l.message, names)
  from (select k.campaign_id, k.row, ltrim(regexp_replace(k.value, '\D', '', 'g'), '0') as digits from refused_lines k
    where k.value is not null) v
  where l.campaign_id = v.campaign_id and l.row = v.row
    and (exists (select from unnest(numbers) n where strpos(v.digits, n) > 0 or (length(v.digits) >= 7 and right(n, length(v.digits)) = v.digits))
      or l.value = any(names));

  -- Who was asked of late counts in the daily budget, under a name that says nothing.
  delete from pairs p where p.person = any(names) and not exists (select from unnest(p.asks) a where a.at > now_() - interval '168 hours');
  update pairs p set person = case when k.n = 1 then alias else alias || ' ' || k.n end, last_request = null,
    asks = array(select row(null, null, a.at)::ask from unnest(p.asks) a order by a.at)
  from (select q.sender_id, q.person, row_number() over (partition by q.sender_id order by q.person) as n
    from pairs q where q.person = any(names)) k
  where p.sender_id = k.sender_id and p.person = k.person;
end $$;

-- Nothing that comes later brings a name back to a request that has none, and none of them is asked.
create function keep_nameless() returns trigger language plpgsql as $$
begin
  if new.state <> old.state and new.state in ('pending', 'queued', 'sending') then return null; end if;
  new.to_number := ''; new.reference := null; new.parameters := '{}'; new.wa_id := null; new.user_id := null; new.wamid := null;
  new.person := null; new.error_message := null; new.finding := null; new.delivery_errors := null; new.answer_key := null;
  new.check_at := null;
  return new;
end $$;
create trigger requests_nameless before update on requests for each row when (old.to_number = '') execute function keep_nameless();

create function keep_attempt_nameless() returns trigger language plpgsql as $$
begin
  if exists (select from requests r where r.id = new.request_id and r.to_number = '') then
    new.detail := null; new.wamid := null; new.raw := null;
  end if;
  return new;
end $$;
create trigger attempts_nameless before insert on attempts for each row
  when (new.detail is not null or new.wamid is not null or new.raw is not null) execute function keep_attempt_nameless();

create or replace function learn_wa_id(number_ text, wa_id_ text) returns void language plpgsql as $$
declare
  root text;
begin
  if ltrim(number_, '+') in ('', wa_id_) then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  root := person_of(wa_id_);
  if root = ltrim(number_, '+') then return; end if;
  insert into wa_ids as w (number, wa_id) values (number_, root)
  on conflict (number) do update set wa_id = excluded.wa_id where w.wa_id <> excluded.wa_id;
  update wa_ids set wa_id = root
  where wa_id = ltrim(number_, '+') and ltrim(number, '+') <> root;
end $$;

-- Two people without a name are no doubles.
create or replace function doubles_of(campaign_ text, most_ integer) returns table (id bigint, earlier integer)
language plpgsql set enable_nestloop = off set jit = off set work_mem = '64MB' as $$
declare
  numbers text[];
  rows_ integer[];
begin
  select array_agg(n.number), array_agg(n.row) into numbers, rows_ from (
    select spelled_number(r.to_number) as number, min(r.row) as row
    from requests r where r.campaign_id = campaign_ and r.double_of is null and r.to_number <> ''
    group by 1 having count(*) > 1 limit most_) n;
  if numbers is null then return; end if;
  return query
  select r.id, f.row from unnest(numbers, rows_) as f(number, row)
  join requests r on spelled_number(r.to_number) = f.number
  where r.campaign_id = campaign_ and r.double_of is null and r.row > f.row
  limit most_;
end $$;
