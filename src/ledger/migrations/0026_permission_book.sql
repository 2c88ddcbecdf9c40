-- The permission book: one row a sender and person, read and not kept. What is kept are the last word of each person
-- (`permissions`) and who was asked (`pairs`).

-- Until when a request can still be answered: 7 days after its delivery; an undelivered message is tried for 30 days
-- (docs/meta.md, "Call permission requests").
create function answerable_until(r requests) returns timestamptz language sql immutable as $$
  select coalesce(least(r.delivered_at, r.read_at) + interval '7 days', r.accepted_at + interval '37 days')
$$;

create function book_of(sender text, name text)
returns table (booked_as text, state text, since timestamptz, until timestamptz, source text, to_number text, wa_id text, user_id text,
  reference text, campaign text, request text)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  names constant text[] := names_of(name);
  now constant timestamptz := now_();
  p permissions;
  r requests;
  cut timestamptz;
  first_pair text;
  asked bigint[];
  number text;
  changed_at timestamptz;
begin
  select q.* into p from permissions q
  where q.sender_id = sender and q.person = any(names) and q.at > '-infinity'
  order by q.at desc, word_rank(q.status) desc, q.key desc limit 1;
  select max(q.cut_at) into cut from permissions q where q.sender_id = sender and q.person = any(names);
  select min(q.person), array_agg(a.request) filter (where a.request is not null) into first_pair, asked
  from pairs q
  left join lateral (select (x).request from unnest(q.asks) x union select q.last_request) a on true
  where q.sender_id = sender and q.person = any(names);
  select q.* into r from requests q where q.id = any(asked)
  order by q.state = 'accepted' desc, coalesce(q.accepted_at, q.reserved_at) desc nulls last limit 1;

  booked_as := coalesce(p.person, first_pair);
  if r.state = 'accepted' and r.delivery is distinct from 'failed' and r.answer is null
    and date_trunc('second', coalesce(r.reserved_at, r.accepted_at)) > coalesce(p.at, '-infinity') and answerable_until(r) > now
  then
    state := 'requested'; since := r.accepted_at; until := answerable_until(r); source := 'request';
  elsif p.person is null or p.status = 'none' or (p.status in ('temporary', 'permanent') and p.at <= cut) then
    state := 'none'; since := nullif(greatest(p.at, cut), '-infinity');
    source := case when cut > '-infinity' then (
      select e.source from permission_events e
      where e.sender_id = sender and e.person = any(names) and e.status = 'none' order by e.at desc limit 1)
      else p.source end;
  elsif p.status = 'temporary' then
    until := coalesce(p.expires_at, p.at + interval '168 hours');
    state := case when until <= now then 'expired' else 'temporary' end;
    since := p.at; source := p.source;
  else
    state := p.status; since := p.at; source := p.source;
    if p.status = 'declined' or (p.status = 'revoked' and p.source = 'automatic') then until := p.at + interval '168 hours'; end if;
  end if;
  -- Who is called is called by the number of now: the one that they were asked at may be a stranger's by then.
  select c.after, c.at into number, changed_at from name_changes c
  where c.after = any(names) and is_number(c.after) order by c.at desc, c.after limit 1;
  if number is not null and (r.id is null or changed_at > r.reserved_at
    or exists (select from name_changes c where c.before in (ltrim(r.to_number, '+'), r.wa_id))) then
    to_number := '+' || number; wa_id := number;
  else
    to_number := coalesce(r.to_number, '+' || booked_as, '+' || name);
    wa_id := coalesce(r.wa_id, (array(select n from unnest(names) n where is_number(n) and n = person_of(n) order by n))[1]);
  end if;
  -- The user id of now: of those that were not left the one told last.
  select n into user_id from unnest(names) n left join wa_ids w on w.number = '+' || n
  where n ~ '^[A-Z]{2}\.' and n !~ '^[A-Z]{2}\.ENT\.'
  order by exists (select from name_changes c where c.before = n), w.at desc nulls last, n limit 1;
  user_id := coalesce(user_id, r.user_id);
  reference := r.reference; campaign := r.campaign_id; request := r.id::text;
  return next;
end $$;
