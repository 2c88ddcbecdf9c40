-- Long lists: what each fresh row cost is asked once a batch, or not at all. Lines come by COPY, which writes rows
-- many at a time, under the same hold as before; `add_lines` stays for a program that is half-way through a list.
lock table campaigns, requests in access exclusive mode;

-- The foreign key looked for the campaign of each row, a seventh of all that a list cost. Each statement looks once.
alter table requests drop constraint requests_campaign_id_fkey;

create function need_campaigns() returns trigger language plpgsql as $$
declare
  missing text;
begin
  select f.campaign_id into missing from (select distinct campaign_id from fresh) f
  where not exists (select from campaigns c where c.id = f.campaign_id for key share);
  if found then
    raise foreign_key_violation using message = format('requests name campaign %s, which is not there', missing);
  end if;
  return null;
end $$;
create trigger requests_need_campaign after insert on requests referencing new table as fresh
  for each statement execute function need_campaigns();

create function remove_requests() returns trigger language plpgsql as $$
begin
  delete from requests r where r.campaign_id = old.id;
  return null;
end $$;
create trigger campaigns_remove_requests after delete on campaigns for each row execute function remove_requests();

-- What is pending stands in requests_pending: in two indexes it cost a list twice.
drop index requests_open;
create index requests_open on requests (campaign_id)
  where state in ('queued', 'sending') or (state = 'uncertain' and check_at is not null);

-- Whether a campaign has anything to do: an uncertain one is final once it was checked or cannot be.
-- Volatile, so that it sees what was committed before its caller had its lock.
create or replace function has_open(campaign_ text) returns boolean language sql volatile as $$
  select exists (select from requests r where r.campaign_id = campaign_ and r.state = 'pending')
    or exists (
      select from requests r
      where r.campaign_id = campaign_
        and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
$$;

-- Completes running campaigns with nothing open.
create or replace function complete_campaigns() returns setof text language plpgsql as $$
declare
  candidate text;
begin
  for candidate in
    select c.id from campaigns c where c.state = 'running'
      and not exists (select from requests r where r.campaign_id = c.id and r.state = 'pending')
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
end $$;

-- The hold, for a batch whose lines follow in the same transaction: without it none of them may be written.
create function need_hold(campaign_ text, loader_ text) returns void language plpgsql as $$
begin
  perform from keep_hold(campaign_, loader_);
  if not found then
    raise exception 'loader % does not hold campaign %', loader_, campaign_ using errcode = 'CP001';
  end if;
end $$;
