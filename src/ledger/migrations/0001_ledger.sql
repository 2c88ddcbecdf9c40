-- The ledger: campaigns, requests and what bounds them. Every rule of time reads now_();
-- leases and send times read clock_timestamp(), because a moved clock must not end a claim.
-- fillfactor 85 and partial indexes only: a request is updated three or four times in its life
-- (measured: 229 bytes a row, 271 after its updates).

create table ledger_clock (
  only_row boolean primary key default true check (only_row),
  ahead interval not null default '0'
);
insert into ledger_clock default values;

-- The ledger's time. `callpermit clock advance` moves it, in tests only.
create function now_() returns timestamptz language sql stable as
  $$ select statement_timestamp() + (select ahead from ledger_clock) $$;

create table senders (
  id text primary key,                       -- WHATSAPP_PHONE_NUMBER_ID
  account text not null,                     -- its WABA, where known: templates belong to it
  rate_allowed double precision not null,    -- messages a second: the lowest setting among living processes
  rate_now double precision not null,        -- cut by throttling, climbs back to rate_allowed
  rate_reason text,
  throttled_at timestamptz,
  climbed_at timestamptz,
  hold_until timestamptz,                    -- nothing is sent before (Meta named a time to regain access)
  next_slot timestamptz not null default '-infinity',
  closed_at timestamptz,                     -- the breaker
  closed_reason jsonb,
  probe_at timestamptz,
  probes integer not null default 0,
  next_check timestamptz not null default '-infinity'  -- call_permissions takes 5 a second, by Meta’s rate limit
);

-- Breakers of templates: a row exists only once something was wrong.
create table template_breakers (
  account text not null,
  name text not null,
  language text not null,
  closed_at timestamptz,
  closed_reason jsonb,
  probe_at timestamptz,
  probes integer not null default 0,
  primary key (account, name, language)
);

create table workers (
  id text not null,
  sender_id text not null references senders on delete cascade,
  messages_per_second double precision not null,
  in_flight integer not null,
  seen_at timestamptz not null,
  primary key (sender_id, id)
);

create table campaigns (
  id text primary key,
  sender_id text not null references senders,
  template text not null,
  language text not null,
  parameter_format text not null check (parameter_format in ('positional', 'named')),
  header_parameters text[] not null,
  body_parameters text[],
  idempotency_key text unique,
  spec_sha256 text not null,
  list_sha256 text,
  state text not null default 'loading'
    check (state in ('loading', 'draft', 'running', 'paused', 'completed', 'cancelled')),
  reason jsonb,
  streak_key text,                            -- equal refusals that are not about the person ...
  streak_count integer not null default 0,    -- ... in a row, with no acceptance between
  streak_rows bigint[] not null default '{}',  -- ... and whose they were
  max_errors integer,                         -- rejected or uncertain ones that pause it ...
  max_errors_percent double precision,        -- ... or their share of those settled, once 20 are
  errors integer not null default 0,          -- counted only where there is such a bound
  settled integer not null default 0,
  created_at timestamptz not null default now_(),
  started_at timestamptz,
  ended_at timestamptz
);
create index campaigns_running on campaigns (sender_id) where state = 'running';

create table requests (
  id bigint generated always as identity primary key,
  campaign_id text not null references campaigns on delete cascade,
  sender_id text not null,
  row integer not null,
  double_of integer,                          -- the row this one doubles; such a row is never asked
  lane smallint not null default 1,           -- 0 single requests, 1 bulk
  reference text,
  to_number text not null,                    -- E.164 with the plus
  language text not null,
  parameters jsonb not null,
  not_after timestamptz not null default 'infinity',
  due_at timestamptz not null default '-infinity',
  state text not null default 'pending'
    check (state in ('pending', 'queued', 'sending', 'accepted', 'already-granted', 'rejected',
                     'uncertain', 'skipped', 'expired', 'cancelled')),
  feed integer not null default 0,            -- numbers the jobs: only the newest one counts
  queued_at timestamptz,
  fence integer not null default 0,           -- numbers the claims: only the newest one may write
  attempts integer not null default 0,        -- tries that count towards the limit
  claimed_by text,
  claimed_at timestamptz,
  lease_until timestamptz,
  person text,                                -- whose allowance the claim reserved, and when
  reserved_at timestamptz,
  wa_id text,
  wamid text,
  message_status text,
  accepted_at timestamptz,
  error_code integer,
  error_message text,
  reason text,
  uncertain_at timestamptz,
  check_at timestamptz,                       -- when an uncertain one is to be checked; null: checked, or impossible
  checks integer not null default 0,
  finding text,                               -- what that check found
  epoch integer not null default 0,           -- operators' retries
  delivery text check (delivery in ('sent', 'delivered', 'read', 'failed')),
  delivered_at timestamptz,
  read_at timestamptz,
  failed_at timestamptz
) with (fillfactor = 85);
create unique index requests_row on requests (campaign_id, row);
create unique index requests_person on requests (campaign_id, to_number) where double_of is null;
create index requests_pending on requests (campaign_id, sender_id, due_at, id) where state = 'pending';
create index requests_queued on requests (sender_id, queued_at) where state = 'queued';
create index requests_sending on requests (lease_until) where state = 'sending';
create index requests_check on requests (check_at) where state = 'uncertain' and check_at is not null;
create index requests_open on requests (campaign_id)
  where state in ('pending', 'queued', 'sending') or (state = 'uncertain' and check_at is not null);
create index requests_wamid on requests (wamid) where wamid is not null;

create table refused_lines (
  campaign_id text not null references campaigns on delete cascade,
  row integer not null,
  column_name text,
  value text,
  code text not null,
  message text not null,
  primary key (campaign_id, row)
);

-- Every outcome but a plain acceptance, and everything that came too late: the evidence.
create table attempts (
  id bigint generated always as identity primary key,
  request_id bigint not null references requests on delete cascade,
  fence integer not null,
  at timestamptz not null default now_(),
  outcome text not null,
  applied boolean not null,
  error_code integer,
  detail text,
  wamid text,
  retry_at timestamptz
);
create index attempts_request on attempts (request_id);

-- One row a sender and person: when they were asked within the last seven days (invariant 5).
create table pairs (
  sender_id text not null,
  person text not null,                       -- digits of the wa_id once known, else of the number
  asked timestamptz[] not null,
  reset_at timestamptz,                       -- a connected call: Meta counts anew from here
  primary key (sender_id, person)
) with (fillfactor = 85);

-- Numbers whose wa_id differs from their digits (Brazil, Mexico, Argentina).
create table wa_ids (
  number text primary key,
  wa_id text not null
);
create index requests_claimed on requests (claimed_by) where claimed_by is not null;
