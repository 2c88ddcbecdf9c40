-- What the triggers of the migration before this one count from then on, counted of all that was there. Nobody waits for it.
-- Each count is one statement: it takes away the rows of those changes that it sees, and what is committed beside it has
-- a row of its own. Every change has one, since those under way when a trigger is made are waited for.
--
-- Nothing that reads these counts is made before they are right, and nobody folds them meanwhile: a sum of rows that were
-- counted here would stand beside them.
select pg_advisory_xact_lock(hashtextextended('callpermit counts', 0));

with gone as (
  delete from request_counts
)
insert into request_counts
select r.campaign_id, r.sender_id, r.state, said_instead(r.state, r.message_status), due_hour(r.state, r.due_at), count(*), true
from requests r join campaigns c on c.id = r.campaign_id
where not c.single
group by 1, 2, 3, 4, 5;

-- Beside a fold its sum would be left, which this one's snapshot does not have.
create function recount_asked(portfolio_ text) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit counts', 0));
  with gone as (
    delete from asked_counts where portfolio = portfolio_
  )
  insert into asked_counts (portfolio, at, n, whole)
  select portfolio_, half_minute(x.last), count(*), true
  from (
    select max((a.asks[cardinality(a.asks)]).at) as last
    from senders s
    join pairs a on a.sender_id = s.id and (a.asks[cardinality(a.asks)]).at > (select now_()) - interval '25 hours'
    where s.portfolio = portfolio_
    group by a.person) x
  group by 2;
end $$;

-- A number that joins a portfolio meanwhile would be counted by nobody.
lock table portfolios in share mode;
select recount_asked(p.id) from portfolios p;

-- The people of a portfolio's moving 24 h: whole half minutes as they were counted, and by name who leaves it within
-- the oldest of them. Each statement in it has a snapshot of its own.
create or replace function count_budget(sender text, id_ text, limit_ integer) returns void language plpgsql as $$
declare
  was text;
  since timestamptz;
  edge timestamptz;
  leaving timestamptz[];
  used integer;
  over integer;
  place record;
  frees timestamptz;
begin
  insert into portfolios (id, daily_limit, remaining) values (id_, limit_, coalesce(limit_, 0))
    on conflict (id) do nothing;
  select s.portfolio into was from senders s where s.id = sender;
  if found and was is distinct from id_ then
    -- Its lock is held by each claim: none is under way that knows nothing of it.
    update senders set portfolio = id_ where id = sender;
    perform from portfolios where id in (was, id_) order by id for no key update;
    perform recount_asked(p.id) from portfolios p where p.id in (was, id_);
  end if;
  -- Every process asks for it: once a second is enough, and without a limit there is nothing to count.
  if exists (select from portfolios where id = id_ and daily_limit is not distinct from limit_
    and (limit_ is null or (counted_at > clock_timestamp() - interval '1 s' and remaining > 0))) then return; end if;
  perform from portfolios where id = id_ for no key update;
  if exists (select from portfolios where id = id_ and daily_limit is not distinct from limit_
    and counted_at > clock_timestamp() - interval '1 s' and remaining > 0) then return; end if;
  if limit_ is null then
    update portfolios set daily_limit = null, remaining = 0, frees_at = null, counted_at = clock_timestamp() where id = id_;
    return;
  end if;
  since := now_() - interval '24 hours';
  edge := half_minute(since) + interval '30 s';
  leaving := array(select b.last from asked_between(id_, since, edge) b where b.last > since);
  used := cardinality(leaving)
    + greatest(0, (select coalesce(sum(k.n), 0)::int from asked_counts k where k.portfolio = id_ and k.at >= edge));
  if used >= limit_ then
    -- Of those within the window, the one whose leaving makes room for one more.
    over := used - limit_ + 1;
    if over <= cardinality(leaving) then
      frees := leaving[over];
    else
      over := over - cardinality(leaving);
      select x.at, over - x.till + x.n as nth into place from (
        select k.at, sum(k.n)::int as n, (sum(sum(k.n)) over (order by k.at))::int as till
        from asked_counts k where k.portfolio = id_ and k.at >= edge group by k.at) x
      where x.till >= over order by x.at limit 1;
      frees := coalesce(
        (select b.last from asked_between(id_, place.at, place.at + interval '30 s') b offset place.nth - 1 limit 1),
        place.at + interval '30 s');
    end if;
  end if;
  update portfolios p
  set daily_limit = limit_, counted_at = clock_timestamp(), remaining = greatest(0, limit_ - used),
    frees_at = frees + interval '24 hours'
  where p.id = id_;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- Makes few rows of many where there are many; one process at a time, and nobody waits for it.
create function fold_counts() returns void language plpgsql as $$
declare
  which text;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit counts', 0)) then return; end if;
  for which in
    select k.campaign_id from request_counts k where not k.whole group by 1 having count(*) > 50 order by 1
  loop
    with gone as (
      delete from request_counts k where k.campaign_id = which returning k.*
    )
    insert into request_counts
    select g.campaign_id, g.sender_id, g.state, g.said, g.due, sum(g.n), true from gone g
    group by 1, 2, 3, 4, 5 having sum(g.n) <> 0;
  end loop;
  for which in
    select k.portfolio from asked_counts k where not k.whole group by 1 having count(*) > 50 order by 1
  loop
    delete from asked_counts k where k.portfolio = which and k.at < now_() - interval '25 hours';
    with gone as (
      delete from asked_counts k
      where k.portfolio = which
        and k.at = any(array(select l.at from asked_counts l where l.portfolio = which and not l.whole))
      returning k.*
    )
    insert into asked_counts
    select g.portfolio, g.at, sum(g.n), true from gone g group by 1, 2 having sum(g.n) <> 0;
  end loop;
end $$;

create or replace function complete_campaigns() returns setof text language plpgsql as $$
declare
  candidate text;
begin
  for candidate in
    select c.id from campaigns c where c.state = 'running'
      -- has_open, written out: called for each of 5,000 single requests it took 100 ms instead of 25.
      and (select r.id from requests r where r.campaign_id = c.id and r.state = 'pending'
        order by r.sender_id, r.language, r.due_at, r.id limit 1) is null
      and not exists (
        select from requests r
        where r.campaign_id = c.id
          and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
    order by c.id
  loop
    if (select m.moved from move_campaign(candidate, array['running'], 'completed', null) m) then
      return next candidate;
    end if;
  end loop;
  perform fold_counts();
end $$;
