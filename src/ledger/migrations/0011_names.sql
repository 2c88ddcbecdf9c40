-- Campaigns that one can tell apart, and the same list handed over twice by a slip.
lock table campaigns in access exclusive mode;

alter table campaigns
  add column name text,
  -- Said of a campaign that waits for its list: it starts once that is in.
  add column start_when_in boolean not null default false;

create index campaigns_list on campaigns (list_sha256) where not single;

-- The campaign that had this list last: for the same template, by one of the same senders, within seven days. One
-- that was cancelled asked nobody any more, so it does not count.
create function list_before(campaign_ text, list_sha256_ text)
returns table (id text, name text, created_at timestamptz)
language sql stable as $$
  select k.id, k.name, k.created_at
  from campaigns c
  join campaigns k on k.list_sha256 = list_sha256_ and not k.single and k.id <> c.id
    and k.template = c.template and k.sender_ids && c.sender_ids
    and k.state in ('draft', 'running', 'paused', 'completed')
    and k.created_at > now_() - interval '7 days'
  where c.id = campaign_
  order by k.created_at desc, k.id limit 1
$$;

-- finish_loading, where nobody had the list before (unless it may be a list again). Two such loads at once end one
-- after the other, so that the second one sees the first; the lock is taken before any row's, here alone. With the
-- list come the columns of a campaign whose template was not looked at.
create function finish_list(campaign_ text, loader_ text, list_sha256_ text, lines_ integer, unless_asked_ boolean,
  header_ text[], body_ text[],
  out held boolean, out state text, out whole boolean, out more boolean, out doubles integer,
  out asked_id text, out asked_name text, out asked_at timestamptz)
language plpgsql as $$
begin
  if unless_asked_ and lines_ > 1 then
    perform pg_advisory_xact_lock(hashtextextended('callpermit list ' || list_sha256_, 0));
    select b.id, b.name, b.created_at into asked_id, asked_name, asked_at from list_before(campaign_, list_sha256_) b;
    if asked_id is not null then
      -- The loader takes its campaign back.
      select k.state into state from keep_hold(campaign_, loader_) k;
      held := found;
      return;
    end if;
  end if;
  select f.held, f.state, f.whole, f.more, f.doubles into held, state, whole, more, doubles
  from finish_loading(campaign_, loader_, list_sha256_, lines_) f;
  if held and state = 'draft' and body_ is not null then
    update campaigns k set header_parameters = header_, body_parameters = body_ where k.id = campaign_;
  end if;
end $$;
