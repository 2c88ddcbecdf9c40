-- Processes of a fast sender have a share of its rate each: send times of their own, counted by
-- themselves, so that one that stalls for a moment need not forfeit what it missed. Who shares is in the
-- sender's row, which every claim locks: read from another table, it would be as old as the claim's start.
alter table senders
  add shared_slot timestamptz not null default '-infinity',  -- given out to all in turn, up to here
  add claimed_at timestamptz not null default '-infinity',  -- the last claim of any process
  add crew text[] not null default '{}',  -- processes at work, in order
  add crew_until timestamptz[] not null default '{}',  -- when each has forfeited all its send times, unless it claims again
  add crew_slots timestamptz[] not null default '{}';  -- the next send time of its share; null: it takes turns
