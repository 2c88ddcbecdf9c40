-- Processes of a fast sender have a share of its rate each: send times of their own, counted by
-- themselves, so that one that stalls for a moment need not forfeit what it missed.
alter table senders
  add shared_slot timestamptz not null default '-infinity',  -- given out to all in turn, up to here
  add crew text[] not null default '{}';  -- processes that share it, in order: those seen within 8 s (four beats)
alter table workers add next_slot timestamptz;  -- of its own share; null: it begins after all others

-- Counts a sender's processes. A function, because it must see those that were committed before its
-- lock was had: each statement in it has a snapshot of its own.
create function count_crew(sender text) returns integer language plpgsql as $$
declare
  now_here text[];
begin
  perform from senders where id = sender for no key update;
  select coalesce(array_agg(id order by id), '{}') into now_here from workers
  where sender_id = sender and seen_at > clock_timestamp() - interval '8 s';
  update senders set crew = now_here where id = sender and crew <> now_here;
  return cardinality(now_here);
end $$;
