-- Whom, when and how many: what a campaign may do about the pair limit, permissions, opt-outs, the
-- daily budget of a portfolio, quiet hours, lanes and several senders.

alter table campaigns
  add sender_ids text[],                       -- all its senders; sender_id is the first of them
  add single boolean not null default false,   -- one person asked now, ahead of every list
  add weight smallint not null default 1 check (weight between 1 and 100),
  add on_pair_limit text not null default 'wait' check (on_pair_limit in ('wait', 'skip')),
  add include_granted boolean not null default false,
  add include_declined boolean not null default false,
  add start_at timestamptz,
  add expire_at timestamptz,
  add quiet_from time,                         -- in the recipient's own zone; both or neither
  add quiet_to time;
update campaigns set sender_ids = array[sender_id];
alter table campaigns alter sender_ids set not null;
drop index campaigns_running;
create index campaigns_running on campaigns (created_at) where state = 'running';

-- Where the number may be: kept only where the campaign has quiet hours.
alter table requests add zones text[];
create index requests_expiring on requests (not_after) where state = 'pending' and not_after < 'infinity';
create index requests_number on requests (to_number) where wa_id is not null;

-- People who do not want to be asked, by the digits of their number or wa_id.
create table suppressions (
  person text primary key,
  reason text,
  source text not null check (source in ('operator', 'import', 'meta', 'api')),
  added_at timestamptz not null default now_()
);

-- What a person allowed a sender, as far as we were told.
create table permissions (
  sender_id text not null,
  person text not null,                        -- digits of the wa_id once known, else of the number
  status text not null check (status in ('temporary', 'permanent', 'declined', 'revoked')),
  expires_at timestamptz,                      -- of a temporary one
  at timestamptz not null,
  source text not null check (source in ('webhook', 'refusal', 'operator')),
  primary key (sender_id, person)
);

-- Whether a person who has answered may be asked: one who granted has nothing to be asked for while
-- that lasts, one who declined is left alone for seven days.
create function may_ask(p permissions, include_granted boolean, include_declined boolean)
returns boolean language sql stable as $$
  select case p.status
    when 'permanent' then include_granted
    when 'temporary' then include_granted or p.expires_at <= now_()
    when 'declined' then include_declined or p.at <= now_() - interval '7 days'
    else true end
$$;

-- Why a person is not to be asked by a sender at all; null where nothing bars it. The claim has the same
-- conditions in a form of its own, so that each row needs no call of a function.
create function barred(sender text, number text, wa_id text, include_granted boolean, include_declined boolean)
returns text language sql stable as $$
  select case
    when exists (select from suppressions s where s.person in (ltrim(number, '+'), wa_id)) then 'suppressed'
    else (
      select case when p.status in ('temporary', 'permanent') then 'already-granted' else 'declined' end
      from permissions p
      where p.sender_id = sender and p.person = coalesce(wa_id, ltrim(number, '+'))
        and not may_ask(p, include_granted, include_declined)) end
$$;

-- When a sender may ask a person once more: the oldest of the last N leaves its window. Null: now.
create function pair_frees_at(sender text, who text, per_day integer, per_week integer)
returns timestamptz language sql stable as $$
  select greatest(
    case when count(*) filter (where a > now_() - interval '24 hours') >= per_day
      then (array_agg(a order by a desc))[per_day] + interval '24 hours' end,
    case when count(*) filter (where a > now_() - interval '7 days') >= per_week
      then (array_agg(a order by a desc))[per_week] + interval '7 days' end)
  from pairs p, unnest(p.asked) a
  where p.sender_id = sender and p.person = who
$$;

-- Senders that share Meta's limit of people reached in a moving 24 h. `remaining` is counted
-- down by claims and counted anew every few seconds, which also gives back what was refused.
create table portfolios (
  id text primary key,
  daily_limit integer,                         -- null: none
  remaining integer not null default 0,
  frees_at timestamptz,                        -- when the next place frees, while there is none
  counted_at timestamptz not null default '-infinity'
);
alter table senders add portfolio text references portfolios;
create index pairs_last on pairs (sender_id, (asked[cardinality(asked)]));

-- Counts the people of a portfolio's moving 24 h anew. A function, because the count must see what was
-- committed before its lock was had: each statement in it has a snapshot of its own.
create function count_budget(sender text, id_ text, limit_ integer) returns void language plpgsql as $$
begin
  insert into portfolios (id, daily_limit, remaining) values (id_, limit_, coalesce(limit_, 0))
    on conflict (id) do nothing;
  update senders set portfolio = id_ where id = sender and portfolio is distinct from id_;
  perform from portfolios where id = id_ for update;
  -- Every process asks for it: once a second is enough.
  if exists (select from portfolios where id = id_ and daily_limit is not distinct from limit_
    and counted_at > clock_timestamp() - interval '1 s' and remaining > 0) then return; end if;
  update portfolios p
  set daily_limit = limit_, counted_at = clock_timestamp(),
    remaining = greatest(0, coalesce(limit_, 0) - u.used),
    frees_at = case when limit_ is not null and u.used >= limit_ then (
      -- Of those within the window, the one whose leaving makes room for one more.
      select last + interval '24 hours' from (
        select max(a.asked[cardinality(a.asked)]) as last
        from pairs a join senders s on s.id = a.sender_id
        where s.portfolio = id_ and a.asked[cardinality(a.asked)] > now_() - interval '24 hours'
        group by a.person) x
      order by last offset u.used - limit_ limit 1) end
  from (
    select count(distinct a.person)::int as used
    from pairs a join senders s on s.id = a.sender_id
    where s.portfolio = id_ and a.asked[cardinality(a.asked)] > now_() - interval '24 hours'
  ) u
  where p.id = id_;
end $$;

-- When quiet hours end for a number that may be in any of these zones; null when it is not quiet in
-- any of them at that time. 'infinity': no hour of the week is free in all of them.
create function quiet_until(zones text[], quiet_from time, quiet_to time, at timestamptz)
returns timestamptz language plpgsql stable as $$
declare
  t timestamptz := at;
  ends timestamptz;
begin
  if quiet_from is null or quiet_from = quiet_to then return null; end if;
  for turn in 1..200 loop
    select max(((case when (t at time zone z)::time < quiet_to then (t at time zone z)::date
        else (t at time zone z)::date + 1 end) + quiet_to) at time zone z) into ends
    from unnest(zones) z
    where case when quiet_from < quiet_to
      then (t at time zone z)::time >= quiet_from and (t at time zone z)::time < quiet_to
      else (t at time zone z)::time >= quiet_from or (t at time zone z)::time < quiet_to end;
    if ends is null then return nullif(t, at); end if;
    -- A clock put back at the very end of the quiet hours would hold it there.
    t := greatest(ends, t + interval '1 minute');
    if t > at + interval '8 days' then exit; end if;
  end loop;
  return 'infinity';
end $$;

-- A number turned out to belong to another wa_id: from then on they are one person, in every book.
-- A trigger, so that no way of learning it can forget one of them.
create function merge_person() returns trigger language plpgsql as $$
declare
  was text := ltrim(new.number, '+');
begin
  if was = new.wa_id then return new; end if;
  insert into pairs as p (sender_id, person, asked, reset_at)
  select sender_id, new.wa_id, asked, reset_at from pairs where person = was order by sender_id
  on conflict (sender_id, person) do update
  set asked = array(select a from unnest(p.asked) a union select unnest(excluded.asked) order by 1),
    reset_at = greatest(p.reset_at, excluded.reset_at);
  delete from pairs where person = was;
  insert into permissions as p (sender_id, person, status, expires_at, at, source)
  select sender_id, new.wa_id, status, expires_at, at, source from permissions where person = was
  on conflict (sender_id, person) do update
  set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source
  where p.at < excluded.at;
  delete from permissions where person = was;
  return new;
end $$;
create trigger wa_ids_merge after insert or update of wa_id on wa_ids
  for each row execute function merge_person();
