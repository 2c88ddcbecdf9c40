-- People who are forgotten while Meta tells of them, and calls that are told of again.

-- Nobody takes deliveries while a person is erased: one of theirs that was applied half before and half afterwards left what it
-- said under one of their names, without the others. What is taken already is waited for; the others wait here.
do $$
declare
  was constant text := pg_get_functiondef('take_webhooks'::regproc);
  now constant text := replace(was, 'begin
  return query
  with free as', 'begin
  if not pg_try_advisory_xact_lock_shared(hashtextextended(''callpermit applying'', 0)) then return; end if;
  return query
  with free as');
begin
  if now = was then raise exception 'take_webhooks is another one'; end if;
  execute now;
end $$;

-- Nor do names that were told together, and are to be learned yet, outlive the person.
do $$
declare
  was constant text := pg_get_functiondef('all_names_of'::regproc);
  now constant text := replace(was, 'begin
  select array_agg', 'begin
  for i in 1 .. 3 loop
    select array_agg(distinct x) into more
    from names_to_learn l cross join lateral unnest(array[l.a, l.b]) x
    where (l.a = any(names) or l.b = any(names)) and x <> all(names) and person_of(x) = x
      -- A number with which somebody else was seen is theirs, unless it is another spelling.
      and (l.at is null or not is_number(x) or not exists (select from wa_ids w where w.wa_id = x));
    exit when more is null;
    names := array(select distinct s from unnest(more) m, unnest(names_of(m)) s union select n from unnest(names) n);
  end loop;
  select array_agg');
begin
  if now = was then raise exception 'all_names_of is another one'; end if;
  execute now;
end $$;

-- What Meta told stands under some names, in so many places.
create function names_left(names text[]) returns integer language sql stable as $$
  select (
    (select count(*) from permission_events e where e.person = any(names))
    + (select count(*) from permissions p where p.person = any(names))
    + (select count(*) from permission_checks c where c.person = any(names))
    + (select count(*) from calls c where c.person = any(names))
    + (select count(*) from preferences p where p.person = any(names) or p.name = any(names))
    + (select count(*) from written_stops w where w.name = any(names))
    + (select count(*) from suppressions s where s.person = any(names))
    + (select count(*) from pairs p where p.person = any(names))
    + (select count(*) from wa_ids w where w.number = any(array(select '+' || n from unnest(names) n)) or w.wa_id = any(names))
    + (select count(*) from name_links l where l.a = any(names) or l.b = any(names))
    + (select count(*) from names_to_learn l where l.a = any(names) or l.b = any(names))
    + (select count(*) from name_spans s where s.name = any(names) or s.root = any(names)))::integer
$$;

-- What connected calls set back: all that was asked up to the last of them, and no more than that. Where a call turns out to have
-- been earlier than was told at first, what was asked since counts again.
create function reset_pairs(sender text, name text) returns void language plpgsql as $$
declare
  names constant text[] := names_of(ltrim(reset_pairs.name, '+'));
begin
  if not exists (
    select from pairs p cross join (
      select max(k.at) as at from calls k where k.person = any(names) and k.sender_id = sender and k.is_connected) c
    where p.sender_id = sender and p.person = any(names)
      and (p.reset_at is distinct from c.at or exists (select from unnest(p.asks) a where a.at <= c.at)))
  then return; end if;
  -- Before the calls are read: who books another one of theirs at this moment is waited for.
  perform from pairs p where p.sender_id = sender and p.person = any(names) order by p.person || '' for no key update;
  update pairs p
  set last_request = coalesce((p.asks[cardinality(p.asks)]).request, p.last_request),
    asks = array(select a from unnest(p.set_back || p.asks) a where a.at > c.at order by a.at),
    set_back = array(select a from unnest(p.set_back || p.asks) a
      where a.at <= c.at and a.at > now_() - interval '168 hours' order by a.at),
    reset_at = c.at
  from (select max(k.at) as at from calls k where k.person = any(names) and k.sender_id = sender and k.is_connected) c
  where p.sender_id = sender and p.person = any(names) and c.at is not null;
end $$;
alter function reset_pairs set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan set jit = off;

-- An event of a call is one by the call's id, however often and of whichever time it is told: the least of its times counts. By the
-- greatest, the same call told again gave an allowance back again.
do $$
declare
  was constant text := pg_get_functiondef('book_call'::regproc);
  now constant text := replace(replace(was,
    'then greatest(c.at, excluded.at)', 'then least(c.at, excluded.at)'),
    'perform reset_pair(sender, k.person, k.at)', 'perform reset_pairs(sender, k.person)');
begin
  if strpos(now, 'least(c.at') = 0 or strpos(now, 'reset_pairs(') = 0 then raise exception 'book_call is another one'; end if;
  execute now;
end $$;
drop function reset_pair(text, text, timestamptz);
