-- What is asked is the list that was accepted in the end, to the row and the word: one loader at a time
-- holds a campaign while its list is read, and no line goes in but under that hold. All columns may stay
-- empty: an older program that is half-way through a list goes on by its own statements.

alter table campaigns
  add body_sha256 text,          -- of the body where the list came inline; null: its list is a stream
  add loader text,               -- who reads its list ...
  add loader_until timestamptz,  -- ... until when by itself; each batch renews it ...
  add loader_backend integer;    -- ... or until the connection that wrote last is gone

-- Keeps the hold for another 15 s; no row where the loader has lost it. The update locks the campaign,
-- so that whatever follows in the same transaction is ordered with every other loader, cancel and end.
create function keep_hold(campaign_ text, loader_ text) returns setof campaigns language sql as $$
  update campaigns
  set loader_until = clock_timestamp() + interval '15 s', loader_backend = pg_backend_pid()
  where id = campaign_ and loader = loader_ and state = 'loading'
  returning *
$$;

-- Which of the senders asked this person last, under whatever name, if any did.
create function asked_last_by(senders_ text[], number_ text) returns text language sql stable as $$
  select p.sender_id from pairs p
  where p.sender_id = any(senders_) and p.person = any(names_of(ltrim(number_, '+')))
  order by (p.asks[cardinality(p.asks)]).at desc nulls last limit 1
$$;

-- Writes one batch of a list's lines. A number that the campaign has already becomes a skipped row that
-- names the row it doubles; `double_of` in a line says so of the lines of one batch. A function, because
-- the look for doubles must see what was committed before the hold was kept. Plain inserts: `on conflict`
-- took 40 ms a thousand lines, this 25 (measured).
-- A row that is there already means that somebody wrote without the hold (23505).
create function add_lines(campaign_ text, loader_ text, senders_ text[], language_ text, lines_ jsonb, refused_ jsonb,
  out held boolean, out state text, out added integer, out doubles integer, out refused integer)
language plpgsql as $$
declare
  c campaigns;
  is_one boolean := cardinality(senders_) = 1;
begin
  select * into c from keep_hold(campaign_, loader_);
  held := found;
  if not held then
    select k.state into state from campaigns k where k.id = campaign_;
    return;
  end if;
  state := c.state;
  with line as (
    select l.*, coalesce(
      (select r.row from requests r
        where r.campaign_id = campaign_ and r.to_number = l."to" and r.double_of is null), l.double_of) as doubles
    from jsonb_to_recordset(lines_) as l(row integer, "to" text, sender text, reference text, language text,
      not_before timestamptz, not_after timestamptz, parameters jsonb, zones text[], double_of integer)
  ), inserted as (
    insert into requests (campaign_id, sender_id, row, lane, reference, to_number, language, parameters, zones,
      not_after, due_at, state, reason, double_of)
    select campaign_, coalesce(case when is_one then null else asked_last_by(senders_, l."to") end, l.sender), l.row,
      case when c.single then 0 else 1 end, l.reference, l."to", coalesce(l.language, language_), l.parameters, l.zones,
      least(l.not_after, c.expire_at, 'infinity'), greatest(l.not_before, c.start_at, '-infinity'),
      case when l.doubles is null then 'pending' else 'skipped' end,
      case when l.doubles is not null then 'duplicate' end, l.doubles
    from line l
    returning double_of
  )
  select count(*) filter (where double_of is null), count(double_of) into added, doubles from inserted;
  insert into refused_lines (campaign_id, row, column_name, value, code, message)
  select campaign_, l.row, l."column", l.value, l.code, l.message
  from jsonb_to_recordset(refused_) as l(row integer, "column" text, value text, code text, message text);
  get diagnostics refused = row_count;
end $$;

-- Removes the rows below `below_` (null: all) that a load left, at most `most_` row numbers of them, from
-- the last one down. `below` is where to go on, null once nothing is left.
create function clear_lines(campaign_ text, loader_ text, below_ integer, most_ integer,
  out held boolean, out state text, out below integer)
language plpgsql as $$
declare
  top integer;
begin
  select k.state into state from keep_hold(campaign_, loader_) k;
  held := found;
  if not held then
    select k.state into state from campaigns k where k.id = campaign_;
    return;
  end if;
  select greatest(
    (select max(r.row) from requests r where r.campaign_id = campaign_ and r.row < coalesce(below_, 2147483647)),
    (select max(l.row) from refused_lines l where l.campaign_id = campaign_ and l.row < coalesce(below_, 2147483647)))
  into top;
  if top is null then return; end if;
  below := top - most_ + 1;
  delete from requests r where r.campaign_id = campaign_ and r.row between below and top;
  delete from refused_lines l where l.campaign_id = campaign_ and l.row between below and top;
end $$;

-- The list is in: loading -> draft, with its fingerprint. Not where other rows are there than its lines.
create function finish_loading(campaign_ text, loader_ text, list_sha256_ text, lines_ integer,
  out held boolean, out state text, out whole boolean)
language plpgsql as $$
begin
  perform from keep_hold(campaign_, loader_);
  held := found;
  if held then
    whole := lines_ = (select count(*) from requests r where r.campaign_id = campaign_)
      + (select count(*) from refused_lines l where l.campaign_id = campaign_);
    if whole then
      update campaigns k set state = 'draft', list_sha256 = list_sha256_, loader = null where k.id = campaign_;
    end if;
  end if;
  select k.state into state from campaigns k where k.id = campaign_;
end $$;

-- An older program ends a load without asking whether another loader holds the campaign: then it does not.
create function refuse_end() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger campaigns_held before update of state on campaigns for each row
  when (old.state = 'loading' and new.state = 'draft'
    and new.loader is not null and new.loader_until > clock_timestamp())
  execute function refuse_end();
