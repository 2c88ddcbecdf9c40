-- Cancel and retry of long lists, in parts that each look at so many rows of one campaign, by `requests_row`. Found by
-- state and ordered by id, each part walks past all rows of the ledger that stand before its own: 5,000 of 700,000 took
-- 0.25 s at first and 1 s at the end, and a sweep walked through the whole ledger where nothing was left. By row a part
-- is as long as any other, also where few of its rows are to be changed.

-- The last row of the part behind `after_row`; null where no row comes after it.
create function part_end(campaign_ text, after_row integer, most integer) returns integer language sql stable as $$
  -- Not `exists`: where nothing comes after it, that may look for it through the whole ledger.
  select after_row + most
  where after_row + most < (select max(r.row) from requests r where r.campaign_id = campaign_)
$$;

-- Some people, by id, of campaigns that are cancelled.
create function cancel_people(ids bigint[]) returns integer language plpgsql as $$
declare
  cancelled integer;
begin
  perform from requests r where r.id = any(ids) and r.state in ('pending', 'queued') order by r.id for no key update;
  update requests r set state = 'cancelled', reason = coalesce(r.reason, 'campaign cancelled')
  where r.id = any(ids) and r.state in ('pending', 'queued');
  get diagnostics cancelled = row_count;
  return cancelled;
end $$;

-- Of a cancelled campaign, the rows behind `after_row`. `last_row`: behind which the next part begins; null where this
-- was the last.
create function cancel_part(campaign_ text, after_row integer, most integer)
returns table (cancelled integer, last_row integer) language plpgsql as $$
begin
  -- Nothing leads out of that state: its row need not be locked.
  if not exists (select from campaigns c where c.id = campaign_ and c.state = 'cancelled') then return; end if;
  return query select
    cancel_people(array(
      select r.id from requests r
      where r.campaign_id = campaign_ and r.row > after_row and r.row <= after_row + most)),
    part_end(campaign_, after_row, most);
end $$;

-- Each single request is a campaign: there may be as many of them as people.
create index campaigns_cancelled on campaigns (ended_at) where state = 'cancelled';

-- What a process that died between two parts has left, for the sweep. Null: of any campaign cancelled within a day.
create function cancel_requests(campaign_ text, most integer) returns integer language plpgsql as $$
declare
  left_ text;
  cancelled integer := 0;
begin
  for left_ in
    select c.id from campaigns c
    where c.state = 'cancelled' and c.ended_at > now_() - interval '24 hours'
      and (campaign_ is null or c.id = campaign_)
    order by c.id
  loop
    cancelled := cancelled + cancel_people(array(
      select r.id from requests r
      where r.campaign_id = left_ and r.state in ('pending', 'queued')
      limit most - cancelled));
    exit when cancelled >= most;
  end loop;
  return cancelled;
end $$;

-- Requests that ended badly are asked again, by an operator's word: of the rows behind `after_row`. Their allowance is
-- given back where the last attempt still holds it (138009 corrects the book if Meta counted it). Doubles are never
-- asked. A completed campaign runs again. Those whose time had passed have it no more, but for an end of the campaign
-- that is still ahead. The epoch stays: what proves that Meta took an earlier attempt still settles it.
create function retry_part(campaign_ text, states text[], code integer, after_row integer, most integer)
returns table (retried integer, last_row integer, campaign_state text) language plpgsql as $$
#variable_conflict use_column
declare
  c campaigns;
  ids bigint[];
  t constant timestamptz := now_();  -- once, not for each row
begin
  select * into c from campaigns where id = campaign_ for no key update;
  if not found then return; end if;
  if c.state not in ('running', 'paused', 'completed') then
    return query select 0, null::integer, c.state;
    return;
  end if;
  ids := array(
    select r.id from requests r
    where r.campaign_id = campaign_ and r.row > after_row and r.row <= after_row + most
      and r.state = any(states) and r.double_of is null and r.state in ('rejected', 'skipped', 'expired', 'uncertain')
      and (code is null or r.error_code = code)
    order by r.id for no key update);
  with chosen as materialized (
    select r.id, r.fence, r.sender_id, r.person from requests r where r.id = any(ids)
  ), pair as materialized (
    select p.sender_id, p.person, g.back
    from pairs p join (
      select sender_id, person, array_agg(row(id, fence, null)::ask) as back from chosen group by sender_id, person
    ) g on g.sender_id = p.sender_id and g.person = p.person
    order by p.sender_id, p.person
    for no key update of p
  ), given_back as (
    update pairs p set asks = array(select a from unnest(p.asks) a
      where not exists (select from unnest(pair.back) b where b.request = a.request and b.fence = a.fence))
    from pair where p.sender_id = pair.sender_id and p.person = pair.person
  ), again as (
    update requests r
    set state = 'pending', cause = 'retry.' || r.fence, attempts = 0, due_at = t, check_at = null,
      uncertain_at = null, finding = null, error_code = null, error_message = null, reason = null,
      not_after = case when r.not_after > t then r.not_after
        when c.expire_at > t then c.expire_at else 'infinity' end
    from chosen where r.id = chosen.id
    returning r.id
  )
  select count(*)::int into retried from again;
  if retried > 0 then
    update campaigns k set state = case when k.state = 'completed' then 'running' else k.state end,
      ended_at = null, errors = 0, settled = 0
    where k.id = campaign_ returning k.state into c.state;
    perform pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', campaign_, 'state', c.state)::text);
  end if;
  return query select retried, part_end(campaign_, after_row, most), c.state;
end $$;
