-- A change of number tells who has the new one: each user id that it gives is theirs, whenever that was first seen there. Of names
-- that stand together the first time alone was kept: who was seen at the new number before the change's own second, of whom no
-- former user id was told, stayed another person than who came, and was asked there after they had opted out.

-- Which user ids were given with which new numbers up to here, as far as that is known: with a former user id from the changes as
-- they were booked, else from what Meta sent, as long as that is kept. Before anything is locked, since that is all read once.
create temp table given_names (a text, b text, at timestamptz, is_earlier boolean) on commit drop;
do $$
declare
  body_ text;
  told jsonb;
begin
  insert into given_names
  select distinct l.a, l.b, n.at, true
  from name_changes n
  join name_changes u on u.key = n.key and u.at = n.at and u.what = 'number' and not is_number(u.after)
  join name_links l on l.a = u.after and l.b = n.after
  where n.what = 'number' and is_number(n.after) and l.at < n.at;
  -- These stand with who came already; they still would if somebody told now of an earlier second.
  insert into given_names
  select distinct l.a, l.b, l.at, false
  from name_changes n join name_links l on l.b = n.after and l.at = n.at and not is_number(l.a)
  where n.what = 'number' and is_number(n.after);
  create temp table open_names on commit drop as
  select distinct n.key, l.a, l.b, n.at
  from name_changes n join name_links l on l.b = n.after and l.at < n.at and not is_number(l.a)
  where n.what = 'number' and n.key is not null and is_number(n.after)
    and not exists (select from given_names g where g.b = n.after and g.at = n.at and name_kind(g.a) = name_kind(l.a));
  if not exists (select from open_names) then return; end if;
  for body_ in
    select w.body from webhook_deliveries w
    where w.day >= (select min(o.at) from open_names o) - interval '1 day' and w.body like '%changed\_number%'
  loop
    begin
      told := body_::jsonb;
    exception when others then
      continue;
    end;
    insert into given_names
    select distinct o.a, o.b, o.at, true
    from jsonb_path_query(told, '$.entry[*].changes[*].value.messages[*] ? (@.type == "system")') m
    join open_names o on o.key = m->>'id' and o.a in (m->'system'->>'user_id', m->'system'->>'parent_user_id');
  end loop;
end $$;

-- When changes of number gave this name with that number.
alter table name_links add column came_at timestamptz[] not null default '{}';

do $$
declare
  was constant text := pg_get_functiondef('change_all_names'::regproc);
  now constant text := replace(replace(was,
    'insert into name_links as l (a, b, at, told_by)
    select a, new_name, c.at, c.told_by from',
    'insert into name_links as l (a, b, at, told_by, came_at)
    select a, new_name, c.at, c.told_by, case when c.what = ''number'' and is_number(new_name) then array[c.at] else ''{}'' end from'),
    'set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by)
    where l.at > excluded.at or',
    'set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by),
      came_at = array(select distinct t from unnest(l.came_at || excluded.came_at) t order by t)
    where l.at > excluded.at or not l.came_at @> excluded.came_at or');
begin
  if strpos(now, 'array[c.at]') = 0 or strpos(now, 'not l.came_at @>') = 0 then raise exception 'change_all_names is another one'; end if;
  execute now;
end $$;

-- As if the new user id had been seen on the new number at the time of the change, besides. The same change told again later
-- counts as of its first time, as it does for who left.
do $$
declare
  was constant text := pg_get_functiondef('settle'::regproc);
  declared constant text := replace(was, '  kept boolean[];
', '  kept boolean[];
  -- Changes as of the first time they were told; which user id each gave with which number.
  kat timestamptz[];
  za integer[]; zb integer[]; zat timestamptz[];
');
  timed constant text := replace(replace(declared,
    '    gone := array_fill(false, array[cardinality(cb)]);
',
    '    gone := array_fill(false, array[cardinality(cb)]);
    kat := array_fill(null::timestamptz, array[cardinality(cb)]);
'),
    '        last_told[cpid[i]] := cat[i];
',
    '        last_told[cpid[i]] := cat[i];
        if kept[i] then last_kept[cpid[i]] := cat[i]; end if;
        kat[i] := last_kept[cpid[i]];
');
  remembered constant text := replace(timed,
    '      last_told timestamptz[] := array_fill(null::timestamptz, array[cardinality(cb)]);
',
    '      last_told timestamptz[] := array_fill(null::timestamptz, array[cardinality(cb)]);
      last_kept timestamptz[] := last_told;
');
  becomes constant text := replace(remembered,
    '  -- Spans: a number is cut where somebody leaves it or comes to it,',
    '  -- Whom a change names is there at its time, however early they were seen.
  select array_agg((place->>t.a)::integer order by t.at), array_agg(canon[(place->>t.b)::integer] order by t.at), array_agg(t.at order by t.at)
  into za, zb, zat
  from (select l.a, l.b, unnest(l.came_at) as at from name_links l where l.a = any(names) and l.came_at <> ''{}'') t;
  j := 1;
  for i in 1 .. coalesce(cardinality(za), 0) loop
    while j <= cardinality(cb) and cat[j] < zat[i] loop j := j + 1; end loop;
    x := j;
    while x <= cardinality(cb) and cat[x] = zat[i] loop
      if cnum[x] and ca[x] = zb[i] and kat[x] is not null then
        m := m + 1; e_num[m] := zb[i]; e_at[m] := kat[x]; e_type[m] := 2; e_ref[m] := za[i]; e_flag[m] := false;
        exit;
      end if;
      x := x + 1;
    end loop;
  end loop;

  -- Spans: a number is cut where somebody leaves it or comes to it,');
begin
  if declared = was or timed = declared or strpos(timed, 'kat := ') = 0 or strpos(timed, 'last_kept[cpid[i]];') = 0
    or remembered = timed or becomes = remembered
  then
    raise exception 'settle is another one';
  end if;
  execute becomes;
end $$;

-- Of what somebody was asked, a message that failed says nothing: the one before it, which they have, can still be answered. Whose
-- old number was asked last, which they had left by then, were no longer asked.
do $$
declare
  was constant text := pg_get_functiondef('book_of'::regproc);
  becomes constant text := replace(was,
    'order by q.state = ''accepted'' desc, coalesce(',
    'order by q.state = ''accepted'' desc, q.delivery is distinct from ''failed'' desc, coalesce(');
begin
  if becomes = was then raise exception 'book_of is another one'; end if;
  execute becomes;
end $$;

-- Who was split up to here is one person again.
do $$
declare
  n text;
begin
  update name_links l set came_at = array(select distinct g.at from given_names g where g.a = l.a and g.b = l.b order by 1)
  where exists (select from given_names g where g.a = l.a and g.b = l.b);
  for n in select distinct g.b from given_names g where g.is_earlier order by 1 loop
    perform settle(array[n]);
  end loop;
end $$;
