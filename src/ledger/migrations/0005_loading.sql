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
