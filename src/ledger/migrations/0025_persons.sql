-- Persons behind several names, what they answered, their calls, and what became of each message.
--
-- A name is a number's digits, or a user id of Meta's (`US.1349`). `wa_ids` leads from a name (with a plus, as numbers have
-- it) to the one that stands for the person; there is one step at most, so that all names are found by two looks.

alter table wa_ids add column at timestamptz not null default '-infinity';

-- A person left one name for another: a new number, or a new user id with the same number.
create table name_changes (
  before text not null,
  after text not null,
  at timestamptz not null,
  primary key (before, at, after)
);
create index name_changes_after on name_changes (after);

-- Every word on permission, each once. The last one stands in `permissions`.
create table permission_events (
  sender_id text not null,
  key text not null,
  person text not null,
  status text not null check (status in ('temporary', 'permanent', 'declined', 'revoked', 'none')),
  source text not null check (source in
    ('answer', 'profile', 'callback', 'automatic', 'person', 'number-change', 'query', 'webhook', 'refusal', 'operator')),
  expires_at timestamptz,
  at timestamptz not null,
  context text,
  request_id bigint,
  next_at timestamptz,
  tries smallint not null default 0,
  primary key (sender_id, key)
);
create index permission_events_person on permission_events (person, sender_id, at);
create index permission_events_open on permission_events (next_at) where next_at is not null;
create index permission_events_request on permission_events (request_id) where request_id is not null;

alter table permissions add column key text not null default '';
alter table permissions drop constraint permissions_source_check;
alter table permissions add constraint permissions_source_check check (source in
  ('answer', 'profile', 'callback', 'automatic', 'person', 'number-change', 'query', 'webhook', 'refusal', 'operator'));
alter table permissions drop constraint permissions_status_check;
alter table permissions add constraint permissions_status_check check (status in
  ('temporary', 'permanent', 'declined', 'revoked', 'none'));
-- Permissions up to here were given under another number, and do not count.
alter table permissions add column cut_at timestamptz not null default '-infinity';
create index permissions_person on permissions (person);
create index permissions_status on permissions (status, expires_at, sender_id, person);
-- Who was asked by a user id.
create index pairs_user_ids on pairs (person) where person !~ '^[0-9]';

-- Meta is to be asked what a person allows.
create table permission_checks (
  sender_id text not null,
  person text not null,
  due_at timestamptz not null,
  why text not null,
  tries smallint not null default 0,
  primary key (sender_id, person)
);
create index permission_checks_due on permission_checks (sender_id, due_at);

create table calls (
  id text primary key,
  sender_id text not null,
  person text not null,
  by_business boolean not null,
  is_connected boolean not null default false,
  is_over boolean not null default false,
  at timestamptz not null,
  duration_s integer
);
create index calls_person on calls (person, sender_id, at);

-- What a person set for a business's marketing messages: the last word by Meta's time.
create table preferences (
  person text not null,
  category text not null,
  value text not null check (value in ('stop', 'resume')),
  at timestamptz not null,
  primary key (person, category)
);

alter table suppressions drop constraint suppressions_source_check;
alter table suppressions add constraint suppressions_source_check check (source in
  ('operator', 'import', 'meta', 'api', 'preference', 'typed'));

-- The last ask stays known when a connected call empties the allowance.
alter table pairs add column last_request bigint;

-- Digits of the number as Meta shows it: news of a number name it by nothing else.
alter table senders add column shown_number text;

alter table requests
  add column user_id text,
  add column delivery_errors jsonb,
  add column pricing text,
  add column answer text check (answer in ('temporary', 'permanent', 'declined')),
  add column answered_at timestamptz,
  add column permission_expires_at timestamptz,
  add column answer_key text;
create index requests_answered on requests (campaign_id, (answered_at - accepted_at)) where answer is not null;

-- What became of the messages of a campaign, added up as it changes; folded as `request_counts` are.
create table funnel_counts (
  campaign_id text not null,
  language text not null,
  fact text not null,
  n bigint not null,
  whole boolean not null default false
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index funnel_counts_campaign on funnel_counts (campaign_id);
create index funnel_counts_loose on funnel_counts (campaign_id) where not whole;

-- Statuses of messages that are not known: of other programs, or told before our own answer was recorded.
create table waiting_statuses (
  id bigint generated always as identity primary key,
  entry jsonb not null,
  next_at timestamptz not null,
  tries smallint not null default 0
);
create index waiting_statuses_next on waiting_statuses (next_at);

-- What Meta said of templates and accounts: the last of each kind by its time.
create table template_news (
  template_id text not null,
  account text not null,
  name text,
  language text,
  what text not null,
  value text not null,
  detail text,
  effective_at timestamptz,
  at timestamptz not null,
  primary key (template_id, what)
);
create index template_news_account on template_news (account);
create table account_news (
  account text not null,
  sender_id text not null default '',
  what text not null,
  value text not null,
  detail text,
  until timestamptz,
  at timestamptz not null,
  -- Nothing is sent until its end, or, of calling that is off, until it is on again.
  stops boolean not null,
  primary key (account, sender_id, what, value)
);

-- The name that stands for the person of a name.
create or replace function person_of(number_ text) returns text language sql stable as $$
  select coalesce((select w.wa_id from wa_ids w where w.number = '+' || ltrim(number_, '+')), ltrim(number_, '+'))
$$;

create function is_number(name text) returns boolean language sql immutable parallel safe as $$
  select name ~ '^[0-9]'
$$;

-- Names of people who have several, for the forecast. A user id of which only the number is known says nothing more, unless
-- somebody was asked by it: all else that was written under it went to the number.
create or replace function linked_names() returns table (name text) language plpgsql stable as $$
begin
  return query
  with telling as materialized (
    select ltrim(w.number, '+') as name, w.wa_id from wa_ids w
    where is_number(ltrim(w.number, '+')) or not is_number(w.wa_id)
      or w.number = any(array(select '+' || p.person from pairs p where p.person !~ '^[0-9]'))
  )
  select t.name from telling t union select t.wa_id from telling t;
end $$;

-- Of two words of the same second the one that stands: no beats yes, then the greater id.
create function word_rank(status text) returns integer language sql immutable parallel safe as $$
  select case when status in ('temporary', 'permanent') then 0 else 1 end
$$;

-- The last word of a person to a sender; an older one changes nothing.
create function book_word(sender text, person_ text, status_ text, expires_ timestamptz, at_ timestamptz, source_ text, key_ text)
returns boolean language plpgsql as $$
begin
  insert into permissions as p (sender_id, person, status, expires_at, at, source, key)
  values (sender, person_, status_, expires_, at_, source_, key_)
  on conflict (sender_id, person) do update
  set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source, key = excluded.key
  where (p.at, word_rank(p.status), p.key) < (excluded.at, word_rank(excluded.status), excluded.key);
  return found;
end $$;

-- What is written in the book without an id of Meta's is in its history too.
create function keep_history() returns trigger language plpgsql as $$
begin
  -- With a key it stands there already.
  if new.key <> (case when tg_op = 'UPDATE' then old.key else '' end) or new.at = '-infinity' then return new; end if;
  if tg_op = 'UPDATE' and (new.at, new.source, new.status) = (old.at, old.source, old.status) then return new; end if;
  -- So does a newer answer of Meta's, under the key of the one before.
  if exists (select from permission_events e
    where e.sender_id = new.sender_id and e.key = new.key and e.at = new.at and e.status = new.status) then return new; end if;
  new.key := new.source || ' ' || new.person || ' ' || extract(epoch from new.at);
  insert into permission_events (sender_id, key, person, status, source, expires_at, at)
  values (new.sender_id, new.key, new.person, new.status, new.source, new.expires_at, new.at)
  on conflict do nothing;
  return new;
end $$;
insert into permission_events (sender_id, key, person, status, source, expires_at, at)
select p.sender_id, p.source || ' ' || p.person || ' ' || extract(epoch from p.at), p.person, p.status, p.source, p.expires_at, p.at
from permissions p;
update permissions p set key = p.source || ' ' || p.person || ' ' || extract(epoch from p.at);
create trigger permissions_history before insert or update on permissions for each row execute function keep_history();

-- Whether a person may be asked, by their last word: a decline and an automatic revocation bar for seven days, a revocation
-- by the person until somebody says otherwise.
create or replace function may_ask(p permissions, include_granted boolean, include_declined boolean, now timestamptz)
returns boolean language sql stable as $$
  select case
    when p.status in ('temporary', 'permanent') and p.at <= p.cut_at then true
    when p.status = 'permanent' then include_granted
    when p.status = 'temporary' then include_granted or coalesce(p.expires_at, p.at + interval '168 hours') <= now
    when p.status = 'declined' or (p.status = 'revoked' and p.source = 'automatic')
      then include_declined or p.at <= now - interval '168 hours'
    when p.status = 'revoked' then include_declined
    else true end
$$;

-- A connected call: what was asked before it no longer counts.
create function reset_pair(sender text, name text, at_ timestamptz) returns setof text language sql as $$
  update pairs p
  set last_request = coalesce((p.asks[cardinality(p.asks)]).request, p.last_request),
    asks = array(select a from unnest(p.asks) a where a.at > at_ order by a.at), reset_at = greatest(p.reset_at, at_)
  where p.sender_id = sender and p.person = any(names_of(ltrim(name, '+')))
    and (p.reset_at is null or p.reset_at < at_ or exists (select from unnest(p.asks) a where a.at <= at_))
  returning p.person
$$;

-- The last word of a person again, by all that is known of them.
create function rebook(person_ text) returns void language plpgsql as $$
begin
  insert into permissions as p (sender_id, person, status, expires_at, at, source, key)
  select distinct on (e.sender_id) e.sender_id, person_, e.status, e.expires_at, e.at, e.source, e.key
  from permission_events e
  where e.person = person_ and e.status <> 'none'
  order by e.sender_id, e.at desc, word_rank(e.status) desc, e.key desc
  on conflict (sender_id, person) do update
  set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source, key = excluded.key;
end $$;

-- A refusal that told of a permission was perhaps somebody else's, and is taken back: it is no word of the person's, and
-- what was known before stands again.
create function take_back_word() returns trigger language plpgsql as $$
begin
  -- Of one that goes to another name, the word has gone there already.
  delete from permission_events e where e.sender_id = old.sender_id and e.key = old.key and e.person = old.person;
  if not found then return null; end if;
  perform rebook(old.person);
  insert into permissions as p (sender_id, person, status, at, source, cut_at)
  select old.sender_id, old.person, 'none', '-infinity', 'number-change', old.cut_at where old.cut_at > '-infinity'
  on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
  return null;
end $$;
create trigger permissions_doubted after delete on permissions for each row when (old.source = 'refusal')
  execute function take_back_word();

-- What is written under a name goes to the name that stands for its person; of a number that somebody else has since, what is
-- not later. Opt-outs stay under the old one too. Asks stay where they are, since outcomes give them back there: all who
-- count them look under all names.
create function carry_over(from_ text, to_ text, until_ timestamptz) returns void language plpgsql as $$
begin
  if from_ = to_ then return; end if;
  update permission_events set person = to_ where person = from_ and at <= until_;
  insert into permissions as p (sender_id, person, status, at, source, cut_at)
  select o.sender_id, to_, 'none', '-infinity', 'number-change', o.cut_at from permissions o
  where o.person = from_ and o.cut_at > '-infinity' and o.cut_at <= until_
  order by o.sender_id
  on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
  delete from permissions where person = from_;
  perform rebook(from_), rebook(to_);
  insert into suppressions (person, reason, source, added_at)
  select to_, s.reason, s.source, s.added_at from suppressions s where s.person = from_
  on conflict do nothing;
  insert into preferences as p (person, category, value, at)
  select to_, o.category, o.value, o.at from preferences o where o.person = from_ and o.at <= until_ order by o.category
  on conflict (person, category) do update set value = excluded.value, at = excluded.at
  where (p.at, p.value = 'stop') < (excluded.at, excluded.value = 'stop');
  delete from preferences where person = from_ and at <= until_;
  perform keep_preference(to_);
  update calls set person = to_ where person = from_ and at <= until_;
  insert into permission_checks (sender_id, person, due_at, why)
  select c.sender_id, to_, c.due_at, c.why from permission_checks c where c.person = from_ order by c.sender_id
  on conflict do nothing;
  delete from permission_checks where person = from_;
  perform reset_pair(k.sender_id, to_, k.at) from (
    select c.sender_id, max(c.at) as at from calls c where c.person = to_ and c.is_connected group by 1) k;
end $$;

-- An opt-out that a person's setting made stands as long as the setting says so.
create function keep_preference(person_ text) returns void language plpgsql as $$
declare
  stopped timestamptz;
  resumed timestamptz;
begin
  select max(p.at) filter (where p.value = 'stop'), max(p.at) filter (where p.value = 'resume') into stopped, resumed
  from preferences p where p.person = person_;
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

-- The last word of a person's setting, by Meta's time; at equal times a stop.
create function set_preference(person_ text, category_ text, value_ text, at_ timestamptz) returns void language plpgsql as $$
begin
  insert into preferences as p (person, category, value, at) values (person_, category_, value_, at_)
  on conflict (person, category) do update set value = excluded.value, at = excluded.at
  where (p.at, p.value = 'stop') < (excluded.at, excluded.value = 'stop');
  if found then perform keep_preference(person_); end if;
end $$;

-- Whether a number was left by its person before a time, so that it is somebody else's then.
create function was_left(name text, at_ timestamptz) returns boolean language sql stable as $$
  select coalesce((
    select c.before = name from name_changes c
    where (c.before = name or c.after = name) and c.at < at_
    order by c.at desc, c.before = name limit 1), false)
$$;

-- The name that stood for the person of a name at a time: a number that was left is its new owner's afterwards.
create function owner_of(name text, at_ timestamptz) returns text language plpgsql as $$
declare
  next_name text;
begin
  select c.after into next_name from name_changes c where c.before = name and c.at >= at_ order by c.at limit 1;
  if found then return person_of(next_name); end if;
  if is_number(name) and was_left(name, at_) then
    perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
    select c.after into next_name from name_changes c where c.before = name and c.at < at_ order by c.at desc limit 1;
    delete from wa_ids where number = '+' || name and wa_id = person_of(next_name);
  end if;
  return person_of(name);
end $$;

-- Two names of one person. A number stands for it where one is known, else the greater one.
create function join_names(a text, b text, at_ timestamptz) returns boolean language plpgsql as $$
declare
  one text := person_of(a);
  two text := person_of(b);
  root text;
  other text;
begin
  if one = two then
    update wa_ids set at = at_ where number = '+' || a and at > at_;
    return false;
  end if;
  root := case when is_number(one) <> is_number(two) then case when is_number(one) then one else two end
    else greatest(one, two) end;
  other := case when root = one then two else one end;
  insert into wa_ids as w (number, wa_id, at) values ('+' || other, root, at_)
  on conflict (number) do update set wa_id = excluded.wa_id;
  update wa_ids set wa_id = root where wa_id = other;
  delete from wa_ids where number = '+' || root;
  perform carry_over(other, root, 'infinity');
  return true;
end $$;

-- A name stands for its person from now on.
create function re_root(name text) returns void language plpgsql as $$
declare
  was constant text := person_of(name);
begin
  if was = name then return; end if;
  delete from wa_ids where number = '+' || name;
  update wa_ids set wa_id = name where wa_id = was;
  insert into wa_ids (number, wa_id) values ('+' || was, name) on conflict (number) do update set wa_id = excluded.wa_id;
  perform carry_over(was, name, 'infinity');
end $$;

-- Names told together: most are known, or of somebody of whom nothing is known yet. One at a time: who leads where is read and
-- then written, and of two who do so at once one would undo what the other has learned.
create function learn_names(entries jsonb) returns integer language plpgsql
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
    and not exists (select from name_changes c where c.before in (e.a, e.b))
    and not exists (select from name_changes c where c.after in (e.a, e.b))
    and not exists (select from permissions p where p.person = e.a)
    and not exists (select from suppressions s where s.person = e.a)
    and not exists (select from calls c where c.person = e.a)
    and not exists (select from preferences p where p.person = e.a)
  group by e.a having count(distinct e.b) = 1 order by e.a
  on conflict do nothing;
  get diagnostics n = row_count;
  for pair in
    select d.a, d.b, min(d.at) as at from jsonb_to_recordset(entries) as d(a text, b text, at timestamptz)
    left join wa_ids u on u.number = '+' || d.a left join wa_ids v on v.number = '+' || d.b
    where coalesce(u.wa_id, d.a) <> coalesce(v.wa_id, d.b)
      or exists (select from name_changes c where c.before = d.b)
      -- Told together sooner than was known: who had a number before it was left is no stranger.
      or u.at > d.at
    group by d.a, d.b order by 3, 1, 2
  loop
    -- A user id that was left says nothing of who has the number now.
    if was_left(pair.b, pair.at) and (exists (select from name_changes c where c.before = pair.a)
      -- Nor does that of who left it: a late status of an old message names both.
      or exists (select from name_changes c where c.before = pair.b and c.at < pair.at and person_of(c.after) = person_of(pair.a)))
    then continue; end if;
    if join_names(pair.a, owner_of(pair.b, pair.at), pair.at) then n := n + 1; end if;
  end loop;
  return n;
end $$;

-- A person has another number, or another user id, from now on. Opt-outs, words and asks go along; a permission does not
-- survive another number, and Meta is asked.
create function change_names(key_ text, what text, befores text[], afters text[], at_ timestamptz)
returns boolean language plpgsql as $$
declare
  new_name text := (array(select a from unnest(afters) a order by not is_number(a), a))[1];
  next_name text;
  since timestamptz := at_;
  was text;
  n integer;
  apart text[];
  mine text;
begin
  if new_name is null or cardinality(befores) = 0 then return false; end if;
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  insert into name_changes (before, after, at)
  select b, new_name, at_ from unnest(befores) b where b <> new_name order by b on conflict do nothing;
  get diagnostics n = row_count;
  if n = 0 then return false; end if;
  foreach was in array befores loop
    -- Who was told to have this number only after it was left is somebody else.
    apart := array(select ltrim(w.number, '+') from wa_ids w
      where is_number(was) and w.wa_id = was and w.at > at_ and not is_number(ltrim(w.number, '+'))
        and not exists (select from name_changes c where c.before = ltrim(w.number, '+')));
    if cardinality(apart) > 0 or (is_number(was) and person_of(was) = was
      and exists (select from permission_events e where e.person = was and e.at > at_ and e.source <> 'number-change'))
    then
      update wa_ids set wa_id = person_of(new_name) where wa_id = was and ltrim(number, '+') <> all(apart);
      perform carry_over(was, person_of(new_name), at_);
    else
      perform join_names(was, new_name, at_);
    end if;
  end loop;
  -- The number that was not left stands for the person: changes may be told in any order.
  loop
    select c.after, c.at into next_name, since from name_changes c where c.before = new_name and c.at > since order by c.at desc limit 1;
    exit when not found;
    new_name := next_name;
  end loop;
  if is_number(new_name) then perform re_root(new_name); end if;
  if what <> 'number' then return true; end if;
  mine := person_of(new_name);
  insert into permission_events (sender_id, key, person, status, source, at)
  select s.id, key_, mine, 'none', 'number-change', at_ from senders s order by s.id on conflict do nothing;
  insert into permissions as p (sender_id, person, status, at, source, key, cut_at)
  select s.id, mine, 'none', '-infinity', 'number-change', '', at_ from senders s order by s.id
  on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
  perform want_check(p.sender_id, mine, 'another number') from permissions p
  where p.person = mine and p.status in ('temporary', 'permanent') and p.at <= p.cut_at;
  return true;
end $$;

-- Meta is to be asked what a person allows: once, however many have a reason to; soon again where it was asked in vain before.
create function want_check(sender text, person_ text, why_ text) returns void language sql as $$
  insert into permission_checks as c (sender_id, person, due_at, why) values (sender, person_, now_(), why_)
  on conflict (sender_id, person) do update
  set due_at = least(c.due_at, excluded.due_at), why = excluded.why, tries = 0
  where c.tries > 1
$$;

-- What of a request counts in the funnel.
create function funnel_facts(delivery text, delivered_at timestamptz, read_at timestamptz, code integer, pricing text, answer text)
returns text[] language sql immutable parallel safe as $$
  select array_remove(array[
    case when delivery in ('delivered', 'read') or delivered_at is not null or read_at is not null then 'delivered' end,
    case when delivery = 'read' or read_at is not null then 'read' end,
    case when delivery = 'failed' then 'failed ' || coalesce(code::text, '') end,
    'priced ' || pricing,
    'answered ' || answer], null)
$$;

-- Statuses of messages. Whatever their order, and however often they come, the same stands in the end: the highest of
-- sent, delivered and read, the first time of each, and a failure where nothing of it was delivered.
create function apply_statuses(entries jsonb, tell boolean)
returns table (n integer, request text, applied boolean, state text, delivery text, was text, news boolean, "senderId" text,
  template text, language text, person text)
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
#variable_conflict use_column
declare
  ids bigint[];
  states text[];
  deliveries text[];
  took jsonb;
  -- Most are of messages that are known and taken, and have not failed: all that is only for others is left out then.
  usual boolean;
  failed boolean;
begin
  -- By the message where it is known, else by what was sent along.
  select array_agg(coalesce(m.id, o.id) order by e.n) into ids
  from rows from (jsonb_to_recordset(entries) as (sender text, request bigint, fence integer, wamid text))
    with ordinality as e(sender, request, fence, wamid, n)
  left join lateral (
    select r.id from requests r
    where hashtextextended(r.wamid, 0) = hashtextextended(e.wamid, 0) and r.wamid = e.wamid and r.sender_id = coalesce(e.sender, r.sender_id)
    order by r.id + 0 limit 1) m on true
  left join lateral (
    select r.id from requests r where m.id is null and r.id = e.request and r.sender_id = coalesce(e.sender, r.sender_id)) o on true;

  -- In the order of the records: campaigns before rows is theirs, and only rows are touched here.
  perform from requests r where r.id = any(ids) order by r.id for no key update;
  select array_agg(r.state order by x.n), array_agg(r.delivery order by x.n),
    bool_and(r.id is null or (r.state = 'accepted' and r.wamid is not null and r.epoch_fence = 0 and r.fence = 1))
  into states, deliveries, usual
  from unnest(ids) with ordinality as x(id, n) left join requests r on r.id = x.id;
  usual := usual and not entries @? '$[*] ? (@.fence != 1)';
  failed := entries @? '$[*] ? (@.status == "failed")';

  if not usual then
    -- What Meta tells of a message that is not known to be taken, it took.
    select jsonb_agg(distinct jsonb_build_object('id', k.id, 'fence', k.fence, 'outcome', 'accepted', 'state', 'accepted',
        'give_back', false, 'wamid', k.wamid, 'message_status', k.message_status, 'wa_id', k.wa_id)) into took
    from (
      select distinct on (r.id, coalesce(e.fence, r.fence)) r.id, coalesce(e.fence, r.fence) as fence, e.wamid,
        coalesce(r.message_status, 'accepted') as message_status, e.wa_id
      from rows from (jsonb_to_recordset(entries) as (fence integer, wamid text, wa_id text)) with ordinality as e(fence, wamid, wa_id, n)
      join requests r on r.id = ids[e.n]
      where (r.state <> 'accepted' or r.wamid is null)
        and coalesce(e.fence, r.fence) > r.epoch_fence and coalesce(e.fence, r.fence) <= r.fence
      order by r.id, coalesce(e.fence, r.fence), e.wamid, e.wa_id) k;
    if took is not null then perform record_outcomes(took); end if;
  end if;

  if failed or not usual then
    insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid)
    select distinct on (r.id, e.attempt, e.status) r.id, e.attempt, 'status: ' || e.status,
      e.mine and r.state <> 'sending', e.code, e.message, e.wamid
    from (
      select e.*, coalesce(e.fence, r.fence) as attempt,
        coalesce(e.fence, r.fence) > r.epoch_fence and coalesce(e.fence, r.fence) <= r.fence as mine
      from rows from (jsonb_to_recordset(entries) as (fence integer, wamid text, status text, code integer, message text))
        with ordinality as e(fence, wamid, status, code, message, n)
      join requests r on r.id = ids[e.n]) e
    join requests r on r.id = ids[e.n]
    where (not e.mine or states[e.n] <> 'accepted' or e.status = 'failed')
      and not exists (select from attempts a
        where a.request_id = r.id and a.fence = e.attempt and a.outcome = 'status: ' || e.status and a.wamid is not distinct from e.wamid);
  end if;

  with told as materialized (
    select r.id,
      max(case e.status when 'sent' then 1 when 'delivered' then 2 when 'read' then 3 else 0 end) as rank,
      min(e.at) filter (where e.status = 'delivered') as delivered_at,
      min(e.at) filter (where e.status = 'read') as read_at,
      min(e.at) filter (where e.status = 'failed') as failed_at,
      (array_agg(e.code order by e.at, e.code) filter (where e.status = 'failed'))[1] as code,
      (array_agg(e.message order by e.at, e.code) filter (where e.status = 'failed'))[1] as message,
      (array_agg(e.errors order by e.at, e.code) filter (where e.status = 'failed'))[1] as errors,
      min(e.pricing) as pricing, min(e.wamid) as wamid, min(e.wa_id) as wa_id, min(e.user_id) as user_id
    from rows from (jsonb_to_recordset(entries) as (fence integer, wamid text, status text, at timestamptz, wa_id text,
        user_id text, code integer, message text, errors jsonb, pricing text))
      with ordinality as e(fence, wamid, status, at, wa_id, user_id, code, message, errors, pricing, n)
    join requests r on r.id = ids[e.n]
    -- Of two attempts that Meta took, the delivery is that of the one whose wamid stands.
    where coalesce(e.fence, r.fence) > r.epoch_fence and coalesce(e.fence, r.fence) <= r.fence
      and coalesce(r.wamid = e.wamid, coalesce(e.fence, r.fence) = r.fence)
    group by r.id
  ), before as materialized (
    select r.id, r.campaign_id, r.language, r.delivery, r.delivered_at, r.read_at, r.error_code, r.pricing, r.answer
    from requests r where r.id = any(array(select t.id from told t))
  ), changed as (
    update requests q
    set wamid = coalesce(q.wamid, t.wamid), wa_id = coalesce(q.wa_id, t.wa_id), user_id = coalesce(t.user_id, q.user_id),
      delivery = case
        when greatest(t.rank, case q.delivery when 'delivered' then 2 when 'read' then 3 else 0 end) >= 2
          then case when t.rank = 3 or q.delivery = 'read' then 'read' else 'delivered' end
        when t.failed_at is not null or q.delivery = 'failed' then 'failed'
        else 'sent' end,
      delivered_at = least(q.delivered_at, t.delivered_at), read_at = least(q.read_at, t.read_at),
      failed_at = least(q.failed_at, t.failed_at),
      error_code = case
        when greatest(t.rank, case q.delivery when 'delivered' then 2 when 'read' then 3 else 0 end) >= 2 then null
        when t.failed_at < coalesce(q.failed_at, 'infinity') then t.code else q.error_code end,
      error_message = case
        when greatest(t.rank, case q.delivery when 'delivered' then 2 when 'read' then 3 else 0 end) >= 2 then null
        when t.failed_at < coalesce(q.failed_at, 'infinity') then t.message else q.error_message end,
      delivery_errors = case when t.failed_at < coalesce(q.failed_at, 'infinity') then t.errors else q.delivery_errors end,
      pricing = coalesce(q.pricing, t.pricing)
    from told t where q.id = t.id
    returning q.id, q.delivery, q.delivered_at, q.read_at, q.error_code, q.pricing, q.answer
  )
  insert into funnel_counts (campaign_id, language, fact, n)
  select k.campaign_id, k.language, k.fact, sum(k.d) from (
    select b.campaign_id, b.language, f as fact, -1 as d
    from before b, unnest(funnel_facts(b.delivery, b.delivered_at, b.read_at, b.error_code, b.pricing, b.answer)) f
    union all
    select b.campaign_id, b.language, f, 1
    from before b join changed c on c.id = b.id,
      unnest(funnel_facts(c.delivery, c.delivered_at, c.read_at, c.error_code, c.pricing, c.answer)) f) k
  where not coalesce((select c.single from campaigns c where c.id = k.campaign_id), true)
  group by 1, 2, 3 having sum(k.d) <> 0;

  -- The number belongs to another wa_id.
  perform learn_wa_id(l.to_number, l.wa_id) from (
    select distinct on (r.to_number) r.to_number, e.wa_id
    from rows from (jsonb_to_recordset(entries) as (wa_id text)) with ordinality as e(wa_id, n)
    join requests r on r.id = ids[e.n]
    where e.wa_id <> ltrim(r.to_number, '+') and is_number(ltrim(r.to_number, '+'))
      and not exists (select from wa_ids w where w.number = r.to_number)
    order by r.to_number, e.wa_id) l;

  -- Where Meta withholds the number, the request has it: whoever got the message had that number when it was sent.
  if entries @? '$[*] ? (exists (@.user_id) && !exists (@.wa_id))' then
    perform learn_names(l.pairs) from (
      select jsonb_agg(jsonb_build_object('a', k.user_id, 'b', k.number, 'at', k.at)) as pairs from (
        select distinct e.user_id, coalesce(r.wa_id, ltrim(r.to_number, '+')) as number, r.reserved_at as at
        from rows from (jsonb_to_recordset(entries) as (wa_id text, user_id text)) with ordinality as e(wa_id, user_id, n)
        join requests r on r.id = ids[e.n]
        where e.wa_id is null and e.user_id is not null and r.reserved_at is not null and is_number(ltrim(r.to_number, '+'))
          and person_of(e.user_id) <> person_of(ltrim(r.to_number, '+'))) k) l
    where l.pairs is not null;
  end if;

  if array_position(ids, null) is not null then
    insert into waiting_statuses (entry, next_at)
    select x.entry, now_() + interval '1 s' from jsonb_array_elements(entries) with ordinality as x(entry, n)
    where ids[x.n] is null and x.entry->>'wamid' is not null and not (x.entry ? 'waited');
  end if;

  if not tell and not failed then return; end if;
  return query
  select e.n::int, r.id::text, k.mine and r.state = 'accepted', r.state, r.delivery, states[e.n],
    -- Of somebody who was forgotten (without a number) no news leads anywhere: it would bring the name back.
    r.delivery is distinct from deliveries[e.n] and r.to_number <> '', r.sender_id, c.template, r.language,
    case when r.to_number = '' then '' else coalesce(e.wa_id, r.wa_id, ltrim(r.to_number, '+')) end
  from rows from (jsonb_to_recordset(entries) as (fence integer, status text, wa_id text)) with ordinality as e(fence, status, wa_id, n)
  left join requests r on r.id = ids[e.n]
  left join campaigns c on c.id = r.campaign_id
  cross join lateral (
    select coalesce(e.fence, r.fence) > r.epoch_fence and coalesce(e.fence, r.fence) <= r.fence as mine) k
  where (tell and r.id is not null) or (e.status = 'failed' and r.delivery = 'failed' and deliveries[e.n] is distinct from 'failed')
  order by e.n;
end $$;
drop function apply_status(bigint, integer, text, text, timestamptz, text, integer, text);

-- When what waits for our own record of a message is looked at again: within a minute for half an hour, since the outcome of a
-- process that died is found by another by then; each hour for a day, since uncertain ones are settled later; then no more.
create function look_again(tries integer) returns interval language sql immutable as $$
  select case when tries < 3 then (array[2, 8, 30])[tries + 1] when tries < 33 then 60 when tries < 57 then 3600 end * interval '1 s'
$$;

-- Whether a waiting status may be of a request of ours: other programs send from the same number, a hundred a second maybe, and
-- nothing but the person says that one of theirs is none.
create function may_be_ours(entry jsonb) returns boolean language sql stable as $$
  select entry ? 'request' or exists (
    select from pairs p
    where p.sender_id = entry->>'sender' and p.person = any(names_of(coalesce(entry->>'wa_id', entry->>'user_id'))))
$$;

-- Statuses that wait for their message are looked for again, ever more seldom, for a day; for a quarter of an hour where the
-- person was never asked.
create function apply_waiting_statuses(most integer)
returns table (n integer, request text, applied boolean, state text, delivery text, was text, news boolean, "senderId" text,
  template text, language text, person text, entry jsonb, waiting text)
language plpgsql as $$
#variable_conflict use_column
declare
  ids bigint[];
  all_entries jsonb;
begin
  select array_agg(w.id order by w.id), jsonb_agg(w.entry || '{"waited": true}' order by w.id) into ids, all_entries
  from (select w.id, w.entry from waiting_statuses w where w.next_at <= now_() order by w.next_at limit most
    for update skip locked) w;
  if ids is null then return; end if;
  return query
  with found as materialized (select * from apply_statuses(all_entries, true)),
  gone as (
    delete from waiting_statuses w
    where w.id = any(array(select ids[f.n] from found f)) and w.entry->>'status' <> 'failed'),
  -- A failure stays until what follows from it is done: whoever is to do it may die before.
  kept as (
    update waiting_statuses w set next_at = now_() + interval '30 s', entry = w.entry || '{"again": true}'
    where w.id = any(array(select ids[f.n] from found f)) and w.entry->>'status' = 'failed'),
  later as (
    update waiting_statuses w set tries = w.tries + 1,
      next_at = now_() + case when w.tries >= 3 and may_be_ours(w.entry) then look_again(w.tries)
        else (array[2, 8, 30, 120, 600])[w.tries + 1] * interval '1 s' end
    where w.id = any(ids) and w.id <> all(array(select ids[f.n] from found f))
      and (w.tries < 5 or (may_be_ours(w.entry) and look_again(w.tries) is not null))),
  dropped as (delete from waiting_statuses w where w.id = any(ids) and w.id <> all(array(select ids[f.n] from found f))
    and w.tries >= 5 and (not may_be_ours(w.entry) or look_again(w.tries) is null))
  select f.n, f.request, f.applied, f.state, f.delivery, f.was, f.news or all_entries->(f.n - 1) ? 'again', f."senderId",
    f.template, f.language, f.person, all_entries->(f.n - 1), ids[f.n]::text
  from found f;
end $$;

-- A word of a person on being phoned, once by its key: into the history, the book, and to the request it answers.
create function book_answer(sender text, key_ text, person_ text, status_ text, source_ text, expires_ timestamptz, at_ timestamptz,
  context_ text)
returns boolean language plpgsql as $$
declare
  mine constant text := owner_of(person_, at_);
  booked permissions;
begin
  insert into permission_events as e (sender_id, key, person, status, source, expires_at, at, context, next_at)
  values (sender, key_, mine, status_, source_, expires_, at_, context_, case when source_ <> 'query' then now_() end)
  -- Of what Meta said when it was asked, the last.
  on conflict (sender_id, key) do update
  set person = excluded.person, status = excluded.status, expires_at = excluded.expires_at, at = excluded.at
  where e.source = 'query' and e.at < excluded.at;
  if not found then return false; end if;
  -- That Meta knows of no permission ends those given up to then; a decline says more, and stays.
  if status_ = 'none' then
    insert into permissions as p (sender_id, person, status, at, source, cut_at)
    values (sender, mine, 'none', '-infinity', source_, at_)
    on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
    return true;
  end if;
  perform book_word(sender, mine, status_, expires_, at_, source_, key_);
  select * into booked from permissions p where p.sender_id = sender and p.person = mine;
  if booked.key = key_ and status_ in ('temporary', 'permanent') then
    if booked.at <= booked.cut_at then perform want_check(sender, mine, 'another number');
    elsif status_ = 'temporary' and expires_ is null and source_ <> 'query' then perform want_check(sender, mine, 'no expiry'); end if;
  end if;
  perform match_answer(sender, key_);
  return true;
end $$;

-- Finds the request that a word answers: by its message, else, where none is named or that of the request is not known, by the
-- person.
create function match_answer(sender text, key_ text) returns boolean language plpgsql as $$
declare
  e permission_events;
  r requests;
begin
  select * into e from permission_events x where x.sender_id = sender and x.key = key_ for no key update;
  if e.request_id is not null or e.next_at is null then return false; end if;
  if e.context is not null then
    select * into r from requests q
    where hashtextextended(q.wamid, 0) = hashtextextended(e.context, 0) and q.wamid = e.context and q.sender_id = sender
    order by q.id + 0 limit 1 for no key update;
  end if;
  if r.id is null then
    select q.* into r from requests q
    where q.id = any(array(
        select (a).request from pairs p, unnest(p.asks) a where p.sender_id = sender and p.person = any(names_of(e.person))
        union
        select p.last_request from pairs p where p.sender_id = sender and p.person = any(names_of(e.person))))
      -- Meta's times are of whole seconds, and an answer may be quicker than our record of the request.
      and (e.context is null or e.context like 'wacid%' or q.wamid is null)
      and q.state = 'accepted' and date_trunc('second', coalesce(q.reserved_at, q.accepted_at)) <= e.at
    order by coalesce(q.reserved_at, q.accepted_at) desc limit 1 for no key update;
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
    update requests q
    set answer = case when e.status = 'revoked' then 'declined' else e.status end, answered_at = e.at, answer_key = e.key,
      permission_expires_at = case when e.status = 'temporary' then coalesce(e.expires_at, e.at + interval '168 hours') end
    where q.id = r.id;
    insert into funnel_counts (campaign_id, language, fact, n)
    select r.campaign_id, r.language, k.fact, sum(k.d) from (
      select 'answered ' || r.answer as fact, -1 as d where r.answer is not null
      union all
      select 'answered ' || case when e.status = 'revoked' then 'declined' else e.status end, 1) k
    where not coalesce((select c.single from campaigns c where c.id = r.campaign_id), true)
    group by k.fact having sum(k.d) <> 0;
  end if;
  return true;
end $$;

-- Who answers a message is who got it, by whatever name they answer: of words by user id, with the requests that were found.
-- In a transaction of its own, for it holds no rows then that whoever learns names at the same time waits for.
create function learn_answerers(words jsonb) returns integer language sql as $$
  select coalesce(learn_names(jsonb_agg(jsonb_build_object(
    'a', e.person, 'b', coalesce(r.wa_id, ltrim(r.to_number, '+')), 'at', r.reserved_at))), 0)
  from jsonb_to_recordset(words) as w("senderId" text, key text)
  join permission_events e on e.sender_id = w."senderId" and e.key = w.key
  join requests r on r.id = e.request_id
  where e.context is not null and e.context not like 'wacid%' and not is_number(e.person)
    and r.reserved_at is not null and is_number(ltrim(r.to_number, '+'))
  having count(*) > 0
$$;

-- Words whose request was not known yet are looked at again; gives those that were found and came by a user id.
create function match_open_answers(most integer) returns jsonb language plpgsql as $$
declare
  e record;
  found_ jsonb := '[]';
begin
  for e in
    select x.sender_id, x.key, x.person from permission_events x where x.next_at <= now_() order by x.next_at limit most
    for no key update skip locked
  loop
    if match_answer(e.sender_id, e.key) and not is_number(e.person) then
      found_ := found_ || jsonb_build_object('senderId', e.sender_id, 'key', e.key);
    end if;
  end loop;
  return found_;
end $$;

-- What is told of a call adds up, whatever its order. A connected one resets the pair's allowance.
create function book_call(sender text, id_ text, person_ text, by_business_ boolean, is_connected_ boolean, is_over_ boolean,
  at_ timestamptz, duration_ integer)
returns void language plpgsql as $$
declare
  mine constant text := owner_of(person_, at_);
  k calls;
begin
  insert into calls as c (id, sender_id, person, by_business, is_connected, is_over, at, duration_s)
  values (id_, sender, mine, by_business_, is_connected_, is_over_, at_, duration_)
  on conflict (id) do update
  set is_connected = c.is_connected or excluded.is_connected, is_over = c.is_over or excluded.is_over,
    -- Once both spoke, its time is that of the event that says so: what was asked afterwards counts.
    at = case when c.is_connected = excluded.is_connected then greatest(c.at, excluded.at)
      when excluded.is_connected then excluded.at else c.at end,
    duration_s = greatest(c.duration_s, excluded.duration_s)
  returning * into k;
  if k.is_connected then perform reset_pair(sender, mine, k.at); end if;
end $$;

-- News of a template or an account: the last by Meta's time; gives whether it is.
create function book_template_news(id_ text, account_ text, name_ text, language_ text, what_ text, value_ text, detail_ text,
  effective_ timestamptz, at_ timestamptz)
returns boolean language plpgsql as $$
begin
  insert into template_news as t (template_id, account, name, language, what, value, detail, effective_at, at)
  values (id_, account_, name_, language_, what_, value_, detail_, effective_, at_)
  on conflict (template_id, what) do update
  set account = excluded.account, name = coalesce(excluded.name, t.name), language = coalesce(excluded.language, t.language),
    value = excluded.value, detail = excluded.detail, effective_at = excluded.effective_at, at = excluded.at
  where (t.at, t.value) < (excluded.at, excluded.value);
  return found;
end $$;

-- Whether Meta's news say that a sender can send nothing now: health, which a probe looks at, does not know of it.
create function is_stopped(sender text, account_ text) returns boolean language sql stable as $$
  select exists (
    select from account_news n
    where n.stops and (n.sender_id = sender or (n.sender_id = '' and n.account = account_))
      and case when n.what = 'calling' then not exists (
          select from account_news o
          where o.account = n.account and o.sender_id = n.sender_id and o.what = 'calling' and not o.stops and o.at >= n.at)
        else n.until > now_() end)
$$;

create function book_account_news(account_ text, sender text, what_ text, value_ text, detail_ text, until_ timestamptz, at_ timestamptz,
  stops_ boolean)
returns boolean language plpgsql as $$
begin
  insert into account_news as a (account, sender_id, what, value, detail, until, at, stops)
  values (account_, sender, what_, value_, detail_, until_, at_, stops_)
  on conflict (account, sender_id, what, value) do update
  set detail = excluded.detail, until = excluded.until, at = excluded.at
  where (a.at, coalesce(a.until, '-infinity')) < (excluded.at, coalesce(excluded.until, '-infinity'));
  -- Told late, it may be over already.
  return found and (not stops_ or is_stopped(sender, account_));
end $$;

-- The counts of the funnel are folded beside those of the requests.
create function fold_funnel() returns void language plpgsql as $$
declare
  which text;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit funnel', 0)) then return; end if;
  for which in
    select k.campaign_id from funnel_counts k where not k.whole group by 1 having count(*) > 50 order by 1
  loop
    with gone as (delete from funnel_counts k where k.campaign_id = which returning k.*)
    insert into funnel_counts
    select g.campaign_id, g.language, g.fact, sum(g.n), true from gone g group by 1, 2, 3 having sum(g.n) <> 0;
  end loop;
end $$;

create or replace function remove_requests() returns trigger language plpgsql as $$
begin
  delete from requests r where r.campaign_id = old.id;
  delete from request_counts k where k.campaign_id = old.id;
  delete from funnel_counts k where k.campaign_id = old.id;
  return null;
end $$;
