-- Numbers that are passed on. Who is behind a name is put together in one walk through all that was told of it, however much that
-- is; what was asked is of who had the number then, as words are; and a user id says whose a number is, since it is passed on to
-- nobody.

-- By whose webhooks the names were told: a user id is one of a person and a business.
alter table wa_ids add column told_by text;
alter table name_links add column told_by text;
alter table names_to_learn add column told_by text;
-- What a connected call set back, as long as it may turn out to have been another person's.
alter table pairs add column set_back ask[] not null default '{}';
-- Without it all checks were read for one person, where Postgres is older than 18.
create index permission_checks_person on permission_checks (person);

-- Until now the new number stood for the new user id of who kept their number.
insert into name_changes (before, after, at, what, key)
select d.before, l.a, d.at, 'user-id', d.key
from name_changes d join name_links l on l.b = d.after and l.at = d.at
where d.what = 'user-id' and not is_number(d.before) and is_number(d.after) and not is_number(l.a) and l.a <> d.before
on conflict do nothing;

-- 0: number, 1: user id, 2: parent user id.
create function name_kind(name text) returns integer language sql immutable parallel safe as $$
  select case when name ~ '^[0-9]' then 0 when name ~ '^[A-Z]{2}\.ENT\.' then 2 else 1 end
$$;

-- As of these names, which may be other spellings: who had it at a time.
create function asked_owner(name text, at_ timestamptz) returns text language plpgsql stable as $$
declare
  root_ text;
begin
  select v.root into root_ from unnest(spellings_of(asked_owner.name)) x
  cross join lateral (
    select s.root, s.since from name_spans s where s.name = x and s.since <= at_ order by s.since desc limit 1) v
  order by x = asked_owner.name desc, v.since desc limit 1;
  return coalesce(root_, person_of(asked_owner.name));
end $$;

-- Persons behind some names and all that are told beside them, put together anew; gives all these names.
drop function settle(text[], text);
create function settle(seeds text[], said text default null) returns text[] language plpgsql as $$
declare
  names text[];
  n integer;
  place jsonb;
  kinds integer[];
  slots integer[];
  known boolean[];
  n_slots integer;
  told jsonb;
  roots text[];
  told_at timestamptz[];
  -- Of numbers written otherwise the one that stands for all; classes of user ids of one number, and of one person.
  canon integer[];
  c0 integer[];
  c1 integer[];
  -- Links: of which name, to which, since when.
  la integer[]; lb integer[]; lat timestamptz[];
  -- Changes, by time.
  cb integer[]; ca integer[]; cat timestamptz[]; cnum boolean[]; cg integer[]; cpid integer[]; cpair integer[];
  kept boolean[];
  gone boolean[];
  was_before boolean[];
  waived integer[];
  g_user integer[]; g_parent integer[]; g_number boolean[]; g_after integer[];
  -- What happened to each number, by number and time: a cut (left or not) or a user id that was seen.
  e_num integer[] := '{}'; e_at timestamptz[] := '{}'; e_type integer[] := '{}'; e_ref integer[] := '{}'; e_flag boolean[] := '{}';
  m integer := 0;
  -- Numbers that a class of user ids left and was seen on.
  s_class integer[] := '{}'; s_num integer[] := '{}'; s_at timestamptz[] := '{}'; s_ref integer[] := '{}';
  k integer := 0;
  seen integer;
  first_seen integer[];
  -- Spans; those of one name stand together, by time.
  sp_name integer[] := '{}'; sp_since timestamptz[] := '{}'; sp_left boolean[] := '{}'; sp_held boolean[];
  first_sp integer[]; last_sp integer[];
  sp integer := 0;
  up integer[] := '{}';
  cur integer[];
  claimed_on integer[];
  heard timestamptz[];
  r_name integer[]; r_several boolean[]; r_now boolean[]; r_last integer[]; r_best integer[]; r_best_now boolean[];
  i integer; j integer; g integer; x integer; y integer; lo integer; hi integer; mid integer;
  at_ timestamptz;
  is_now boolean;
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  names := array(
    with recursive known(name) as (
      select s from unnest(seeds) s
      union
      select t.name from known w cross join lateral (
        select d.before as name from name_changes d where d.after = w.name
        union all select d.after from name_changes d where d.before = w.name
        union all select l.a from name_links l where l.b = w.name
        union all select l.b from name_links l where l.a = w.name) t)
    select w.name from known w where w.name is not null order by w.name collate "C");
  n := cardinality(names);
  if n = 0 then return names; end if;
  select jsonb_object_agg(t.name, t.i), array_agg(name_kind(t.name) order by t.i), array_agg(t.i::integer order by t.i)
  into place, kinds, canon from unnest(names) with ordinality t(name, i);
  c0 := canon; c1 := canon; waived := array_fill(0, array[n]); was_before := array_fill(false, array[n]);

  select array_agg(t.a), array_agg(t.b), array_agg(t.at) into la, lb, lat
  from (
    select (place->>l.a)::integer as a, (place->>l.b)::integer as b, l.at from name_links l where l.a = any(names)
    order by l.at, l.a, l.b) t;
  for i in 1 .. coalesce(cardinality(la), 0) loop
    x := la[i]; y := lb[i];
    if kinds[x] = 0 and kinds[y] = 0 then
      while canon[x] <> x loop x := canon[x]; end loop;
      while canon[y] <> y loop y := canon[y]; end loop;
      canon[x] := y;
    elsif kinds[x] > 0 and kinds[y] > 0 then
      while c0[x] <> x loop c0[x] := c0[c0[x]]; x := c0[x]; end loop;
      while c0[y] <> y loop c0[y] := c0[c0[y]]; y := c0[y]; end loop;
      c0[x] := y;
    end if;
  end loop;
  for i in 1 .. n loop
    x := i;
    while canon[x] <> x loop canon[x] := canon[canon[x]]; x := canon[x]; end loop;
    canon[i] := x;
  end loop;

  -- A user id of one business says nothing of who has another one's. Whose it is says the label of the portfolio, where an
  -- operator gave one, else the account of who told it; where neither is known, one business is thought of.
  select array_agg(case when t.kind = 0 then 0 else t.slot end order by t.i), array_agg(t.is_known order by t.i), max(t.slot)
  into slots, known, n_slots
  from (
    select v.i, v.kind, v.business is not null as is_known,
      dense_rank() over (order by v.kind, coalesce(v.business, case when v.first = v.last then v.first end, ''))::integer as slot
    from (
      select w.*, min(w.business) over () as first, max(w.business) over () as last from (
        select t.i, kinds[t.i] as kind, case when kinds[t.i] > 0 then (
          select case when s.portfolio <> 'default' then 'portfolio ' || s.portfolio else 'account ' || s.account end
          from name_links l join senders s on s.id = l.told_by where l.a = t.name order by 1 limit 1) end as business
        from unnest(names) with ordinality t(name, i)) w) v) t;

  select array_agg(t.b order by t.o), array_agg(t.a order by t.o), array_agg(t.at order by t.o), array_agg(t.is_number order by t.o),
    array_agg(t.g order by t.o), array_agg(t.pid order by t.o), array_agg(t.pair order by t.o), array_agg(distinct t.at) filter (where t.key is not null)
  into cb, ca, cat, cnum, cg, cpid, cpair, told_at
  from (
    select v.*, row_number() over (order by v.at, v.before, v.after) as o,
      dense_rank() over (order by coalesce(v.key, v.after), v.at)::integer as g,
      dense_rank() over (order by v.b, v.a, v.is_number)::integer as pid,
      dense_rank() over (order by v.b, v.a)::integer as pair
    from (
      select d.key, d.before, d.after, d.at, d.what = 'number' as is_number,
        canon[(place->>d.before)::integer] as b, canon[(place->>d.after)::integer] as a
      from name_changes d where d.before = any(names)) v) t;

  -- The same change told again, of a second later, is no other one, unless somebody came or left in between.
  if cb is not null then
    kept := array_fill(true, array[cardinality(cb)]);
    gone := array_fill(false, array[cardinality(cb)]);
    g_user := array_fill(0, array[cardinality(cb)]); g_parent := g_user; g_after := g_user; g_number := kept;
    for i in 1 .. cardinality(cb) loop g_number[i] := false; end loop;
    declare
      last_told timestamptz[] := array_fill(null::timestamptz, array[cardinality(cb)]);
      -- Of each name the last change, and the last one of other names than that.
      one_at timestamptz[] := array_fill(null::timestamptz, array[n]);
      one_pair integer[] := array_fill(0, array[n]);
      two_at timestamptz[] := array_fill(null::timestamptz, array[n]);
    begin
      j := 1;
      for i in 1 .. cardinality(cb) loop
        while j <= cardinality(cb) and cat[j] <= cat[i] loop
          if cnum[j] then
            foreach x in array array[cb[j], ca[j]] loop
              if one_pair[x] <> cpair[j] then two_at[x] := one_at[x]; one_pair[x] := cpair[j]; end if;
              one_at[x] := cat[j];
            end loop;
          end if;
          j := j + 1;
        end loop;
        x := cb[i];
        was_before[x] := true;
        at_ := case when one_pair[x] <> cpair[i] then one_at[x] else two_at[x] end;
        kept[i] := cb[i] <> ca[i]
          and (last_told[cpid[i]] is null or (last_told[cpid[i]] < cat[i] and coalesce(at_ > last_told[cpid[i]], false)));
        last_told[cpid[i]] := cat[i];
        if kept[i] then
          g := cg[i];
          if kinds[ca[i]] = 0 then g_after[g] := ca[i]; end if;
          if kinds[cb[i]] = 0 then
            if cnum[i] then g_number[g] := true; elsif kinds[ca[i]] > 0 then waived[ca[i]] := cb[i]; end if;
          else
            if kinds[cb[i]] = 1 then g_user[g] := cb[i]; else g_parent[g] := cb[i]; end if;
            if kinds[ca[i]] > 0 then
              if not cnum[i] then
                x := cb[i]; y := ca[i];
                while c0[x] <> x loop c0[x] := c0[c0[x]]; x := c0[x]; end loop;
                while c0[y] <> y loop c0[y] := c0[c0[y]]; y := c0[y]; end loop;
                c0[x] := y;
              end if;
            end if;
          end if;
        end if;
      end loop;
    end;
  end if;
  for i in 1 .. n loop
    x := i;
    while c0[x] <> x loop c0[x] := c0[c0[x]]; x := c0[x]; end loop;
    c0[i] := x;
  end loop;
  c1 := c0;
  for i in 1 .. coalesce(cardinality(cb), 0) loop
    if kept[i] and kinds[cb[i]] > 0 then
      foreach y in array array[ca[i], g_user[cg[i]], g_parent[cg[i]]] loop
        continue when y = 0;
        continue when kinds[y] = 0;
        x := cb[i];
        while c1[x] <> x loop c1[x] := c1[c1[x]]; x := c1[x]; end loop;
        while c1[y] <> y loop c1[y] := c1[c1[y]]; y := c1[y]; end loop;
        c1[x] := y;
      end loop;
    end if;
  end loop;
  for i in 1 .. n loop
    x := i;
    while c1[x] <> x loop c1[x] := c1[c1[x]]; x := c1[x]; end loop;
    c1[i] := x;
  end loop;

  -- Cuts: somebody leaves a number or comes to one. Who left which number is known by their user id where it was not told.
  s_ref := array(
    select v.i::integer from generate_subscripts(la, 1) v(i)
    where kinds[la[v.i]] > 0 and kinds[lb[v.i]] = 0 order by c0[la[v.i]], v.i);
  first_seen := array_fill(0, array[n]);
  for i in 1 .. cardinality(s_ref) loop
    x := c0[la[s_ref[i]]];
    if first_seen[x] = 0 then first_seen[x] := i; end if;
    s_class[i] := x; s_num[i] := canon[lb[s_ref[i]]]; s_at[i] := lat[s_ref[i]];
  end loop;
  seen := cardinality(s_ref);
  k := seen;
  for i in 1 .. coalesce(cardinality(cb), 0) loop
    continue when not kept[i] or not cnum[i];
    g := cg[i];
    if kinds[ca[i]] = 0 then
      m := m + 1; e_num[m] := ca[i]; e_at[m] := cat[i]; e_type[m] := 1; e_ref[m] := i; e_flag[m] := false;
    end if;
    if kinds[cb[i]] = 0 then
      m := m + 1; e_num[m] := cb[i]; e_at[m] := cat[i]; e_type[m] := 0; e_ref[m] := i; e_flag[m] := true;
      foreach x in array array[g_user[g], g_parent[g]] loop
        continue when x = 0;
        k := k + 1; s_class[k] := c0[x]; s_num[k] := cb[i]; s_at[k] := cat[i]; s_ref[k] := -1;
      end loop;
    elsif not g_number[g] then
      j := first_seen[c0[cb[i]]];
      while j between 1 and seen and s_class[j] = c0[cb[i]] loop
        if s_num[j] <> g_after[g] then
          m := m + 1; e_num[m] := s_num[j]; e_at[m] := cat[i]; e_type[m] := 0; e_ref[m] := -i; e_flag[m] := true;
          k := k + 1; s_class[k] := c0[cb[i]]; s_num[k] := s_num[j]; s_at[k] := cat[i]; s_ref[k] := -1;
        end if;
        j := j + 1;
        if j > seen then exit; end if;
      end loop;
    end if;
  end loop;

  -- A user id that is seen on a number that its person has left: as a late status of an old message is.
  if k > 0 then
    declare
      left_class integer := 0;
      left_num integer := 0;
      left_at timestamptz;
      o integer[] := array(
        select v.i::integer from generate_subscripts(s_class, 1) v(i) order by s_class[v.i], s_num[v.i], s_at[v.i], s_ref[v.i]);
    begin
      foreach i in array o loop
        if s_ref[i] < 0 then left_class := s_class[i]; left_num := s_num[i]; left_at := s_at[i];
        else
          m := m + 1;
          e_num[m] := s_num[i]; e_type[m] := 2; e_ref[m] := la[s_ref[i]];
          e_flag[m] := left_class = s_class[i] and left_num = s_num[i];
          e_at[m] := case when e_flag[m] then left_at - interval '1 microsecond' else s_at[i] end;
        end if;
      end loop;
    end;
  end if;

  -- Spans: a number is cut where somebody leaves it or comes to it, and where another user id of the same business is seen on it.
  first_sp := array_fill(0, array[n]); last_sp := first_sp; claimed_on := first_sp;
  for i in 1 .. n loop
    if kinds[i] > 0 then
      sp := sp + 1; sp_name[sp] := i; sp_since[sp] := '-infinity'; sp_left[sp] := false; up[sp] := sp;
      first_sp[i] := sp; last_sp[i] := sp;
    end if;
  end loop;
  n_slots := greatest(coalesce(n_slots, 0), 1);
  declare
    o integer[] := array(
      select v.i::integer from generate_subscripts(e_num, 1) v(i)
      order by e_num[v.i], e_at[v.i], e_type[v.i],
        case when e_type[v.i] = 2 then slots[e_ref[v.i]] end, case when e_type[v.i] = 2 then names[e_ref[v.i]] end, e_ref[v.i]);
    at_event integer := 1;
    e integer;
    slot integer;
    class integer;
    -- Of each business whether it told of who has the number, and did not only pass on a change.
    cur_known boolean[];
  begin
    for i in 1 .. n loop
      continue when kinds[i] > 0 or canon[i] <> i;
      sp := sp + 1; sp_name[sp] := i; sp_since[sp] := '-infinity'; sp_left[sp] := false; up[sp] := sp;
      first_sp[i] := sp;
      cur := array_fill(0, array[n_slots]); cur_known := array_fill(false, array[n_slots]);
      while at_event <= m and e_num[o[at_event]] = i loop
        e := o[at_event];
        at_event := at_event + 1;
        if e_type[e] < 2 then
          g := cg[abs(e_ref[e])];
          x := case when g_user[g] > 0 then g_user[g] else g_parent[g] end;
          -- Nor does somebody leave a number that another has come to before: they left it then.
          if e_flag[e] and x > 0 then
            slot := slots[x]; class := c1[x];
            if slot > 0 and ((cur[slot] not in (0, class)) or (cur[slot] = 0 and claimed_on[class] = i)) then
              if e_ref[e] > 0 then gone[e_ref[e]] := true; end if;
              continue;
            end if;
          end if;
          if sp_since[sp] < e_at[e] then
            sp := sp + 1; sp_name[sp] := i; sp_since[sp] := e_at[e]; sp_left[sp] := e_flag[e]; up[sp] := sp;
          elsif not e_flag[e] then sp_left[sp] := false; end if;
          cur := array_fill(0, array[n_slots]); cur_known := array_fill(false, array[n_slots]);
        else
          slot := slots[e_ref[e]]; class := c1[e_ref[e]];
          -- One person too many is asked too seldom, two too many are asked twice: both must be told of by one business.
          if slot > 0 and cur[slot] not in (0, class) and cur_known[slot] and known[e_ref[e]] and waived[e_ref[e]] <> i then
            continue when e_flag[e];
            sp := sp + 1; sp_name[sp] := i; sp_left[sp] := false; up[sp] := sp;
            sp_since[sp] := greatest(e_at[e], sp_since[sp - 1] + interval '1 microsecond');
            cur := array_fill(0, array[n_slots]); cur_known := array_fill(false, array[n_slots]);
          end if;
          if slot > 0 then
            cur_known[slot] := known[e_ref[e]] or (cur_known[slot] and cur[slot] = class);
            cur[slot] := class; claimed_on[class] := i;
          end if;
          x := first_sp[e_ref[e]]; y := sp;
          while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
          while up[y] <> y loop up[y] := up[up[y]]; y := up[y]; end loop;
          up[x] := y;
        end if;
      end loop;
      last_sp[i] := sp;
    end loop;
  end;

  -- One person: who left a name and who came to another, and whose user ids were told together.
  for i in 1 .. coalesce(cardinality(cb), 0) loop
    continue when not kept[i] or gone[i];
    lo := first_sp[cb[i]]; hi := last_sp[cb[i]];
    while lo < hi loop
      mid := (lo + hi + 1) / 2;
      if sp_since[mid] < cat[i] or (not cnum[i] and sp_since[mid] = cat[i]) then lo := mid; else hi := mid - 1; end if;
    end loop;
    x := lo;
    lo := first_sp[ca[i]]; hi := last_sp[ca[i]];
    while lo < hi loop
      mid := (lo + hi + 1) / 2;
      if sp_since[mid] <= cat[i] then lo := mid; else hi := mid - 1; end if;
    end loop;
    y := lo;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    while up[y] <> y loop up[y] := up[up[y]]; y := up[y]; end loop;
    up[x] := y;
  end loop;
  for i in 1 .. coalesce(cardinality(la), 0) loop
    continue when kinds[la[i]] = 0 or kinds[lb[i]] = 0;
    x := first_sp[la[i]]; y := first_sp[lb[i]];
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    while up[y] <> y loop up[y] := up[up[y]]; y := up[y]; end loop;
    up[x] := y;
  end loop;

  -- Who has a number that was left is heard of by another name, or by a word.
  heard := array_fill(null::timestamptz, array[n]);
  for x, at_ in
    select canon[(place->>t.name)::integer], max(t.at) from (
      select coalesce(e.name, e.person) as name, e.at from permission_events e where e.person = any(names) and e.status <> 'none'
      union all select coalesce(c.name, c.person), c.at from calls c where c.person = any(names)
      union all select p.name, p.at from preferences p where p.name = any(names)
      union all select w.name, w.at from written_stops w where w.name = any(names)) t
    where place ? t.name group by 1
  loop
    heard[x] := at_;
  end loop;
  r_name := array_fill(0, array[sp]); r_last := r_name; r_best := r_name;
  r_several := array_fill(false, array[sp]); r_now := r_several; r_best_now := r_several;
  sp_held := array_fill(true, array[sp]);
  for i in 1 .. sp loop
    x := i;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    if r_name[x] = 0 then r_name[x] := sp_name[i]; elsif r_name[x] <> sp_name[i] then r_several[x] := true; end if;
  end loop;
  for i in 1 .. sp loop
    x := i;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    y := sp_name[i];
    if sp_left[i] and i = last_sp[y] and not r_several[x] and not coalesce(heard[y] >= sp_since[i], false) then sp_held[i] := false; end if;
    if kinds[y] > 0 or (sp_held[i] and i = last_sp[y]) then r_now[x] := true; end if;
    if r_last[x] = 0 then r_last[x] := i;
    elsif (sp_since[i], names[sp_name[r_last[x]]]) > (sp_since[r_last[x]], names[y]) then r_last[x] := i; end if;
  end loop;
  -- Of whom no name of now is known is taken for who came to their number: what they allowed ends with that, a no stays.
  for i in 1 .. sp loop
    continue when up[i] <> i or r_now[i] or r_last[i] = 0;
    j := r_last[i] + 1;
    while j <= last_sp[sp_name[r_last[i]]] loop
      x := j;
      while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
      y := i;
      while up[y] <> y loop y := up[y]; end loop;
      if x <> y then up[y] := x; exit; end if;
      j := j + 1;
    end loop;
  end loop;

  -- The name that stands for each: the number of now, else a user id.
  for i in 1 .. sp loop
    x := i;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    y := sp_name[i];
    is_now := kinds[y] = 0 and sp_held[i] and i = last_sp[y];
    j := r_best[x];
    if j = 0
      or (is_now, kinds[y] > 0, not was_before[y], names[y]) > (r_best_now[x], kinds[j] > 0, not was_before[j], names[j])
    then r_best[x] := y; r_best_now[x] := is_now; end if;
  end loop;
  delete from name_spans s where s.name = any(names);
  for i in 1 .. sp loop
    if sp_held[i] then
      x := i;
      while up[x] <> x loop x := up[x]; end loop;
    else
      x := i - 1;
      while up[x] <> x loop x := up[x]; end loop;
    end if;
    r_name[i] := r_best[x];
  end loop;
  insert into name_spans (name, since, root, is_left, is_held)
  select names[t.name], t.since, names[t.root], t.is_left, t.is_held
  from unnest(sp_name, sp_since, r_name, sp_left, sp_held) as t(name, since, root, is_left, is_held);
  insert into name_spans (name, since, root, is_left, is_held)
  select t.name, s.since, s.root, s.is_left, s.is_held
  from unnest(names) with ordinality t(name, i) cross join lateral (
    select * from name_spans v where v.name = names[canon[t.i]]) s
  where canon[t.i] <> t.i;

  -- Whose each name is now, for all that ask without a time.
  delete from wa_ids w using (
    select distinct on (s.name) s.name, s.root from name_spans s where s.name = any(names) order by s.name, s.since desc) k
  where w.number = '+' || k.name and k.root = k.name;
  insert into wa_ids as w (number, wa_id, at, told_by)
  select '+' || k.name, k.root, coalesce(l.at, '-infinity'), l.told_by
  from (
    select distinct on (s.name) s.name, s.root from name_spans s where s.name = any(names) order by s.name, s.since desc) k
  cross join lateral (select min(l.at) as at, min(l.told_by) as told_by from name_links l where l.a = k.name) l
  where k.root <> k.name order by k.name
  on conflict (number) do update set wa_id = excluded.wa_id, at = excluded.at, told_by = excluded.told_by
  where (w.wa_id, w.at, w.told_by) is distinct from (excluded.wa_id, excluded.at, excluded.told_by);

  -- What was said and done is theirs whose the name was then.
  roots := array(select distinct s.root from name_spans s where s.name = any(names));
  update calls c set name = coalesce(c.name, c.person), person = owner_of(coalesce(c.name, c.person), c.at)
  where c.person = any(names) and c.person <> owner_of(coalesce(c.name, c.person), c.at);
  perform settle_asks(names);
  select jsonb_agg(jsonb_build_object('sender', p.sender_id, 'key', p.key, 'at', p.expiring_told)) into told
  from permissions p where p.person = any(names) and p.expiring_told is not null;
  perform set_config('callpermit.settled', 'but ' || coalesce(said, ''), true);
  delete from permission_events e
  where e.person = any(names) and e.source = 'number-change' and (e.at = any(told_at) or e.key like 'passed on %');
  update permission_events e set name = coalesce(e.name, e.person), person = owner_of(coalesce(e.name, e.person), e.at)
  where e.person = any(names) and e.person <> owner_of(coalesce(e.name, e.person), e.at);
  perform book_persons(roots);
  -- No order by the key is of use here, or all of a sender's were read in it where no statistics are.
  delete from permissions p
  where p.person = any(names)
    and not exists (select from permission_events e where e.person = p.person and e.sender_id || '' = p.sender_id || '');
  update permissions p set expiring_told = t.at
  from jsonb_to_recordset(told) as t(sender text, key text, at timestamptz)
  where p.person = any(roots) and p.sender_id = t.sender and p.key = t.key and p.expires_at = t.at;
  insert into permission_checks (sender_id, person, due_at, why)
  select c.sender_id, person_of(c.person), c.due_at, c.why from permission_checks c
  where c.person = any(names) and person_of(c.person) <> c.person order by c.sender_id || '', 2
  on conflict do nothing;
  delete from permission_checks c where c.person = any(names) and person_of(c.person) <> c.person;
  update preferences p set person = owner_of(p.name, p.at) where p.person = any(names) and p.person <> owner_of(p.name, p.at);
  perform settle_stops(names);
  -- Words that were matched by person are looked at again: not here, where requests must not be held.
  update permission_events e set next_at = now_(), tries = 0
  where e.person = any(names) and e.source not in ('query', 'number-change')
    and ((e.request_id is null and e.next_at > now_())
      or (e.next_at is null and e.request_id is not null and (e.context is null or e.context like 'wacid%'
        or not exists (select from requests r where r.id = e.request_id and r.wamid = e.context))));
  perform set_config('callpermit.settled', '', true);
  return names;
end $$;

-- The same of names of many persons, each of them once.
create function settle_all(seeds text[]) returns void language plpgsql as $$
declare
  done text[] := '{}';
  one text;
begin
  foreach one in array array(select distinct s from unnest(seeds) s order by 1) loop
    continue when one = any(done);
    done := done || settle(array[one]);
  end loop;
end $$;

-- Whose an ask is that stands in a pair's row: of who had the number that was asked, where that is known.
create function ask_owner(row_ text, request_ bigint, at_ timestamptz) returns text language plpgsql stable as $$
declare
  number_ text;
begin
  select nullif(r.to_number, '') into number_ from requests r where r.id = request_;
  return case when number_ is null then person_of(row_) else asked_owner(ltrim(number_, '+'), at_) end;
end $$;

-- What some persons were asked, each by who had the number when it was asked; and what a connected call of theirs sets back.
create function settle_asks(names text[]) returns void language plpgsql as $$
declare
  spelt constant text[] := array(select distinct x from unnest(names) t cross join lateral unnest(spellings_of(t)) x);
  s record;
begin
  for s in
    select q.id from senders q
    where exists (select from unnest(spelt) t cross join lateral (
      select from pairs p where p.sender_id = q.id and p.person = t limit 1) p)
    order by q.id
  loop
    -- Where all is in its place, as it is of most, nobody who claims or records waits for it.
    continue when not exists (
      select from pairs p
      left join lateral (
        select coalesce(r.reserved_at, r.accepted_at, '-infinity') as at from requests r where r.id = p.last_request) l on true
      where p.sender_id = s.id and p.person = any(spelt)
        and (p.reset_at is distinct from (
            select max(k.at) from calls k where k.person = p.person and k.sender_id = s.id and k.is_connected)
          or exists (select from unnest(p.asks || p.set_back) x where ask_owner(p.person, x.request, x.at) <> p.person)
          or (p.last_request is not null and ask_owner(p.person, p.last_request, l.at) <> p.person)));
    perform from pairs p where p.sender_id = s.id and p.person = any(spelt) order by p.person || '' for no key update;
    with held as materialized (
      select p.* from pairs p where p.sender_id = s.id and p.person = any(spelt)
    ), told as (
      select h.person, false as is_last, (x).request, (x).fence, (x).at from held h cross join lateral unnest(h.asks || h.set_back) x
      union all
      select h.person, true, h.last_request, null, '-infinity' from held h where h.last_request is not null
    ), asked as materialized (
      -- Of somebody whose name is not held here it stays where it stands.
      select distinct on (t.request, t.fence, t.at, t.is_last, case when r.to_number is null then t.person end)
        t.is_last, t.request, t.fence, v.at, case when o.name = any(spelt) then o.name else t.person end as person
      from told t
      left join lateral (
        select nullif(q.to_number, '') as to_number, coalesce(q.reserved_at, q.accepted_at) as at from requests q where q.id = t.request) r on true
      cross join lateral (select case when t.is_last then coalesce(r.at, '-infinity') else t.at end as at) v
      cross join lateral (
        select case when r.to_number is null then person_of(t.person) else asked_owner(ltrim(r.to_number, '+'), v.at) end as name) o
      order by t.request, t.fence, t.at, t.is_last, case when r.to_number is null then t.person end, t.person
    ), whole as materialized (
      select a.person, c.reset_at,
        coalesce(array_agg(row(a.request, a.fence, a.at)::ask order by a.at, a.request, a.fence)
          filter (where not a.is_last and coalesce(a.at > c.reset_at, true)), '{}') as asks,
        coalesce(array_agg(row(a.request, a.fence, a.at)::ask order by a.at, a.request, a.fence)
          filter (where not a.is_last and a.at <= c.reset_at and a.at > now_() - interval '168 hours'), '{}') as set_back,
        (array_agg(a.request order by a.at desc, a.request desc)
          filter (where a.request is not null and (a.is_last or a.at <= c.reset_at)))[1] as last_request
      from asked a
      cross join lateral (
        select max(k.at) as reset_at from calls k where k.person = a.person and k.sender_id = s.id and k.is_connected) c
      group by 1, 2
    ), kept as (
      insert into pairs as p (sender_id, person, asks, set_back, reset_at, last_request)
      select s.id, w.person, w.asks, w.set_back, w.reset_at, w.last_request from whole w order by w.person
      on conflict (sender_id, person) do update
      set asks = excluded.asks, set_back = excluded.set_back, reset_at = excluded.reset_at, last_request = excluded.last_request
      where (p.asks, p.set_back, p.reset_at, p.last_request)
        is distinct from (excluded.asks, excluded.set_back, excluded.reset_at, excluded.last_request)
    )
    -- Counted as gone, and then removed.
    update pairs p set asks = '{}', set_back = '{}', last_request = null
    where p.sender_id = s.id and p.person = any(spelt) and p.person <> all(array(select w.person from whole w));
    delete from pairs p
    where p.sender_id = s.id and p.person = any(spelt) and p.asks = '{}' and p.set_back = '{}' and p.last_request is null;
  end loop;
end $$;

-- A connected call resets the pair's allowance: what was asked up to then is kept apart, for whose call it was may be learned later.
create or replace function reset_pair(sender text, name text, at_ timestamptz) returns setof text language sql as $$
  update pairs p
  set last_request = coalesce((p.asks[cardinality(p.asks)]).request, p.last_request),
    asks = array(select a from unnest(p.asks) a where a.at > at_ order by a.at),
    set_back = array(select a from unnest(p.set_back || p.asks) a
      where a.at <= greatest(p.reset_at, at_) and a.at > now_() - interval '168 hours' order by a.at),
    reset_at = greatest(p.reset_at, at_)
  where p.sender_id = sender and p.person = any(names_of(ltrim(name, '+')))
    and (p.reset_at is null or p.reset_at < at_ or exists (select from unnest(p.asks) a where a.at <= at_))
  returning p.person
$$;

-- As of all words that are theirs; besides, a number that another user id was seen on was left by then, which nobody told.
create or replace function book_persons(roots text[]) returns void language plpgsql as $$
declare
  names constant text[] := array(select distinct s.name from name_spans s where s.root = any(roots) union select unnest(roots));
begin
  -- Another number ends permissions, whichever senders they are for.
  insert into permission_events (sender_id, key, person, name, status, source, at)
  select distinct on (k.sender_id, c.key) k.sender_id, c.key, c.root, c.name, 'none', 'number-change', c.at
  from (
    select d.key, d.after as name, d.at, owner_of(d.after, d.at) as root from name_changes d
    where d.after = any(names) and d.what = 'number' and d.key is not null
    union all
    -- Without the number, which is somebody else's by then.
    select 'passed on ' || v.root || ' ' || extract(epoch from v.until), v.root, v.until, v.root
    from (
      select t.name, t.root, u.since as until, u.root as next_root, u.is_left
      from name_spans t cross join lateral (
        select s.since, s.root, s.is_left from name_spans s where s.name = t.name and s.since > t.since order by s.since limit 1) u
      where t.name = any(names) and t.root || '' = any(roots) and is_number(t.name)) v
    where v.next_root <> v.root and not v.is_left
      and not exists (select from name_changes d where d.after = v.name and d.at = v.until and d.what = 'number')) c
  join (
    -- By the person, whatever the planner knows: where no statistics are, all words of the sender were read.
    select t as person, e.sender_id from unnest(roots) t cross join lateral (
      select distinct w.sender_id || '' as sender_id from permission_events w where w.person = t and w.source <> 'number-change') e
    union all
    select t, q.id from unnest(roots) t cross join senders q
    where (select true from pairs p where p.sender_id = q.id and p.person = t limit 1)) k on k.person = c.root
  where c.root = any(roots)
  order by k.sender_id, c.key, c.at, c.name
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
    where e.person = p.person and e.sender_id || '' = p.sender_id || '' and e.source = 'query' and e.at >= p.cut_at)
  order by p.sender_id || '', p.person;
end $$;

-- Names that people left for others, each from a time on: all that is told at once is put together once. Opt-outs, words and asks
-- go along; a permission does not survive another number, and Meta is asked.
create function change_all_names(changes jsonb) returns boolean language plpgsql as $$
declare
  c record;
  new_name text;
  said text[] := '{}';
  n integer;
  m integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  for c in
    select e.key, e.what, e.before, e.after, e.at, e."senderId" as told_by
    from jsonb_to_recordset(changes) as e(key text, what text, before text[], after text[], at timestamptz, "senderId" text)
    order by e.at, e.key
  loop
    new_name := (array(select a from unnest(c.after) a order by not is_number(a), name_kind(a), a))[1];
    continue when new_name is null or coalesce(cardinality(c.before), 0) = 0;
    perform keep_links(c.before || c.after);
    insert into name_changes as d (before, after, at, what, key)
    select b, a, c.at, c.what, c.key from unnest(c.before) b cross join unnest(c.after) a
    -- A user id becomes each of the others, too: that two of one number are one person's is told by nothing else.
    where b <> a and (a = new_name or (not is_number(b) and name_kind(a) = name_kind(b)))
    order by b, a
    -- The same one told to two of ours.
    on conflict (before, after, at) do update set key = least(d.key, excluded.key), what = least(d.what, excluded.what)
    where excluded.key < d.key or excluded.what < d.what;
    get diagnostics n = row_count;
    insert into name_links as l (a, b, at, told_by)
    select a, new_name, c.at, c.told_by from unnest(c.after) a where a <> new_name order by a
    on conflict (a, b) do update set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by)
    where l.at > excluded.at or l.told_by is distinct from least(l.told_by, excluded.told_by);
    get diagnostics m = row_count;
    if n + m > 0 then said := said || c.before || c.after; end if;
  end loop;
  if said = '{}' then return false; end if;
  perform settle_all(said);
  return true;
end $$;

-- By an older program.
create or replace function change_names(key_ text, what text, befores text[], afters text[], at_ timestamptz)
returns boolean language sql as $$
  select change_all_names(jsonb_build_array(
    jsonb_build_object('key', key_, 'what', what, 'before', befores, 'after', afters, 'at', at_)))
$$;

-- What `wa_ids` alone knows of some names, before more is told of them: kept as it was told.
create or replace function keep_links(names_ text[]) returns void language plpgsql as $$
declare
  roots text[] := array(select distinct person_of(n) from unnest(names_) n
    where (select true from name_spans s where s.name = n limit 1) is null);
begin
  insert into name_links as l (a, b, at, told_by)
  select ltrim(w.number, '+'), w.wa_id, w.at, w.told_by from wa_ids w
  where w.wa_id = any(roots) and (select true from name_spans s where s.name = ltrim(w.number, '+') limit 1) is null
  on conflict (a, b) do update set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by);
end $$;

-- Names told together of whom nothing else is known yet, which most are. Gives the others, of whom persons are to be put together.
create function learn_new_names(entries jsonb) returns jsonb language plpgsql as $$
declare
  others jsonb;
begin
  insert into wa_ids (number, wa_id, at, told_by)
  select '+' || f.a, f.b, f.at, f.told_by
  from (
    select k.*, row_number() over (partition by k.b, k.kind order by k.at, k.a) as turn
    from (
      select e.a, name_kind(e.a) as kind, min(e.b) as b, min(e.at) as at, min(e."senderId") as told_by
      from jsonb_to_recordset(entries) as e(a text, b text, at timestamptz, "senderId" text)
      where is_number(e.b) and not is_number(e.a)
        and not exists (select from wa_ids w where w.number = '+' || e.a)
        and not exists (select from wa_ids w where w.wa_id = e.a)
        and not exists (select from wa_ids w where w.number = '+' || e.b)
        and not exists (select from name_spans s where s.name in (e.a, e.b))
        and not exists (select from permissions p where p.person = e.a)
        and not exists (select from suppressions s where s.person = e.a)
        and not exists (select from calls c where c.person = e.a)
        and not exists (select from preferences p where p.person = e.a)
      group by e.a having count(distinct e.b) = 1) k
    -- Of two user ids on one number each may be a person.
    where not exists (select from wa_ids w where w.wa_id = k.b and name_kind(ltrim(w.number, '+')) = k.kind)) f
  where f.turn = 1
  order by f.a
  on conflict do nothing;
  with told as materialized (
    -- One look each: as joins, all names were read where no statistics are.
    select d.a, d.b, min(d.at) as at, min(d."senderId") as told_by,
      bool_or(coalesce(u.wa_id = d.b, false) and not exists (select from name_spans s where s.name in (d.a, d.b))) as is_earlier
    from jsonb_to_recordset(entries) as d(a text, b text, at timestamptz, "senderId" text)
    left join lateral (select w.wa_id, w.at from wa_ids w where w.number = '+' || d.a limit 1) u on true
    left join lateral (select k.at from name_links k where k.a = d.a and k.b = d.b limit 1) l on true
    where d.a <> d.b and coalesce(l.at > d.at, true)
      and (u.wa_id is distinct from d.b or u.at > d.at or exists (select from name_spans s where s.name in (d.a, d.b)))
    group by d.a, d.b
  ), earlier as (
    update wa_ids w set at = least(w.at, t.at) from told t where t.is_earlier and w.number = '+' || t.a
  )
  select jsonb_agg(jsonb_build_object('a', t.a, 'b', t.b, 'at', t.at, 'senderId', t.told_by) order by t.at, t.a, t.b)
  into others from told t where not t.is_earlier;
  return others;
end $$;

-- Names told together. One at a time: who leads where is read and then written, and of two who do so at once one would undo what
-- the other has learned.
create or replace function learn_names(entries jsonb) returns integer language plpgsql as $$
declare
  others jsonb;
  names text[];
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  others := learn_new_names(entries);
  if others is null then return 0; end if;
  names := array(select n from jsonb_to_recordset(others) as o(a text, b text) cross join lateral unnest(array[o.a, o.b]) n);
  perform keep_links(names);
  insert into name_links as l (a, b, at, told_by)
  select o.a, o.b, o.at, o."senderId" from jsonb_to_recordset(others) as o(a text, b text, at timestamptz, "senderId" text)
  order by o.a, o.b
  on conflict (a, b) do update set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by);
  perform settle_all(names);
  return jsonb_array_length(others);
end $$;

-- What is told of names by who holds rows of requests: they put nobody together, which takes rows of others.
create or replace function take_turn_or_leave(entries jsonb) returns boolean language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('callpermit names', 0)) then return true; end if;
  insert into names_to_learn (a, b, at, told_by)
  select e.a, e.b, e.at, e."senderId" from jsonb_to_recordset(entries) as e(a text, b text, at timestamptz, "senderId" text);
  return false;
end $$;

create function learn_names_or_leave(entries jsonb) returns void language plpgsql as $$
begin
  if not take_turn_or_leave(entries) then return; end if;
  insert into names_to_learn (a, b, at, told_by)
  select e.a, e.b, e.at, e."senderId"
  from jsonb_to_recordset(learn_new_names(entries)) as e(a text, b text, at timestamptz, "senderId" text);
end $$;

-- A number that Meta writes otherwise. `settles`: by who holds no rows.
drop function learn_wa_id(text, text);
create function learn_wa_id(number_ text, wa_id_ text, settles boolean default false) returns void language plpgsql as $$
declare
  root text;
  named constant text := ltrim(number_, '+');
begin
  if named in ('', wa_id_) or not take_turn_or_leave(jsonb_build_array(jsonb_build_object('a', named, 'b', wa_id_))) then return; end if;
  if exists (select from name_spans s where s.name in (named, wa_id_)) then
    if exists (select from name_links l where l.a = named and l.b = wa_id_) then return; end if;
    if not settles then
      insert into names_to_learn (a, b) values (named, wa_id_);
      return;
    end if;
    perform keep_links(array[named, wa_id_]);
    insert into name_links (a, b, at) values (named, wa_id_, '-infinity') on conflict (a, b) do update set at = excluded.at;
    perform settle(array[named, wa_id_]);
    return;
  end if;
  root := person_of(wa_id_);
  if root = named then return; end if;
  insert into wa_ids as w (number, wa_id) values (number_, root)
  on conflict (number) do update set wa_id = excluded.wa_id where w.wa_id <> excluded.wa_id;
  update wa_ids set wa_id = root where wa_id = named and ltrim(number, '+') <> root;
end $$;

create or replace function learn_left_names(most integer) returns integer language plpgsql as $$
declare
  told jsonb;
begin
  if not exists (select from names_to_learn)
    or not pg_try_advisory_xact_lock(hashtextextended('callpermit names', 0)) then return 0; end if;
  with gone as (
    delete from names_to_learn n where n.id = any(array(select l.id from names_to_learn l order by l.id limit most)) returning n.*)
  select jsonb_agg(jsonb_build_object('a', g.a, 'b', g.b, 'at', g.at, 'senderId', g.told_by) order by g.id) into told from gone g;
  if told is null then return 0; end if;
  perform learn_wa_id('+' || e.a, e.b, true) from jsonb_to_recordset(told) as e(a text, b text, at timestamptz) where e.at is null;
  perform learn_names(jsonb_path_query_array(told, '$[*] ? (@.at != null)'));
  return jsonb_array_length(told);
end $$;

create or replace function learn_answerers(words jsonb) returns integer language sql as $$
  select coalesce(learn_names(jsonb_agg(jsonb_build_object(
    'a', e.person, 'b', coalesce(r.wa_id, ltrim(r.to_number, '+')), 'at', r.reserved_at, 'senderId', r.sender_id))), 0)
  from jsonb_to_recordset(words) as w("senderId" text, key text)
  join permission_events e on e.sender_id = w."senderId" and e.key = w.key
  join requests r on r.id = e.request_id
  where e.context is not null and e.context not like 'wacid%' and not is_number(e.person)
    and r.reserved_at is not null and is_number(ltrim(r.to_number, '+'))
  having count(*) > 0
$$;

do $$
declare
  was constant text := pg_get_functiondef('apply_statuses'::regproc);
  now constant text := replace(replace(replace(replace(was,
    'perform learn_names(l.pairs)', 'perform learn_names_or_leave(l.pairs)'),
    'where l.pairs is not null and take_turn_or_leave(l.pairs);', 'where l.pairs is not null;'),
    $a$'at', k.at)) as pairs$a$, $a$'at', k.at, 'senderId', k.sender_id)) as pairs$a$),
    $a$as number, r.reserved_at as at$a$, $a$as number, r.reserved_at as at, r.sender_id$a$);
begin
  if strpos(now, 'learn_names_or_leave') = 0 or strpos(now, 'take_turn') > 0 or strpos(now, $a$'senderId', k.sender_id$a$) = 0
    or strpos(now, 'as at, r.sender_id') = 0 then raise exception 'apply_statuses is another one'; end if;
  execute now;
end $$;

-- Whose an allowance is may have turned out since it was taken.
do $$
declare
  was constant text := pg_get_functiondef('record_outcomes'::regproc);
  now constant text := replace(was, 'select e.*, r.sender_id, r.person, r.reserved_at,',
    $a$select e.*, r.sender_id, case
          when r.person is not null and exists (select from name_spans s where s.name in (ltrim(r.to_number, '+'), r.person))
            then asked_owner(ltrim(r.to_number, '+'), r.reserved_at)
          else r.person end as person, r.reserved_at,$a$);
begin
  if now = was then raise exception 'record_outcomes is another one'; end if;
  execute now;
end $$;

-- Who is called is called by a number that is theirs.
do $$
declare
  was constant text := pg_get_functiondef('book_of'::regproc);
  now constant text := replace(was, $a$    to_number := '+' || number; wa_id := number;
$a$, $a$    to_number := '+' || number; wa_id := number;
  elsif is_number(ltrim(r.to_number, '+')) and ltrim(r.to_number, '+') <> all(names) then
    wa_id := (array(select n from unnest(names) n where is_number(n) and n = person_of(n) order by n))[1];
    to_number := '+' || coalesce(wa_id, booked_as, name);
$a$);
begin
  if now = was then raise exception 'book_of is another one'; end if;
  execute now;
end $$;

-- What a request was answered, by the words that are matched to it.
create function set_answer(r requests, e permission_events) returns void language plpgsql as $$
declare
  answer_ constant text := case when e.status = 'revoked' then 'declined' else e.status end;
begin
  update requests q
  set answer = answer_, answered_at = e.at, answer_key = e.key,
    permission_expires_at = case when e.status = 'temporary' then coalesce(e.expires_at, e.at + interval '168 hours') end
  where q.id = r.id;
  insert into funnel_counts (campaign_id, language, fact, n)
  select r.campaign_id, r.language, k.fact, sum(k.d) from (
    select 'answered ' || r.answer as fact, -1 as d where r.answer is not null
    union all
    select 'answered ' || answer_, 1 where answer_ is not null) k
  where not coalesce((select c.single from campaigns c where c.id = r.campaign_id), true)
  group by k.fact having sum(k.d) <> 0;
end $$;

-- Finds the request of a word: by what it answers, else the last one to who said it. A word that is looked at again, since its
-- person was put together anew, keeps its request where that is theirs and none comes between.
create or replace function match_answer(sender text, key_ text) returns boolean language plpgsql as $$
declare
  e permission_events;
  r requests;
  before requests;
  last permission_events;
  names text[];
begin
  select * into e from permission_events x where x.sender_id = sender and x.key = key_ for no key update;
  if e.next_at is null then return false; end if;
  if e.context is not null then
    select * into r from requests q
    where hashtextextended(q.wamid, 0) = hashtextextended(e.context, 0) and q.wamid = e.context and q.sender_id = sender
    order by q.id + 0 limit 1 for no key update;
  end if;
  if r.id is null then
    names := names_of(e.person);
    select q.* into r from requests q
    where q.id = any(array(
        select (a).request from pairs p, unnest(p.asks || p.set_back) a where p.sender_id = sender and p.person = any(names)
        union
        select p.last_request from pairs p where p.sender_id = sender and p.person = any(names)
        union
        select b.id from requests b where b.id = e.request_id
          and (b.to_number = '' or asked_owner(ltrim(b.to_number, '+'), coalesce(b.reserved_at, b.accepted_at)) = any(names))))
      -- Meta's times are of whole seconds, and an answer may be quicker than our record of the request.
      and (e.context is null or e.context like 'wacid%' or q.wamid is null)
      and q.state = 'accepted' and date_trunc('second', coalesce(q.reserved_at, q.accepted_at)) <= e.at
    order by coalesce(q.reserved_at, q.accepted_at) desc limit 1 for no key update;
  end if;
  if e.request_id is not null and e.request_id is distinct from r.id then
    select * into before from requests q where q.id = e.request_id for no key update;
    update permission_events x set request_id = null where x.sender_id = sender and x.key = key_;
    if before.answer_key = e.key then
      select * into last from permission_events x
      where x.request_id = before.id and x.status in ('temporary', 'permanent', 'declined', 'revoked')
      order by x.at desc, word_rank(x.status) desc, x.key desc limit 1;
      perform set_answer(before, last);
    end if;
  end if;
  if r.id is null then
    update permission_events x set tries = x.tries + 1,
      next_at = now_() + look_again(x.tries)
    where x.sender_id = sender and x.key = key_;
    return false;
  end if;
  update permission_events x set request_id = r.id, next_at = null where x.sender_id = sender and x.key = key_;
  if e.status not in ('temporary', 'permanent', 'declined', 'revoked') then return true; end if;
  if (coalesce(r.answered_at, '-infinity'), case when r.answer = 'declined' then 1 else 0 end, coalesce(r.answer_key, ''))
    < (e.at, word_rank(e.status), e.key) then
    perform set_answer(r, e);
  end if;
  return true;
end $$;

do $$
declare
  was constant text := pg_get_functiondef('match_answers'::regproc);
  now constant text := replace(replace(was,
    'select p.asks, p.last_request from pairs p', 'select p.asks || p.set_back as asks, p.last_request from pairs p'),
    '      union all
      select o.id from', '      union all
      select e.request_id
      union all
      select o.id from');
begin
  if strpos(now, 'select e.request_id') = 0 or strpos(now, 'set_back') = 0 then raise exception 'match_answers is another one'; end if;
  execute now;
end $$;

-- Whoever tells something of people of whom more is known than one number waits here, with nothing in hand: who puts persons
-- together writes what was told of them before.
create function take_turn_for(names text[]) returns void language plpgsql as $$
begin
  if exists (select from unnest(names) t where (select true from name_spans s where s.name = t limit 1)) then
    perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  end if;
end $$;

-- What was set back goes with who was asked.
do $$
declare
  was constant text := pg_get_functiondef('erase_person'::regproc);
  now constant text := replace(was, 'last_request = null,
    asks = array', 'last_request = null, set_back = ''{}'',
    asks = array');
begin
  if now = was then raise exception 'erase_person is another one'; end if;
  execute now;
end $$;

-- Each of these is of a few people, and finds all by indexes, whatever the planner knows of tables that fill. Nor are they
-- compiled: where a plan may not read tables whole, its cost says that it is worth it, and it takes longer than all the rest.
do $$
declare
  f regproc;
begin
  foreach f in array array['settle', 'settle_all', 'ask_owner', 'settle_asks', 'settle_stops', 'book_persons', 'asked_owner', 'change_all_names',
    'change_names', 'keep_links', 'learn_new_names', 'learn_names', 'learn_names_or_leave', 'learn_answerers', 'learn_wa_id',
    'learn_left_names', 'take_turn_for', 'book_answers', 'match_answers', 'match_answer', 'book_call', 'set_preference']::regproc[]
  loop
    execute format('alter function %s set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
      set plan_cache_mode = force_generic_plan set jit = off', f::oid::regprocedure);
  end loop;
end $$;
