-- Who is behind a name, by all that was told and in whatever order: what is told of names is kept as it came, and persons are
-- put together from it anew (`settle`) whenever something is added that may change them.
--
-- A number is a person's for a time: it is cut wherever somebody leaves it or comes to it. A user id is one person's for ever.
-- So a word belongs to whoever had its name at its time (`name_spans`). This costs only persons of whom more is known than a
-- number and ids told beside it; all others stand in `wa_ids` alone, and are moved here once more is told.

alter table name_changes
  add column what text not null default 'number' check (what in ('number', 'user-id')),
  -- Of the message that told it; none: before this was kept.
  add column key text;
update name_changes c set what = 'user-id'
where not exists (select from name_changes d where d.after = c.after and d.at = c.at and d.before ~ '^[0-9]')
  and not exists (select from permission_events e where e.source = 'number-change' and e.at = c.at);

-- Names told together, as of the first time.
create table name_links (
  a text not null,
  b text not null,
  at timestamptz not null,
  primary key (a, b)
);
create index name_links_b on name_links (b);

-- From when a name is whose: `root` is the name that stands for the person. `is_left`: somebody left it then. `is_held`: who
-- has it since was heard of; until then it leads to who left it.
create table name_spans (
  name text not null,
  since timestamptz not null,
  root text not null,
  is_left boolean not null default false,
  is_held boolean not null default true,
  primary key (name, since)
);
create index name_spans_root on name_spans (root);

-- The name that was told, where it is another than the one that stood for the person then.
alter table permission_events add column name text;
alter table calls add column name text;
-- Each setting, not the last alone: whose it is may be learned later.
alter table preferences add column name text;
update preferences set name = person;
alter table preferences alter column name set not null;
alter table preferences drop constraint preferences_pkey;
alter table preferences add primary key (name, category, at, value);
create index preferences_person on preferences (person);

-- Opt-outs that people wrote themselves, with the name and the time: the list has them under who had the name then.
create table written_stops (
  name text not null,
  at timestamptz not null,
  reason text,
  added_at timestamptz not null default now_(),
  primary key (name, at)
);
insert into written_stops (name, at, reason, added_at)
select s.person, s.added_at, s.reason, s.added_at from suppressions s where s.source = 'typed';

-- The name that stood for the person of a name at a time.
create or replace function owner_of(name text, at_ timestamptz) returns text language plpgsql as $$
declare
  root_ text;
begin
  select s.root into root_ from name_spans s where s.name = owner_of.name and s.since <= at_ order by s.since desc limit 1;
  return coalesce(root_, person_of(name));
end $$;

-- What `wa_ids` alone knows of some names, before more is told of them: kept as it was told.
create function keep_links(names_ text[]) returns void language plpgsql as $$
declare
  roots text[] := array(select distinct person_of(n) from unnest(names_) n
    where (select true from name_spans s where s.name = n limit 1) is null);
begin
  insert into name_links as l (a, b, at)
  select ltrim(w.number, '+'), w.wa_id, w.at from wa_ids w
  where w.wa_id = any(roots) and (select true from name_spans s where s.name = ltrim(w.number, '+') limit 1) is null
  on conflict (a, b) do update set at = least(l.at, excluded.at);
end $$;

-- What some persons allow and what follows from it, by all words that are theirs.
create function book_persons(roots text[]) returns void language plpgsql as $$
declare
  names constant text[] := array(select distinct s.name from name_spans s where s.root = any(roots) union select unnest(roots));
begin
  -- Another number ends permissions, whichever senders they are for.
  insert into permission_events (sender_id, key, person, name, status, source, at)
  select distinct on (k.sender_id, c.key) k.sender_id, c.key, c.root, c.after, 'none', 'number-change', c.at
  from (
    select d.key, d.after, d.at, owner_of(d.after, d.at) as root from name_changes d
    where d.after = any(names) and d.what = 'number' and d.key is not null) c
  join (
    select e.person, e.sender_id from permission_events e where e.person = any(roots) and e.source <> 'number-change'
    union
    select s.root, q.id from name_spans s cross join senders q
    where s.root = any(roots) and (select true from pairs p where p.sender_id = q.id and p.person = s.name limit 1)) k on k.person = c.root
  where c.root = any(roots)
  order by k.sender_id, c.key, c.at
  on conflict do nothing;

  insert into permissions as p (sender_id, person, status, expires_at, at, source, key, cut_at)
  select k.sender_id, k.person, coalesce(w.status, 'none'), w.expires_at, coalesce(w.at, '-infinity'), coalesce(w.source, k.source),
    coalesce(w.key, ''), coalesce(k.cut, '-infinity')
  from (
    select e.sender_id, e.person, max(e.at) filter (where e.status = 'none') as cut,
      (array_agg(e.source order by e.at desc, e.key) filter (where e.status = 'none'))[1] as source
    from permission_events e where e.person = any(roots) group by 1, 2) k
  left join lateral (
    select e.* from permission_events e
    where e.person = k.person and e.sender_id = k.sender_id and e.status <> 'none'
    order by e.at desc, word_rank(e.status) desc, e.key desc limit 1) w on true
  order by 1, 2
  on conflict (sender_id, person) do update
  set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source, key = excluded.key,
    cut_at = excluded.cut_at
  where (p.status, p.expires_at, p.at, p.source, p.key, p.cut_at)
    is distinct from (excluded.status, excluded.expires_at, excluded.at, excluded.source, excluded.key, excluded.cut_at);

  -- Once, for each other number.
  perform want_check(p.sender_id, p.person, 'another number') from permissions p
  where p.person = any(roots) and p.status in ('temporary', 'permanent') and p.at <= p.cut_at and not exists (
    select from permission_events e
    where e.person = p.person and e.sender_id = p.sender_id and e.source = 'query' and e.at >= p.cut_at)
  order by p.sender_id, p.person;
end $$;

-- Persons behind some names and all that are told beside them, put together anew.
create function settle(seeds text[], said text default null) returns void language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  names text[] := seeds;
  told jsonb;
  more text[];
  -- Numbers that are another one written otherwise, and that one.
  aliases jsonb := '{}';
  moves jsonb;
  c record;
  one text;
  two text;
  roots text[];
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  loop
    more := array(
      select d.before from name_changes d where d.after = any(names)
      union select d.after from name_changes d where d.before = any(names)
      union select l.a from name_links l where l.b = any(names)
      union select l.b from name_links l where l.a = any(names));
    exit when more <@ names;
    names := array(select unnest(names) union select unnest(more));
  end loop;
  for c in select l.a, l.b from name_links l where l.a = any(names) and is_number(l.a) and is_number(l.b) order by l.at, l.a, l.b loop
    one := coalesce(aliases->>c.a, c.a);
    two := coalesce(aliases->>c.b, c.b);
    if one <> two then
      aliases := (select coalesce(jsonb_object_agg(key, case when value = one then two else value end), '{}') from jsonb_each_text(aliases))
        || jsonb_build_object(one, two);
    end if;
  end loop;

  -- The same change told again, of a second later, is no other one.
  select coalesce(jsonb_agg(distinct jsonb_build_object('before', coalesce(aliases->>d.before, d.before),
    'after', coalesce(aliases->>d.after, d.after), 'at', d.at, 'what', d.what)), '[]') into moves
  from name_changes d
  where (d.before = any(names) or d.after = any(names)) and not exists (
    select from name_changes p
    where p.before = d.before and p.after = d.after and p.what = d.what and p.at < d.at and not exists (
      select from name_changes q
      where q.what = 'number' and (q.after = d.before or q.before = d.after) and q.at > p.at and q.at <= d.at
        and (q.before, q.after) <> (d.before, d.after)))
    -- Nor does somebody leave a number that another has come to before, by a user id that says so: they left it then.
    and not (d.what = 'number' and is_number(d.before) and exists (
      select from (
        select max(q.at) filter (where q.after = d.before) as at, max(q.at) filter (where q.before = d.before) as left_at
        from name_changes q where d.before in (q.after, q.before) and q.what = 'number' and q.at < d.at) v
      where v.at >= coalesce(v.left_at, '-infinity')
        and exists (select from name_links l where l.b = d.before and l.at = v.at and not is_number(l.a))
        and exists (select from name_changes s where s.after = d.after and s.at = d.at and not is_number(s.before))
        and not exists (
          select from name_changes s join name_links l on l.a = s.before and l.b = d.before and l.at >= v.at and l.at < d.at
          where s.after = d.after and s.at = d.at)));

  -- Spans, each a person of its own at first.
  delete from name_spans s where s.name = any(names);
  insert into name_spans (name, since, root, is_left)
  select k.name, k.since, k.name || ' ' || k.since, bool_and(k.is_left)
  from (
    select n as name, '-infinity'::timestamptz as since, false as is_left from unnest(names) n where not aliases ? n
    union all
    select m.before, m.at, true from jsonb_to_recordset(moves) as m(before text, at timestamptz, what text)
    where m.what = 'number' and is_number(m.before)
    union all
    select m.after, m.at, false from jsonb_to_recordset(moves) as m(after text, at timestamptz, what text)
    where m.what = 'number' and is_number(m.after)) k
  group by 1, 2;

  -- One person: who left a name and who came to another; and whom names are told of together.
  for c in
    select m.before as a, m.after as b, m.at, is_number(m.before) and m.what = 'number' as is_left
    from jsonb_to_recordset(moves) as m(before text, after text, at timestamptz, what text)
    union all
    select l.a, coalesce(aliases->>l.b, l.b), l.at, false from name_links l
    where l.a = any(names) and not (is_number(l.a) and is_number(l.b))
      and not coalesce((select s.is_left from name_spans s
        where s.name = coalesce(aliases->>l.b, l.b) and s.since <= l.at order by s.since desc limit 1), false)
    order by 3, 1, 2
  loop
    select s.root into one from name_spans s
    where s.name = c.a and (s.since < c.at or s.since = '-infinity' or (not c.is_left and s.since = c.at)) order by s.since desc limit 1;
    select s.root into two from name_spans s where s.name = c.b and s.since <= c.at order by s.since desc limit 1;
    if one <> two then update name_spans s set root = two where s.root = one; end if;
  end loop;
  -- Of a number that was left: whoever left it, or another name, says nothing of who has it now, as a late status of an old
  -- message does.
  for c in
    select l.a, s.name as b, s.since, l.at from name_links l
    cross join lateral (
      select v.* from name_spans v where v.name = coalesce(aliases->>l.b, l.b) and v.since <= l.at order by v.since desc limit 1) s
    where l.a = any(names) and not (is_number(l.a) and is_number(l.b)) and s.is_left
    order by 4, 1, 2
  loop
    select s.root into one from name_spans s where s.name = c.a order by s.since limit 1;
    continue when exists (select from name_changes d where d.before = c.a)
      or exists (select from name_spans s where s.name = c.b and s.since < c.since and s.root = one);
    select s.root into two from name_spans s where s.name = c.b and s.since = c.since;
    if one <> two then update name_spans s set root = two where s.root = one; end if;
  end loop;

  -- Who has a number that was left is heard of by another name, or by a word.
  update name_spans s set is_held = false
  where s.name = any(names) and s.is_left
    and not exists (select from name_spans v where v.name = s.name and v.since > s.since)
    and not exists (select from name_spans v where v.root = s.root and v.name <> s.name)
    and not exists (select from permission_events e
      where e.person = any(names) and coalesce(e.name, e.person) = s.name and e.at >= s.since and e.status <> 'none')
    and not exists (select from calls k where k.person = any(names) and coalesce(k.name, k.person) = s.name and k.at >= s.since)
    and not exists (select from preferences p where p.name = s.name and p.at >= s.since)
    and not exists (select from written_stops p where p.name = s.name and p.at >= s.since);

  -- Of whom no name of now is known is taken for who came to their number: what they allowed ends with that, a no stays.
  for i in 1 .. 100 loop
    select v.root, w.root into one, two
    from (
      select s.root, (array_agg(s.name order by s.since desc, s.name))[1] as name, max(s.since) as since
      from name_spans s where s.name = any(names) group by 1
      having not bool_or(not is_number(s.name) or (s.is_held
        and not exists (select from name_spans t where t.name = s.name and t.since > s.since)))) v
    cross join lateral (
      select t.root from name_spans t where t.name = v.name and t.since > v.since and t.root <> v.root order by t.since limit 1) w
    order by v.name, v.since limit 1;
    exit when not found;
    update name_spans s set root = two where s.root = one;
  end loop;

  -- The name that stands for each: the number of now, else a user id.
  update name_spans s set root = k.name
  from (
    select distinct on (v.root) v.root, v.name from name_spans v
    where v.name = any(names)
    order by v.root, is_number(v.name) and v.is_held and not exists (select from name_spans t where t.name = v.name and t.since > v.since) desc,
      is_number(v.name), exists (select from name_changes d where d.before = v.name), v.name desc) k
  where s.root = k.root and s.name = any(names);
  update name_spans s set root = (
    select v.root from name_spans v where v.name = s.name and v.since < s.since order by v.since desc limit 1)
  where s.name = any(names) and not s.is_held;
  insert into name_spans (name, since, root, is_left, is_held)
  select a.key, s.since, s.root, s.is_left, s.is_held from jsonb_each_text(aliases) a join name_spans s on s.name = a.value
  on conflict do nothing;

  -- Whose each name is now, for all that ask without a time.
  delete from wa_ids w using (
    select distinct on (s.name) s.name, s.root from name_spans s where s.name = any(names) order by s.name, s.since desc) k
  where w.number = '+' || k.name and k.root = k.name;
  insert into wa_ids as w (number, wa_id, at)
  select '+' || k.name, k.root, coalesce((select min(l.at) from name_links l where l.a = k.name), '-infinity')
  from (
    select distinct on (s.name) s.name, s.root from name_spans s where s.name = any(names) order by s.name, s.since desc) k
  where k.root <> k.name order by k.name
  on conflict (number) do update set wa_id = excluded.wa_id, at = excluded.at
  where (w.wa_id, w.at) is distinct from (excluded.wa_id, excluded.at);

  -- What was said and done is theirs whose the name was then.
  roots := array(select distinct s.root from name_spans s where s.name = any(names));
  select jsonb_agg(jsonb_build_object('sender', p.sender_id, 'key', p.key, 'at', p.expiring_told)) into told
  from permissions p where p.person = any(names) and p.expiring_told is not null;
  perform set_config('callpermit.settled', 'but ' || coalesce(said, ''), true);
  delete from permission_events e
  where e.person = any(names) and e.source = 'number-change' and exists (
    select from name_changes d where d.key is not null and d.at = e.at and (d.after = any(names)));
  update permission_events e set name = coalesce(e.name, e.person), person = owner_of(coalesce(e.name, e.person), e.at)
  where e.person = any(names) and e.person <> owner_of(coalesce(e.name, e.person), e.at);
  perform book_persons(roots);
  delete from permissions p
  where p.person = any(names)
    and not exists (select from permission_events e where e.person = p.person and e.sender_id = p.sender_id);
  update permissions p set expiring_told = t.at
  from jsonb_to_recordset(told) as t(sender text, key text, at timestamptz)
  where p.person = any(roots) and p.sender_id = t.sender and p.key = t.key and p.expires_at = t.at;
  update calls k set name = coalesce(k.name, k.person), person = owner_of(coalesce(k.name, k.person), k.at)
  where k.person = any(names) and k.person <> owner_of(coalesce(k.name, k.person), k.at);
  perform reset_pair(k.sender_id, k.person, k.at) from (
    select d.sender_id, d.person, max(d.at) as at from calls d where d.person = any(roots) and d.is_connected
    group by 1, 2 order by 1, 2) k;
  insert into permission_checks (sender_id, person, due_at, why)
  select k.sender_id, person_of(k.person), k.due_at, k.why from permission_checks k
  where k.person = any(names) and person_of(k.person) <> k.person order by 1, 2
  on conflict do nothing;
  delete from permission_checks k where k.person = any(names) and person_of(k.person) <> k.person;
  update preferences p set person = owner_of(p.name, p.at) where p.person = any(names) and p.person <> owner_of(p.name, p.at);
  perform settle_stops(names);
  perform set_config('callpermit.settled', '', true);
end $$;

-- As in 0031. While persons are put together from what was told before, no word is news but the one that it is done for.
create or replace function keep_permission_event() returns trigger language plpgsql as $$
declare
  type_ constant text := case when new.status in ('temporary', 'permanent') then 'permission.granted' else 'permission.' || new.status end;
  until_ constant timestamptz := case when new.status = 'temporary' then coalesce(new.expires_at, new.at + interval '168 hours') end;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and type_ = any(w.types))
  then return null; end if;
  if coalesce(current_setting('callpermit.settled', true), '') not in ('', 'but ' || new.key) then return null; end if;
  -- Meta was asked and said what was known.
  if tg_op = 'UPDATE' and new.source = 'query' and old.status = new.status and (new.status <> 'temporary'
    or until_ - coalesce(old.expires_at, old.at + interval '168 hours') between interval '-1 minute' and interval '1 minute')
  then return null; end if;
  insert into new_events (type, at, person, word_sender, word_key, data)
  values (type_, new.at, new.person, new.sender_id, new.key, jsonb_build_object(
    'senderId', new.sender_id, 'state', new.status, 'until', until_, 'reason', new.source));
  return null;
end $$;

-- The opt-out list of some persons. What stands there by their own doing is read from what they said. What others put there is of
-- a name: it holds for the name, and for whoever had it then or up to a week before, since so late may Meta tell that they left.
create function settle_stops(names text[]) returns void language plpgsql as $$
begin
  delete from suppressions s where s.person = any(names) and s.source in ('preference', 'typed');
  perform keep_preference(k.root)
  from (select distinct s.root from name_spans s where s.name = any(names) order by 1) k;
  insert into suppressions (person, reason, source, added_at)
  select distinct on (k.root) k.root, s.reason, s.source, s.added_at
  from suppressions s
  join (
    select v.name, v.root, v.since, lead(v.since) over (partition by v.name order by v.since) as until
    from name_spans v where v.name = any(names)) k
    on k.name = s.person and k.since <= s.added_at and coalesce(k.until, 'infinity') > s.added_at - interval '7 days'
  where s.person = any(names) and s.source not in ('preference', 'typed') and k.root <> s.person
  order by k.root, s.person
  on conflict (person) do update set reason = excluded.reason, source = excluded.source, added_at = excluded.added_at
  where suppressions.source = 'preference' and excluded.source <> 'meta';
  insert into suppressions (person, reason, source, added_at)
  select distinct on (k.root) k.root, k.reason, 'typed', k.added_at
  from (
    select owner_of(w.name, w.at) as root, w.reason, w.at, w.name, w.added_at from written_stops w where w.name = any(names)) k
  order by k.root, k.at, k.name
  on conflict (person) do update set reason = excluded.reason, source = excluded.source, added_at = excluded.added_at
  where suppressions.source = 'preference';
end $$;

create function settle_written() returns trigger language plpgsql as $$
begin
  if exists (select from name_spans s where s.name = new.name) then perform settle(array[new.name]); end if;
  return null;
end $$;
create trigger written_stops_settled after insert on written_stops for each row execute function settle_written();

-- Of an older program, which keeps no opt-out of its own words beside the list: the list is read from these.
create function keep_written() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('callpermit.settled', true), '') = ''
    and not exists (select from written_stops w where w.name = any(names_of(new.person)))
  then
    insert into written_stops (name, at, reason, added_at) values (new.person, new.added_at, new.reason, new.added_at)
    on conflict do nothing;
  end if;
  return null;
end $$;
create trigger suppressions_written after insert on suppressions for each row
  when (new.source = 'typed') execute function keep_written();

-- An opt-out that a person's settings made stands as long as one of them says so.
create or replace function keep_preference(person_ text) returns void language plpgsql as $$
declare
  stopped timestamptz;
  resumed timestamptz;
begin
  select max(p.at) filter (where p.value = 'stop'), max(p.at) filter (where p.value = 'resume') into stopped, resumed
  from (
    select distinct on (q.category) q.at, q.value from preferences q where q.person = person_
    order by q.category, q.at desc, q.value = 'stop' desc) p;
  if stopped is not null then
    insert into suppressions (person, reason, source, added_at)
    values (person_, 'Meta: they stopped marketing messages', 'preference', stopped)
    on conflict do nothing;
  elsif resumed is not null then
    -- Meta's own refusal (131050) says the same as a stop.
    delete from suppressions s where s.person = any(names_of(person_))
      and (s.source = 'preference' or (s.source = 'meta' and s.added_at <= resumed));
  end if;
end $$;

-- What a person set for a business's marketing messages; by the last of Meta's time, at equal times a stop.
create or replace function set_preference(person_ text, category_ text, value_ text, at_ timestamptz) returns void language plpgsql as $$
declare
  mine constant text := owner_of(person_, at_);
begin
  insert into preferences (name, person, category, value, at) values (person_, mine, category_, value_, at_) on conflict do nothing;
  if not found then return; end if;
  if exists (select from name_spans s where s.name = person_) then perform settle(array[person_]);
  else perform keep_preference(mine); end if;
end $$;

-- Names told together: most are known, or of somebody of whom nothing is known yet. One at a time: who leads where is read and
-- then written, and of two who do so at once one would undo what the other has learned.
create or replace function learn_names(entries jsonb) returns integer language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  pair record;
  n integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  insert into wa_ids (number, wa_id, at)
  select '+' || e.a, min(e.b), min(e.at) from jsonb_to_recordset(entries) as e(a text, b text, at timestamptz)
  where is_number(e.b) and not is_number(e.a)
    and not exists (select from wa_ids w where w.number = '+' || e.a)
    and not exists (select from wa_ids w where w.wa_id = e.a)
    and not exists (select from wa_ids w where w.number = '+' || e.b)
    and not exists (select from name_spans s where s.name in (e.a, e.b))
    and not exists (select from permissions p where p.person = e.a)
    and not exists (select from suppressions s where s.person = e.a)
    and not exists (select from calls c where c.person = e.a)
    and not exists (select from preferences p where p.person = e.a)
  group by e.a having count(distinct e.b) = 1 order by e.a
  on conflict do nothing;
  get diagnostics n = row_count;
  for pair in
    -- One look each: as joins, all names were read where no statistics are.
    select d.a, d.b, min(d.at) as at from jsonb_to_recordset(entries) as d(a text, b text, at timestamptz)
    left join lateral (select w.wa_id, w.at from wa_ids w where w.number = '+' || d.a limit 1) u on true
    left join lateral (select k.at from name_links k where k.a = d.a and k.b = d.b limit 1) l on true
    where d.a <> d.b and coalesce(l.at > d.at, true)
      and (u.wa_id is distinct from d.b or u.at > d.at or exists (select from name_spans s where s.name in (d.a, d.b)))
    group by d.a, d.b order by 3, 1, 2
  loop
    if exists (select from wa_ids w where w.number = '+' || pair.a and w.wa_id = pair.b)
      and not exists (select from name_spans s where s.name in (pair.a, pair.b))
    then
      update wa_ids w set at = least(w.at, pair.at) where w.number = '+' || pair.a;
      continue;
    end if;
    perform keep_links(array[pair.a, pair.b]);
    insert into name_links as l (a, b, at) values (pair.a, pair.b, pair.at)
    on conflict (a, b) do update set at = least(l.at, excluded.at);
    perform settle(array[pair.a, pair.b]);
    n := n + 1;
  end loop;
  return n;
end $$;

-- A person has another number, or another user id, from a time on. Opt-outs, words and asks go along; a permission does not
-- survive another number, and Meta is asked.
create or replace function change_names(key_ text, what text, befores text[], afters text[], at_ timestamptz)
returns boolean language plpgsql as $$
declare
  new_name text := (array(select a from unnest(afters) a order by not is_number(a), a))[1];
  n integer;
  m integer;
begin
  if new_name is null or cardinality(befores) = 0 then return false; end if;
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  perform keep_links(befores || afters);
  insert into name_changes as c (before, after, at, what, key)
  select b, new_name, at_, change_names.what, key_ from unnest(befores) b where b <> new_name order by b
  -- The same one told to two of ours.
  on conflict (before, after, at) do update set key = least(c.key, excluded.key), what = least(c.what, excluded.what)
  where excluded.key < c.key or excluded.what < c.what;
  get diagnostics n = row_count;
  insert into name_links as l (a, b, at)
  select a, new_name, at_ from unnest(afters) a where a <> new_name order by a
  on conflict (a, b) do update set at = excluded.at where l.at > excluded.at;
  get diagnostics m = row_count;
  if n + m = 0 then return false; end if;
  perform settle(befores || afters);
  return true;
end $$;

-- What is told of names by who holds rows of requests. Whoever puts persons together may take long, and a sender that
-- waited for it would send nothing meanwhile, and lose its claims: where somebody is at it, it is left for later.
create table names_to_learn (
  id bigint generated always as identity primary key,
  a text not null,
  b text not null,
  -- None: a number that Meta writes otherwise.
  at timestamptz
);

-- Whether it is the caller's turn to learn, which lasts until their transaction ends; else what they were told is left.
create function take_turn_or_leave(entries jsonb) returns boolean language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('callpermit names', 0)) then return true; end if;
  insert into names_to_learn (a, b, at)
  select e.a, e.b, e.at from jsonb_to_recordset(entries) as e(a text, b text, at timestamptz);
  return false;
end $$;

-- Learns what was left, some of it; gives how many.
create function learn_left_names(most integer) returns integer language plpgsql as $$
declare
  told jsonb;
begin
  if not exists (select from names_to_learn)
    or not pg_try_advisory_xact_lock(hashtextextended('callpermit names', 0)) then return 0; end if;
  with gone as (
    delete from names_to_learn n where n.id = any(array(select l.id from names_to_learn l order by l.id limit most)) returning n.*)
  select jsonb_agg(to_jsonb(g) - 'id' order by g.id) into told from gone g;
  if told is null then return 0; end if;
  perform learn_wa_id('+' || e.a, e.b) from jsonb_to_recordset(told) as e(a text, b text, at timestamptz) where e.at is null;
  perform learn_names(jsonb_path_query_array(told, '$[*] ? (@.at != null)'));
  return jsonb_array_length(told);
end $$;

-- As in 0025, but for the names that it tells of.
do $$
declare
  was constant text := pg_get_functiondef('apply_statuses'::regproc);
  now constant text := replace(was, 'where l.pairs is not null;', 'where l.pairs is not null and take_turn_or_leave(l.pairs);');
begin
  if now = was then raise exception 'apply_statuses is another one'; end if;
  execute now;
end $$;

create or replace function learn_wa_id(number_ text, wa_id_ text) returns void language plpgsql as $$
declare
  root text;
begin
  if ltrim(number_, '+') in ('', wa_id_)
    or not take_turn_or_leave(jsonb_build_array(jsonb_build_object('a', ltrim(number_, '+'), 'b', wa_id_))) then return; end if;
  if exists (select from name_spans s where s.name in (ltrim(number_, '+'), wa_id_)) then
    if exists (select from name_links l where l.a = ltrim(number_, '+') and l.b = wa_id_) then return; end if;
    perform keep_links(array[ltrim(number_, '+'), wa_id_]);
    insert into name_links (a, b, at) values (ltrim(number_, '+'), wa_id_, '-infinity')
    on conflict (a, b) do update set at = excluded.at;
    perform settle(array[ltrim(number_, '+'), wa_id_]);
    return;
  end if;
  root := person_of(wa_id_);
  if root = ltrim(number_, '+') then return; end if;
  insert into wa_ids as w (number, wa_id) values (number_, root)
  on conflict (number) do update set wa_id = excluded.wa_id where w.wa_id <> excluded.wa_id;
  update wa_ids set wa_id = root
  where wa_id = ltrim(number_, '+') and ltrim(number, '+') <> root;
end $$;

-- A word of a person on being phoned, once by its key: into the history and the book.
create or replace function book_answer(sender text, key_ text, person_ text, status_ text, source_ text, expires_ timestamptz,
  at_ timestamptz, context_ text)
returns boolean language plpgsql as $$
declare
  span name_spans;
  mine text;
  booked permissions;
begin
  select * into span from name_spans s where s.name = person_ and s.since <= at_ order by s.since desc limit 1;
  if span.name is not null then
    -- Not while somebody learns whose it is.
    perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
    select * into span from name_spans s where s.name = person_ and s.since <= at_ order by s.since desc limit 1;
  end if;
  mine := coalesce(span.root, person_of(person_));
  insert into permission_events as e (sender_id, key, person, name, status, source, expires_at, at, context, next_at)
  values (sender, key_, mine, nullif(person_, mine), status_, source_, expires_, at_, context_, case when source_ <> 'query' then now_() end)
  -- Of what Meta said when it was asked, the last.
  on conflict (sender_id, key) do update
  set person = excluded.person, name = excluded.name, status = excluded.status, expires_at = excluded.expires_at, at = excluded.at
  where e.source = 'query' and e.at < excluded.at;
  if not found then return false; end if;
  if span.name is not null then
    if span.is_held then perform book_persons(array[mine]);
    else
      perform settle(array[person_], key_);
      mine := owner_of(person_, at_);
    end if;
    if status_ = 'none' then return true; end if;
  -- That Meta knows of no permission ends those given up to then; a decline says more, and stays.
  elsif status_ = 'none' then
    insert into permissions as p (sender_id, person, status, at, source, cut_at)
    values (sender, mine, 'none', '-infinity', source_, at_)
    on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
    return true;
  else perform book_word(sender, mine, status_, expires_, at_, source_, key_); end if;
  select * into booked from permissions p where p.sender_id = sender and p.person = mine;
  if booked.key = key_ and status_ in ('temporary', 'permanent') then
    if booked.at <= booked.cut_at then perform want_check(sender, mine, 'another number');
    elsif status_ = 'temporary' and expires_ is null and source_ <> 'query' then perform want_check(sender, mine, 'no expiry'); end if;
  end if;
  return true;
end $$;

-- Finds the requests of some words; gives those that were found and came by a user id. Requests that may be theirs are locked
-- first and by their ids, as everybody does who records: words come by person, and each would wait for the other.
create function match_answers(words jsonb) returns jsonb language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  w record;
  found_ jsonb := '[]';
begin
  -- One look each: as joins, all pairs of the sender were compared with the names of each person, made anew for each pair.
  perform from requests q
  where q.id = any(array(
    select a.id from jsonb_to_recordset(words) as k("senderId" text, key text)
    cross join lateral (
      select x.* from permission_events x where x.sender_id = k."senderId" and x.key = k.key limit 1) e
    cross join lateral (
      (select r.id from requests r
        where hashtextextended(r.wamid, 0) = hashtextextended(e.context, 0) and r.wamid = e.context and r.sender_id = e.sender_id
        order by r.id + 0 limit 1)
      union all
      select o.id from unnest(names_of(e.person)) as n(name)
      cross join lateral (
        select p.asks, p.last_request from pairs p where p.sender_id = e.sender_id and p.person = n.name limit 1) p
      cross join lateral (select (x).request as id from unnest(p.asks) x union select p.last_request) o) a))
  order by q.id for no key update;
  for w in
    select e.sender_id, e.key, e.person from jsonb_to_recordset(words) as k("senderId" text, key text)
    cross join lateral (
      select x.* from permission_events x where x.sender_id = k."senderId" and x.key = k.key and x.next_at is not null limit 1) e
    order by e.person, e.at, e.key
  loop
    if match_answer(w.sender_id, w.key) and not is_number(w.person) then
      found_ := found_ || jsonb_build_object('senderId', w.sender_id, 'key', w.key);
    end if;
  end loop;
  return found_;
end $$;

-- Words, by person, so that two processes with words of the same people do not wait for each other; then what they answer,
-- before anybody sees them without it: whoever is told of a word is told of its request.
create function book_answers(words jsonb) returns void language plpgsql as $$
begin
  -- First, where it will be needed: whoever puts persons together waits for rows that are held here.
  if exists (
    select from jsonb_to_recordset(words) as e(person text)
    where (select true from name_spans s where s.name = e.person limit 1))
  then
    perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  end if;
  perform book_answer(k."senderId", k.key, k.person, k.status, k.source, k."expiresAt", k.at, k.context)
  from (
    select * from jsonb_to_recordset(words) as e("senderId" text, key text, person text, status text, source text,
      "expiresAt" timestamptz, at timestamptz, context text)
    order by e.person, e.at, e.key) k;
  perform match_answers(words);
end $$;

-- Words whose request was not known yet are looked at again, by one process at a time.
create or replace function match_open_answers(most integer) returns jsonb language sql as $$
  select match_answers(w.words)
  from (
    select jsonb_agg(jsonb_build_object('senderId', x.sender_id, 'key', x.key)) as words
    from (select e.sender_id, e.key from permission_events e where e.next_at <= now_() order by e.next_at limit most) x) w
  where w.words is not null and pg_try_advisory_xact_lock(hashtextextended('callpermit open answers', 0))
$$;

-- What is told of a call adds up, whatever its order. A connected one resets the pair's allowance.
create or replace function book_call(sender text, id_ text, person_ text, by_business_ boolean, is_connected_ boolean,
  is_over_ boolean, at_ timestamptz, duration_ integer)
returns void language plpgsql as $$
declare
  mine constant text := owner_of(person_, at_);
  k calls;
begin
  insert into calls as c (id, sender_id, person, name, by_business, is_connected, is_over, at, duration_s)
  values (id_, sender, mine, person_, by_business_, is_connected_, is_over_, at_, duration_)
  on conflict (id) do update
  set is_connected = c.is_connected or excluded.is_connected, is_over = c.is_over or excluded.is_over,
    -- Once both spoke, its time is that of the event that says so: what was asked afterwards counts.
    at = case when c.is_connected = excluded.is_connected then greatest(c.at, excluded.at)
      when excluded.is_connected then excluded.at else c.at end,
    duration_s = greatest(c.duration_s, excluded.duration_s),
    -- By user id where one is told: it is nobody else's later.
    name = case when is_number(coalesce(c.name, c.person)) <> is_number(excluded.name)
      then case when is_number(excluded.name) then c.name else excluded.name end else least(coalesce(c.name, c.person), excluded.name) end
  returning * into k;
  if exists (select from name_spans s where s.name = k.name) then
    perform settle(array[k.name, k.person]);
    select * into k from calls c where c.id = id_;
  end if;
  if k.is_connected then perform reset_pair(sender, k.person, k.at); end if;
end $$;

-- Erases a person from every table but those that hold what Meta sent as it came. What counts stays: states, times, answers.
create or replace function erase_person(names text[], ids bigint[]) returns void language plpgsql as $$
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
  delete from written_stops w where w.name = any(names)
    or (w.name = any(array(select s.name from name_spans s where s.root = any(names))) and owner_of(w.name, w.at) = any(names));
  delete from name_links l where l.a = any(names) or l.b = any(names);
  delete from names_to_learn l where l.a = any(names) or l.b = any(names);
  delete from name_spans s where s.name = any(names) or s.root = any(names);
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

-- All that was learned up to here, put together once.
do $$
declare
  c record;
begin
  insert into name_links as l (a, b, at)
  select ltrim(w.number, '+'), w.wa_id,
    greatest(w.at, (select max(d.at) from name_changes d where d.after = w.wa_id and d.what = 'number'))
  from wa_ids w
  where exists (select from name_changes d where d.after = w.wa_id or d.before = w.wa_id)
    and not exists (select from name_changes d where d.before = ltrim(w.number, '+'))
  on conflict do nothing;
  for c in select distinct d.after from name_changes d order by 1 loop
    if not exists (select from name_spans s where s.name = c.after) then perform settle(array[c.after]); end if;
  end loop;
end $$;

drop function was_left(text, timestamptz);
drop function join_names(text, text, timestamptz);
drop function re_root(text);
drop function carry_over(text, text, timestamptz);

-- Each of these is of a few people, and finds all by indexes, whatever the planner knows of tables that fill: where it holds
-- them for empty it read them whole, for each word of a person (`test/ledger/linear.test.ts`).
do $$
declare
  f regproc;
begin
  foreach f in array array['settle', 'change_names', 'learn_names', 'learn_answerers', 'learn_wa_id', 'book_answers', 'match_answers',
    'match_answer', 'book_call', 'set_preference']::regproc[]
  loop
    execute format('alter function %s set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
      set plan_cache_mode = force_generic_plan', f::oid::regprocedure);
  end loop;
end $$;
