-- The schema as all migrations together leave it, told by Postgres's catalog.
-- Not run by anything and not written by hand: after a new migration, `npm run schema` writes it.

create type ask as (
  request bigint,
  fence integer,
  at timestamp with time zone
);

create type pace as (
  share double precision,
  step interval,
  own timestamp with time zone,
  first timestamp with time zone,
  free integer,
  others text[],
  others_until timestamp with time zone[],
  others_slots timestamp with time zone[],
  others_from timestamp with time zone[],
  begins timestamp with time zone,
  since timestamp with time zone,
  falls_at timestamp with time zone,
  falls_to double precision,
  rested boolean
);

create sequence batch_numbers;

create sequence webhook_numbers;

create table account_news (
  account text not null,
  sender_id text default ''::text not null,
  what text not null,
  value text not null,
  detail text,
  until timestamp with time zone,
  at timestamp with time zone not null,
  stops boolean not null,
  constraint account_news_pkey PRIMARY KEY (account, sender_id, what, value)
);

create table api_keys (
  id text not null,
  name text not null,
  scope text not null,
  sha256 bytea not null,
  created_at timestamp with time zone default now_() not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_scope_check CHECK ((scope = ANY (ARRAY['read'::text, 'send'::text, 'admin'::text]))),
  constraint api_keys_sha256_check CHECK ((length(sha256) = 32)),
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_sha256_key UNIQUE (sha256)
);

CREATE UNIQUE INDEX api_keys_name ON public.api_keys USING btree (name) WHERE (revoked_at IS NULL);

create table asked_counts (
  portfolio text not null,
  at timestamp with time zone not null,
  n bigint not null,
  whole boolean default false not null
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000);

CREATE INDEX asked_counts_at ON public.asked_counts USING btree (portfolio, at);

CREATE INDEX asked_counts_loose ON public.asked_counts USING btree (portfolio) WHERE (NOT whole);

create table attempts (
  id bigint generated always as identity not null,
  request_id bigint not null,
  fence integer not null,
  at timestamp with time zone default now_() not null,
  outcome text not null,
  applied boolean not null,
  error_code integer,
  detail text,
  wamid text,
  retry_at timestamp with time zone,
  raw text,
  constraint attempts_request_id_fkey FOREIGN KEY (request_id) REFERENCES requests(id) ON DELETE CASCADE,
  constraint attempts_pkey PRIMARY KEY (id)
);

CREATE INDEX attempts_request ON public.attempts USING btree (request_id);

CREATE TRIGGER attempts_nameless BEFORE INSERT ON public.attempts FOR EACH ROW WHEN (((new.detail IS NOT NULL) OR (new.wamid IS NOT NULL) OR (new.raw IS NOT NULL))) EXECUTE FUNCTION keep_attempt_nameless();

create table audit_log (
  id bigint generated always as identity not null,
  at timestamp with time zone default now_() not null,
  kind text not null,
  who text not null,
  role text,
  what text not null,
  target text,
  person text,
  outcome text not null,
  status smallint,
  request_id text,
  times integer default 1 not null,
  minute timestamp with time zone,
  constraint audit_log_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'proxy'::text, 'key'::text, 'password'::text, 'command'::text, 'nobody'::text]))),
  constraint audit_log_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text, 'failed'::text]))),
  constraint audit_log_times_check CHECK ((times > 0)),
  constraint audit_log_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX audit_log_minute ON public.audit_log USING btree (minute, kind, who, what, outcome, status) NULLS NOT DISTINCT WHERE (minute IS NOT NULL);

CREATE INDEX audit_log_person ON public.audit_log USING btree (person) WHERE (person IS NOT NULL);

create table callpermit_migration (
  name character varying(255) not null,
  "timestamp" character varying(255) not null,
  constraint callpermit_migration_pkey PRIMARY KEY (name)
);

create table calls (
  id text not null,
  sender_id text not null,
  person text not null,
  by_business boolean not null,
  is_connected boolean default false not null,
  is_over boolean default false not null,
  at timestamp with time zone not null,
  duration_s integer,
  name text,
  constraint calls_pkey PRIMARY KEY (id)
);

CREATE INDEX calls_person ON public.calls USING btree (person, sender_id, at);

create table campaigns (
  id text not null,
  sender_id text not null,
  template text not null,
  language text not null,
  parameter_format text not null,
  header_parameters text[] not null,
  body_parameters text[],
  idempotency_key text,
  spec_sha256 text not null,
  list_sha256 text,
  state text default 'loading'::text not null,
  reason jsonb,
  streak_key text,
  streak_count integer default 0 not null,
  streak_rows bigint[] default '{}'::bigint[] not null,
  max_errors integer,
  max_errors_percent double precision,
  errors integer default 0 not null,
  settled integer default 0 not null,
  created_at timestamp with time zone default now_() not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  sender_ids text[] not null,
  single boolean default false not null,
  weight smallint default 1 not null,
  on_pair_limit text default 'wait'::text not null,
  include_granted boolean default false not null,
  include_declined boolean default false not null,
  start_at timestamp with time zone,
  expire_at timestamp with time zone,
  quiet_from time without time zone,
  quiet_to time without time zone,
  streak_fences text[] default '{}'::text[] not null,
  body_sha256 text,
  loader text,
  loader_until timestamp with time zone,
  loader_backend integer,
  name text,
  start_when_in boolean default false not null,
  refused_unkept integer default 0 not null,
  constraint campaigns_on_pair_limit_check CHECK ((on_pair_limit = ANY (ARRAY['wait'::text, 'skip'::text]))),
  constraint campaigns_parameter_format_check CHECK ((parameter_format = ANY (ARRAY['positional'::text, 'named'::text]))),
  constraint campaigns_state_check CHECK ((state = ANY (ARRAY['loading'::text, 'draft'::text, 'running'::text, 'paused'::text, 'completed'::text, 'cancelled'::text]))),
  constraint campaigns_weight_check CHECK (((weight >= 1) AND (weight <= 100))),
  constraint campaigns_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES senders(id),
  constraint campaigns_pkey PRIMARY KEY (id),
  constraint campaigns_idempotency_key_key UNIQUE (idempotency_key)
);

CREATE INDEX campaigns_cancelled ON public.campaigns USING btree (ended_at) WHERE (state = 'cancelled'::text);

CREATE INDEX campaigns_list ON public.campaigns USING btree (list_sha256) WHERE (NOT single);

CREATE INDEX campaigns_lists ON public.campaigns USING btree (created_at DESC, id) WHERE (NOT single);

CREATE INDEX campaigns_running ON public.campaigns USING btree (created_at) WHERE (state = 'running'::text);

CREATE TRIGGER campaigns_events AFTER UPDATE OF state ON public.campaigns FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (NOT new.single) AND (new.state = ANY (ARRAY['running'::text, 'paused'::text, 'completed'::text, 'cancelled'::text])))) EXECUTE FUNCTION keep_campaign_event();

CREATE TRIGGER campaigns_held BEFORE UPDATE OF state ON public.campaigns FOR EACH ROW WHEN (((old.state = 'loading'::text) AND (new.state = 'draft'::text) AND (NOT ((old.loader IS NOT NULL) AND (new.loader IS NULL))))) EXECUTE FUNCTION refuse_end();

CREATE TRIGGER campaigns_remove_requests AFTER DELETE ON public.campaigns FOR EACH ROW EXECUTE FUNCTION remove_requests();

CREATE TRIGGER tell_campaign AFTER UPDATE OF state ON public.campaigns FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (new.state = ANY (ARRAY['running'::text, 'paused'::text, 'completed'::text, 'cancelled'::text])))) EXECUTE FUNCTION tell_campaign();

create table dead_claims (
  claim_id text not null,
  sender_id text not null,
  at timestamp with time zone default clock_timestamp() not null,
  constraint dead_claims_pkey PRIMARY KEY (claim_id)
);

CREATE INDEX dead_claims_at ON public.dead_claims USING btree (at);

create table event_clock (
  only_row boolean default true not null,
  last_pos bigint default 0 not null,
  constraint event_clock_only_row_check CHECK (only_row),
  constraint event_clock_pkey PRIMARY KEY (only_row)
);

create table event_deliveries (
  subscription_id text not null,
  pos bigint not null,
  day date not null,
  lane text not null,
  next_at timestamp with time zone,
  tries integer default 0 not null,
  first_tried_at timestamp with time zone,
  taken_by text,
  taken_until timestamp with time zone,
  dead_at timestamp with time zone,
  error text,
  constraint event_deliveries_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES event_subscriptions(id),
  constraint event_deliveries_pkey PRIMARY KEY (subscription_id, pos)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

CREATE INDEX event_deliveries_due ON public.event_deliveries USING btree (subscription_id, next_at, pos) WHERE (next_at IS NOT NULL);

CREATE INDEX event_deliveries_lane ON public.event_deliveries USING btree (subscription_id, lane, pos) WHERE (dead_at IS NULL);

create table event_subscriptions (
  id text not null,
  kind text not null,
  url text,
  types text[],
  key_proof bytea,
  created_at timestamp with time zone default now_() not null,
  until timestamp with time zone default 'infinity'::timestamp with time zone not null,
  disabled_at timestamp with time zone,
  disabled_why text,
  removed_at timestamp with time zone,
  failures integer default 0 not null,
  hold_until timestamp with time zone,
  last_ok_at timestamp with time zone,
  last_error text,
  last_error_at timestamp with time zone,
  constraint event_subscriptions_kind_check CHECK ((kind = ANY (ARRAY['http'::text, 'settings'::text, 'queue'::text, 'stream'::text]))),
  constraint event_subscriptions_pkey PRIMARY KEY (id)
);

CREATE TRIGGER subscriptions_changed AFTER INSERT OR DELETE OR UPDATE OF types, until, disabled_at, removed_at ON public.event_subscriptions FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_changed();

create table event_wants (
  only_row boolean default true not null,
  types text[] default '{}'::text[] not null,
  until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint event_wants_only_row_check CHECK (only_row),
  constraint event_wants_pkey PRIMARY KEY (only_row)
);

create table events (
  pos bigint not null,
  day date not null,
  id text not null,
  type text not null,
  at timestamp with time zone not null,
  subject text not null,
  person text,
  campaign_id text,
  request_id bigint,
  data jsonb not null,
  constraint events_pkey PRIMARY KEY (pos, day)
);

create table forgetting (
  only_row boolean default true not null,
  generation bigint default 0 not null,
  proof bytea,
  constraint forgetting_only_row_check CHECK (only_row),
  constraint forgetting_pkey PRIMARY KEY (only_row)
);

create table forgotten (
  name_hash bytea not null,
  at timestamp with time zone default now_() not null,
  opted_out boolean not null,
  asks jsonb default '{}'::jsonb not null,
  noes jsonb default '[]'::jsonb not null,
  constraint forgotten_pkey PRIMARY KEY (name_hash)
);

create table funnel_counts (
  campaign_id text not null,
  language text not null,
  fact text not null,
  n bigint not null,
  whole boolean default false not null
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000);

CREATE INDEX funnel_counts_campaign ON public.funnel_counts USING btree (campaign_id);

CREATE INDEX funnel_counts_loose ON public.funnel_counts USING btree (campaign_id) WHERE (NOT whole);

create table ledger_clock (
  only_row boolean default true not null,
  ahead interval default '00:00:00'::interval not null,
  constraint ledger_clock_only_row_check CHECK (only_row),
  constraint ledger_clock_pkey PRIMARY KEY (only_row)
);

create table ledger_identity (
  only_row boolean default true not null,
  id uuid default gen_random_uuid() not null,
  constraint ledger_identity_only_row_check CHECK (only_row),
  constraint ledger_identity_pkey PRIMARY KEY (only_row)
);

create table name_changes (
  before text not null,
  after text not null,
  at timestamp with time zone not null,
  what text default 'number'::text not null,
  key text,
  constraint name_changes_what_check CHECK ((what = ANY (ARRAY['number'::text, 'user-id'::text]))),
  constraint name_changes_pkey PRIMARY KEY (before, at, after)
);

CREATE INDEX name_changes_after ON public.name_changes USING btree (after);

create table name_links (
  a text not null,
  b text not null,
  at timestamp with time zone not null,
  told_by text,
  came_at timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  constraint name_links_pkey PRIMARY KEY (a, b)
);

CREATE INDEX name_links_b ON public.name_links USING btree (b);

create table name_spans (
  name text not null,
  since timestamp with time zone not null,
  root text not null,
  is_left boolean default false not null,
  is_held boolean default true not null,
  constraint name_spans_pkey PRIMARY KEY (name, since)
);

CREATE INDEX name_spans_root ON public.name_spans USING btree (root);

create table names_to_learn (
  id bigint generated always as identity not null,
  a text not null,
  b text not null,
  at timestamp with time zone,
  told_by text,
  constraint names_to_learn_pkey PRIMARY KEY (id)
);

create table new_events (
  seq bigint generated always as identity not null,
  type text not null,
  at timestamp with time zone not null,
  person text,
  campaign_id text,
  request_id bigint,
  word_sender text,
  word_key text,
  data jsonb not null,
  constraint new_events_pkey PRIMARY KEY (seq)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

create table pairs (
  sender_id text not null,
  person text not null,
  asked timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  reset_at timestamp with time zone,
  asks ask[] default '{}'::ask[] not null,
  last_request bigint,
  set_back ask[] default '{}'::ask[] not null,
  constraint pairs_pkey PRIMARY KEY (sender_id, person)
) with (fillfactor=85, autovacuum_vacuum_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02);

CREATE INDEX pairs_asked ON public.pairs USING btree ((asks[cardinality(asks)].at));

CREATE INDEX pairs_user_ids ON public.pairs USING btree (person) WHERE (person !~ '^[0-9]'::text);

CREATE TRIGGER pairs_count_changed AFTER UPDATE ON public.pairs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_asked();

CREATE TRIGGER pairs_count_new AFTER INSERT ON public.pairs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_first_asked();

create table permission_checks (
  sender_id text not null,
  person text not null,
  due_at timestamp with time zone not null,
  why text not null,
  tries smallint default 0 not null,
  constraint permission_checks_pkey PRIMARY KEY (sender_id, person)
);

CREATE INDEX permission_checks_due ON public.permission_checks USING btree (sender_id, due_at);

CREATE INDEX permission_checks_person ON public.permission_checks USING btree (person);

create table permission_events (
  sender_id text not null,
  key text not null,
  person text not null,
  status text not null,
  source text not null,
  expires_at timestamp with time zone,
  at timestamp with time zone not null,
  context text,
  request_id bigint,
  next_at timestamp with time zone,
  tries smallint default 0 not null,
  name text,
  constraint permission_events_source_check CHECK ((source = ANY (ARRAY['answer'::text, 'profile'::text, 'callback'::text, 'automatic'::text, 'person'::text, 'number-change'::text, 'query'::text, 'webhook'::text, 'refusal'::text, 'operator'::text]))),
  constraint permission_events_status_check CHECK ((status = ANY (ARRAY['temporary'::text, 'permanent'::text, 'declined'::text, 'revoked'::text, 'none'::text]))),
  constraint permission_events_pkey PRIMARY KEY (sender_id, key)
);

CREATE INDEX permission_events_open ON public.permission_events USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX permission_events_person ON public.permission_events USING btree (person, sender_id, at);

CREATE INDEX permission_events_request ON public.permission_events USING btree (request_id) WHERE (request_id IS NOT NULL);

create table permissions (
  sender_id text not null,
  person text not null,
  status text not null,
  expires_at timestamp with time zone,
  at timestamp with time zone not null,
  source text not null,
  key text default ''::text not null,
  cut_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  expiring_told timestamp with time zone,
  constraint permissions_source_check CHECK ((source = ANY (ARRAY['answer'::text, 'profile'::text, 'callback'::text, 'automatic'::text, 'person'::text, 'number-change'::text, 'query'::text, 'webhook'::text, 'refusal'::text, 'operator'::text]))),
  constraint permissions_status_check CHECK ((status = ANY (ARRAY['temporary'::text, 'permanent'::text, 'declined'::text, 'revoked'::text, 'none'::text]))),
  constraint permissions_pkey PRIMARY KEY (sender_id, person)
);

CREATE INDEX permissions_expiring ON public.permissions USING btree (expires_at) WHERE ((status = 'temporary'::text) AND (expiring_told IS DISTINCT FROM expires_at));

CREATE INDEX permissions_person ON public.permissions USING btree (person);

CREATE INDEX permissions_status ON public.permissions USING btree (status, expires_at, sender_id, person);

CREATE TRIGGER permissions_doubted AFTER DELETE ON public.permissions FOR EACH ROW WHEN ((old.source = 'refusal'::text)) EXECUTE FUNCTION take_back_word();

CREATE TRIGGER permissions_events_changed AFTER UPDATE OF status, expires_at, at, source, key ON public.permissions FOR EACH ROW WHEN (((new.status = ANY (ARRAY['temporary'::text, 'permanent'::text, 'declined'::text, 'revoked'::text])) AND (((((old.status IS DISTINCT FROM new.status) OR (old.expires_at IS DISTINCT FROM new.expires_at)) OR (old.at IS DISTINCT FROM new.at)) OR (old.source IS DISTINCT FROM new.source)) OR (old.key IS DISTINCT FROM new.key)))) EXECUTE FUNCTION keep_permission_event();

CREATE TRIGGER permissions_events_new AFTER INSERT ON public.permissions FOR EACH ROW WHEN ((new.status = ANY (ARRAY['temporary'::text, 'permanent'::text, 'declined'::text, 'revoked'::text]))) EXECUTE FUNCTION keep_permission_event();

CREATE TRIGGER permissions_history BEFORE INSERT OR UPDATE ON public.permissions FOR EACH ROW EXECUTE FUNCTION keep_history();

create table portfolios (
  id text not null,
  daily_limit integer,
  remaining integer default 0 not null,
  frees_at timestamp with time zone,
  counted_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint portfolios_pkey PRIMARY KEY (id)
);

create table preferences (
  person text not null,
  category text not null,
  value text not null,
  at timestamp with time zone not null,
  name text not null,
  constraint preferences_value_check CHECK ((value = ANY (ARRAY['stop'::text, 'resume'::text]))),
  constraint preferences_pkey PRIMARY KEY (name, category, at, value)
);

CREATE INDEX preferences_person ON public.preferences USING btree (person);

create table refused_lines (
  campaign_id text not null,
  "row" integer not null,
  column_name text,
  value text,
  code text not null,
  message text not null,
  constraint refused_lines_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE,
  constraint refused_lines_pkey PRIMARY KEY (campaign_id, "row")
);

create table request_counts (
  campaign_id text not null,
  sender_id text not null,
  state text not null,
  said text,
  due timestamp with time zone,
  n bigint not null,
  whole boolean default false not null
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000);

CREATE INDEX request_counts_campaign ON public.request_counts USING btree (campaign_id);

CREATE INDEX request_counts_loose ON public.request_counts USING btree (campaign_id) WHERE (NOT whole);

create table requests (
  id bigint generated always as identity not null,
  campaign_id text not null,
  sender_id text not null,
  "row" integer not null,
  double_of integer,
  lane smallint default 1 not null,
  reference text,
  to_number text not null,
  language text not null,
  parameters jsonb not null,
  not_after timestamp with time zone default 'infinity'::timestamp with time zone not null,
  due_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  state text default 'pending'::text not null,
  queued_at timestamp with time zone,
  fence integer default 0 not null,
  attempts integer default 0 not null,
  claimed_by text,
  claimed_at timestamp with time zone,
  lease_until timestamp with time zone,
  person text,
  reserved_at timestamp with time zone,
  wa_id text,
  wamid text,
  message_status text,
  accepted_at timestamp with time zone,
  error_code integer,
  error_message text,
  reason text,
  uncertain_at timestamp with time zone,
  check_at timestamp with time zone,
  checks integer default 0 not null,
  finding text,
  epoch integer default 0 not null,
  delivery text,
  delivered_at timestamp with time zone,
  read_at timestamp with time zone,
  failed_at timestamp with time zone,
  zones text[],
  claim_id text,
  epoch_fence integer default 0 not null,
  proof_fence integer,
  cause text,
  batch bigint,
  user_id text,
  delivery_errors jsonb,
  pricing text,
  answer text,
  answered_at timestamp with time zone,
  permission_expires_at timestamp with time zone,
  answer_key text,
  constraint requests_answer_check CHECK ((answer = ANY (ARRAY['temporary'::text, 'permanent'::text, 'declined'::text]))),
  constraint requests_delivery_check CHECK ((delivery = ANY (ARRAY['sent'::text, 'delivered'::text, 'read'::text, 'failed'::text]))),
  constraint requests_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'queued'::text, 'sending'::text, 'accepted'::text, 'already-granted'::text, 'rejected'::text, 'uncertain'::text, 'skipped'::text, 'expired'::text, 'cancelled'::text]))),
  constraint requests_pkey PRIMARY KEY (id)
) with (fillfactor=85, autovacuum_vacuum_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02);

CREATE INDEX requests_answered ON public.requests USING btree (campaign_id, ((answered_at - accepted_at))) WHERE (answer IS NOT NULL);

CREATE INDEX requests_asked ON public.requests USING btree (to_number) WHERE ((wa_id IS NOT NULL) OR (state = ANY (ARRAY['accepted'::text, 'already-granted'::text, 'rejected'::text, 'uncertain'::text, 'skipped'::text, 'expired'::text, 'cancelled'::text])));

CREATE INDEX requests_batch ON public.requests USING btree (sender_id, batch, id) WHERE (state = 'queued'::text);

CREATE INDEX requests_claim ON public.requests USING btree (claim_id) WHERE (claim_id IS NOT NULL);

CREATE INDEX requests_doubted ON public.requests USING btree (sender_id, check_at, id) WHERE ((state = 'uncertain'::text) AND (check_at IS NOT NULL));

CREATE INDEX requests_ended ON public.requests USING btree ((((campaign_id || ' '::text) || state)), "row") WHERE (state = ANY (ARRAY['accepted'::text, 'already-granted'::text, 'rejected'::text, 'uncertain'::text, 'skipped'::text, 'expired'::text, 'cancelled'::text]));

CREATE INDEX requests_expiring ON public.requests USING btree (not_after) WHERE ((state = 'pending'::text) AND (not_after < 'infinity'::timestamp with time zone));

CREATE INDEX requests_held ON public.requests USING btree (campaign_id, accepted_at) WHERE (message_status <> 'accepted'::text);

CREATE INDEX requests_message ON public.requests USING btree (hashtextextended(wamid, (0)::bigint)) WHERE (wamid IS NOT NULL);

CREATE INDEX requests_open ON public.requests USING btree (campaign_id) WHERE ((state = ANY (ARRAY['queued'::text, 'sending'::text])) OR ((state = 'uncertain'::text) AND (check_at IS NOT NULL)));

CREATE INDEX requests_pair_limited ON public.requests USING btree (campaign_id) WHERE ((state = 'pending'::text) AND (reason = 'pair-limit'::text));

CREATE INDEX requests_reference ON public.requests USING btree (hashtextextended(reference, (0)::bigint), id) WHERE ((reference IS NOT NULL) AND (state = ANY (ARRAY['accepted'::text, 'already-granted'::text, 'rejected'::text, 'uncertain'::text, 'skipped'::text, 'expired'::text, 'cancelled'::text])));

CREATE UNIQUE INDEX requests_row ON public.requests USING btree (campaign_id, "row");

CREATE INDEX requests_said ON public.requests USING btree (((campaign_id || ''::text)), state, error_code, reason, attempts, id) INCLUDE (campaign_id) WHERE ((reason IS NOT NULL) OR (error_code IS NOT NULL) OR (error_message IS NOT NULL) OR (finding IS NOT NULL) OR (double_of IS NOT NULL) OR (attempts >
CASE
    WHEN (state = ANY (ARRAY['sending'::text, 'accepted'::text, 'already-granted'::text, 'rejected'::text])) THEN 1
    ELSE 0
END));

CREATE INDEX requests_sending ON public.requests USING btree (lease_until) WHERE (state = 'sending'::text);

CREATE INDEX requests_waiting ON public.requests USING btree (campaign_id, sender_id, language, due_at, id) WHERE (state = 'pending'::text);

CREATE TRIGGER requests_count_changed AFTER UPDATE ON public.requests REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_requests();

CREATE TRIGGER requests_count_gone AFTER DELETE ON public.requests REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_requests();

CREATE TRIGGER requests_count_new AFTER INSERT ON public.requests REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_requests();

CREATE TRIGGER requests_events AFTER UPDATE ON public.requests REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_request_events();

CREATE TRIGGER requests_guard BEFORE UPDATE ON public.requests FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) OR (old.fence IS DISTINCT FROM new.fence) OR (new.cause IS NOT NULL) OR (old.proof_fence IS DISTINCT FROM new.proof_fence))) EXECUTE FUNCTION guard_request();

CREATE TRIGGER requests_nameless BEFORE UPDATE ON public.requests FOR EACH ROW WHEN ((old.to_number = ''::text)) EXECUTE FUNCTION keep_nameless();

create table senders (
  id text not null,
  account text not null,
  rate_allowed double precision not null,
  rate_now double precision not null,
  rate_reason text,
  throttled_at timestamp with time zone,
  climbed_at timestamp with time zone,
  hold_until timestamp with time zone,
  next_slot timestamp with time zone default '-infinity'::timestamp with time zone not null,
  closed_at timestamp with time zone,
  closed_reason jsonb,
  probe_at timestamp with time zone,
  probes integer default 0 not null,
  next_check timestamp with time zone default '-infinity'::timestamp with time zone not null,
  shared_slot timestamp with time zone default '-infinity'::timestamp with time zone not null,
  claimed_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  sharers text[] default '{}'::text[] not null,
  sharers_until timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  sharers_slots timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  portfolio text,
  singles bigint[] default '{}'::bigint[] not null,
  singles_until timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  shown_number text,
  sharers_from timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  constraint senders_portfolio_fkey FOREIGN KEY (portfolio) REFERENCES portfolios(id),
  constraint senders_pkey PRIMARY KEY (id)
);

CREATE TRIGGER senders_events AFTER UPDATE OF closed_at ON public.senders FOR EACH ROW WHEN (((old.closed_at IS NULL) <> (new.closed_at IS NULL))) EXECUTE FUNCTION keep_sender_event();

create table sessions (
  id text not null,
  sha256 bytea not null,
  user_id text not null,
  address text not null,
  created_at timestamp with time zone default now_() not null,
  last_seen_at timestamp with time zone default now_() not null,
  ends_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint sessions_sha256_check CHECK ((length(sha256) = 32)),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_sha256_key UNIQUE (sha256)
);

CREATE INDEX sessions_end ON public.sessions USING btree (ends_at);

CREATE INDEX sessions_user ON public.sessions USING btree (user_id, created_at);

create table suppressions (
  person text not null,
  reason text,
  source text not null,
  added_at timestamp with time zone default now_() not null,
  constraint suppressions_source_check CHECK ((source = ANY (ARRAY['operator'::text, 'import'::text, 'meta'::text, 'api'::text, 'preference'::text, 'typed'::text, 'forgotten'::text]))),
  constraint suppressions_pkey PRIMARY KEY (person)
);

CREATE TRIGGER suppressions_written AFTER INSERT ON public.suppressions FOR EACH ROW WHEN ((new.source = 'typed'::text)) EXECUTE FUNCTION keep_written();

create table template_breakers (
  account text not null,
  name text not null,
  language text not null,
  closed_at timestamp with time zone,
  closed_reason jsonb,
  probe_at timestamp with time zone,
  probes integer default 0 not null,
  constraint template_breakers_pkey PRIMARY KEY (account, name, language)
);

CREATE TRIGGER template_breakers_events_changed AFTER UPDATE OF closed_at ON public.template_breakers FOR EACH ROW WHEN (((old.closed_at IS NULL) <> (new.closed_at IS NULL))) EXECUTE FUNCTION keep_breaker_event();

CREATE TRIGGER template_breakers_events_new AFTER INSERT ON public.template_breakers FOR EACH ROW WHEN ((new.closed_at IS NOT NULL)) EXECUTE FUNCTION keep_breaker_event();

create table template_news (
  template_id text not null,
  account text not null,
  name text,
  language text,
  what text not null,
  value text not null,
  detail text,
  effective_at timestamp with time zone,
  at timestamp with time zone not null,
  constraint template_news_pkey PRIMARY KEY (template_id, what)
);

CREATE INDEX template_news_account ON public.template_news USING btree (account);

CREATE TRIGGER template_news_events_changed AFTER UPDATE ON public.template_news FOR EACH ROW WHEN (((old.value IS DISTINCT FROM new.value) OR (old.detail IS DISTINCT FROM new.detail))) EXECUTE FUNCTION keep_template_event();

CREATE TRIGGER template_news_events_new AFTER INSERT ON public.template_news FOR EACH ROW EXECUTE FUNCTION keep_template_event();

create table unread_parts (
  id bigint generated always as identity not null,
  day date not null,
  delivery bigint not null,
  place text not null,
  why text not null,
  raw text not null,
  at timestamp with time zone default clock_timestamp() not null,
  constraint unread_parts_pkey PRIMARY KEY (id)
);

CREATE INDEX unread_parts_day ON public.unread_parts USING btree (day);

create table users (
  id text not null,
  name text not null,
  role text not null,
  password_hash text not null,
  created_at timestamp with time zone default now_() not null,
  password_at timestamp with time zone default now_() not null,
  last_log_in_at timestamp with time zone,
  disabled_at timestamp with time zone,
  constraint users_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text]))),
  constraint users_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX users_name ON public.users USING btree (lower(name));

create table wa_ids (
  number text not null,
  wa_id text not null,
  at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  told_by text,
  constraint wa_ids_pkey PRIMARY KEY (number)
);

CREATE INDEX wa_ids_wa_id ON public.wa_ids USING btree (wa_id);

create table waiting_statuses (
  id bigint generated always as identity not null,
  entry jsonb not null,
  next_at timestamp with time zone not null,
  tries smallint default 0 not null,
  constraint waiting_statuses_pkey PRIMARY KEY (id)
);

CREATE INDEX waiting_statuses_next ON public.waiting_statuses USING btree (next_at);

create table webhook_counts (
  about text not null,
  what text not null,
  sender_id text default ''::text not null,
  n bigint not null,
  last_at timestamp with time zone default clock_timestamp() not null,
  constraint webhook_counts_pkey PRIMARY KEY (about, what, sender_id)
);

create table webhook_deliveries (
  day date not null,
  id bigint default nextval('webhook_numbers'::regclass) not null,
  digest bytea not null,
  received_at timestamp with time zone default ledger_clock_now() not null,
  body text not null,
  constraint webhook_deliveries_pkey PRIMARY KEY (day, id),
  constraint webhook_deliveries_digest_day_key UNIQUE (digest, day)
);

create table webhook_queue (
  id bigint not null,
  day date not null,
  bytes integer not null,
  received_at timestamp with time zone default clock_timestamp() not null,
  taken_until timestamp with time zone,
  tries integer default 0 not null,
  constraint webhook_queue_pkey PRIMARY KEY (id)
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

create table workers (
  id text not null,
  sender_id text not null,
  messages_per_second double precision not null,
  in_flight integer not null,
  seen_at timestamp with time zone not null,
  silent_since timestamp with time zone,
  silent_why text,
  constraint workers_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES senders(id) ON DELETE CASCADE,
  constraint workers_pkey PRIMARY KEY (sender_id, id)
);

create table written_stops (
  name text not null,
  at timestamp with time zone not null,
  reason text,
  added_at timestamp with time zone default now_() not null,
  constraint written_stops_pkey PRIMARY KEY (name, at)
);

CREATE TRIGGER written_stops_settled AFTER INSERT ON public.written_stops FOR EACH ROW EXECUTE FUNCTION settle_written();

CREATE OR REPLACE FUNCTION public.all_names_of(name text)
 RETURNS text[]
 LANGUAGE plpgsql
AS $function$
declare
  names text[] := names_of(name);
  more text[];
begin
  for i in 1 .. 3 loop
    select array_agg(distinct x) into more
    from names_to_learn l cross join lateral unnest(array[l.a, l.b]) x
    where (l.a = any(names) or l.b = any(names)) and x <> all(names) and person_of(x) = x
      -- A number with which somebody else was seen is theirs, unless it is another spelling.
      and (l.at is null or not is_number(x) or not exists (select from wa_ids w where w.wa_id = x));
    exit when more is null;
    names := array(select distinct s from unnest(more) m, unnest(names_of(m)) s union select n from unnest(names) n);
  end loop;
  select array_agg(distinct x) into more
  from requests r cross join lateral unnest(array[r.user_id, r.wa_id, ltrim(r.to_number, '+')]) x
  where (ltrim(r.to_number, '+') = any(names) or r.wa_id = any(names) or r.user_id = any(names))
    and x <> all(names) and (person_of(x) = any(names) or (person_of(x) = x and not is_number(x)));
  if more is null then return names; end if;
  return array(select distinct s from unnest(more) m, unnest(names_of(m)) s union select n from unnest(names) n);
end $function$;

CREATE OR REPLACE FUNCTION public.answerable_until(r requests)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(least(r.delivered_at, r.read_at) + interval '7 days', r.accepted_at + interval '37 days')
$function$;

CREATE OR REPLACE FUNCTION public.apply_statuses(entries jsonb, tell boolean)
 RETURNS TABLE(n integer, request text, applied boolean, state text, delivery text, was text, news boolean, "senderId" text, template text, language text, person text)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
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
    perform learn_names_or_leave(l.pairs) from (
      select jsonb_agg(jsonb_build_object('a', k.user_id, 'b', k.number, 'at', k.at, 'senderId', k.sender_id)) as pairs from (
        select distinct e.user_id, coalesce(r.wa_id, ltrim(r.to_number, '+')) as number, r.reserved_at as at, r.sender_id
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
end $function$;

CREATE OR REPLACE FUNCTION public.apply_waiting_statuses(most integer)
 RETURNS TABLE(n integer, request text, applied boolean, state text, delivery text, was text, news boolean, "senderId" text, template text, language text, person text, entry jsonb, waiting text)
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.ask_owner(row_ text, request_ bigint, at_ timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  number_ text;
begin
  select nullif(r.to_number, '') into number_ from requests r where r.id = request_;
  return case when number_ is null then person_of(row_) else asked_owner(ltrim(number_, '+'), at_) end;
end $function$;

CREATE OR REPLACE FUNCTION public.asked_between(portfolio_ text, from_ timestamp with time zone, to_ timestamp with time zone)
 RETURNS TABLE(last timestamp with time zone)
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  ids constant text[] := array(select s.id from senders s where s.portfolio = portfolio_);
begin
  return query
  select max((p.asks[cardinality(p.asks)]).at) as last
  from pairs p
  where p.sender_id || '' = any(ids) and (p.asks[cardinality(p.asks)]).at >= from_ and (p.asks[cardinality(p.asks)]).at < to_
    and (cardinality(ids) = 1 or not exists (
      select from pairs q where q.sender_id = any(ids) and q.person = p.person and (q.asks[cardinality(q.asks)]).at >= to_))
  group by p.person
  order by 1;
end $function$;

CREATE OR REPLACE FUNCTION public.asked_owner(name text, at_ timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  root_ text;
begin
  select v.root into root_ from unnest(spellings_of(asked_owner.name)) x
  cross join lateral (
    select s.root, s.since from name_spans s where s.name = x and s.since <= at_ order by s.since desc limit 1) v
  order by x = asked_owner.name desc, v.since desc limit 1;
  return coalesce(root_, person_of(asked_owner.name));
end $function$;

CREATE OR REPLACE FUNCTION public.barred(sender text, number text, wa_id text, include_granted boolean, include_declined boolean)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select barred_by(sender, names_of(coalesce(wa_id, ltrim(number, '+'))), include_granted, include_declined)
$function$;

CREATE OR REPLACE FUNCTION public.barred_by(sender text, names text[], include_granted boolean, include_declined boolean)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when exists (select from suppressions s where s.person = any(names)) then 'suppressed'
    else (
      select case when may_ask(p, include_granted, include_declined) then null
        when p.status in ('temporary', 'permanent') then 'already-granted' else 'declined' end
      from permissions p
      where p.sender_id = sender and p.person = any(names)
      order by p.at desc limit 1) end
$function$;

CREATE OR REPLACE FUNCTION public.book_account_news(account_ text, sender text, what_ text, value_ text, detail_ text, until_ timestamp with time zone, at_ timestamp with time zone, stops_ boolean)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  insert into account_news as a (account, sender_id, what, value, detail, until, at, stops)
  values (account_, sender, what_, value_, detail_, until_, at_, stops_)
  on conflict (account, sender_id, what, value) do update
  set detail = excluded.detail, until = excluded.until, at = excluded.at
  where (a.at, coalesce(a.until, '-infinity')) < (excluded.at, coalesce(excluded.until, '-infinity'));
  -- Told late, it may be over already.
  return found and (not stops_ or is_stopped(sender, account_));
end $function$;

CREATE OR REPLACE FUNCTION public.book_answer(sender text, key_ text, person_ text, status_ text, source_ text, expires_ timestamp with time zone, at_ timestamp with time zone, context_ text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  span name_spans;
  mine text;
  booked permissions;
begin
  select * into span from name_spans s where s.name = person_ and s.since <= at_ order by s.since desc limit 1;
  if span.name is not null then
    -- Not while somebody learns whose it is.
    perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
    select * into span from name_spans s where s.name = person_ and s.since <= at_ order by s.since desc limit 1;
  end if;
  mine := coalesce(span.root, person_of(person_));
  insert into permission_events as e (sender_id, key, person, name, status, source, expires_at, at, context, next_at)
  values (sender, key_, mine, nullif(person_, mine), status_, source_, expires_, at_, context_, case when source_ <> 'query' then now_() end)
  -- Of what Meta said when it was asked, the last.
  on conflict (sender_id, key) do update
  set person = excluded.person, name = excluded.name, status = excluded.status, expires_at = excluded.expires_at, at = excluded.at
  where e.source = 'query' and e.at < excluded.at;
  if not found then return false; end if;
  if span.name is not null then
    if span.is_held then perform book_persons(array[mine]);
    else
      perform settle(array[person_], key_);
      mine := owner_of(person_, at_);
    end if;
    if status_ = 'none' then return true; end if;
  -- That Meta knows of no permission ends those given up to then; a decline says more, and stays.
  elsif status_ = 'none' then
    insert into permissions as p (sender_id, person, status, at, source, cut_at)
    values (sender, mine, 'none', '-infinity', source_, at_)
    on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
    return true;
  else perform book_word(sender, mine, status_, expires_, at_, source_, key_); end if;
  select * into booked from permissions p where p.sender_id = sender and p.person = mine;
  if booked.key = key_ and status_ in ('temporary', 'permanent') then
    if booked.at <= booked.cut_at then perform want_check(sender, mine, 'another number');
    elsif status_ = 'temporary' and expires_ is null and source_ <> 'query' then perform want_check(sender, mine, 'no expiry'); end if;
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.book_answers(words jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  -- First, where it will be needed: whoever puts persons together waits for rows that are held here.
  if exists (
    select from jsonb_to_recordset(words) as e(person text)
    where (select true from name_spans s where s.name = e.person limit 1))
  then
    perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  end if;
  perform book_answer(k."senderId", k.key, k.person, k.status, k.source, k."expiresAt", k.at, k.context)
  from (
    select * from jsonb_to_recordset(words) as e("senderId" text, key text, person text, status text, source text,
      "expiresAt" timestamptz, at timestamptz, context text)
    order by e.person, e.at, e.key) k;
  perform match_answers(words);
end $function$;

CREATE OR REPLACE FUNCTION public.book_call(sender text, id_ text, person_ text, by_business_ boolean, is_connected_ boolean, is_over_ boolean, at_ timestamp with time zone, duration_ integer)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  mine constant text := owner_of(person_, at_);
  k calls;
begin
  insert into calls as c (id, sender_id, person, name, by_business, is_connected, is_over, at, duration_s)
  values (id_, sender, mine, person_, by_business_, is_connected_, is_over_, at_, duration_)
  on conflict (id) do update
  set is_connected = c.is_connected or excluded.is_connected, is_over = c.is_over or excluded.is_over,
    -- Once both spoke, its time is that of the event that says so: what was asked afterwards counts.
    at = case when c.is_connected = excluded.is_connected then least(c.at, excluded.at)
      when excluded.is_connected then excluded.at else c.at end,
    duration_s = greatest(c.duration_s, excluded.duration_s),
    -- By user id where one is told: it is nobody else's later.
    name = case when is_number(coalesce(c.name, c.person)) <> is_number(excluded.name)
      then case when is_number(excluded.name) then c.name else excluded.name end else least(coalesce(c.name, c.person), excluded.name) end
  returning * into k;
  if exists (select from name_spans s where s.name = k.name) then
    perform settle(array[k.name, k.person]);
    select * into k from calls c where c.id = id_;
  end if;
  if k.is_connected then perform reset_pairs(sender, k.person); end if;
end $function$;

CREATE OR REPLACE FUNCTION public.book_of(sender text, name text)
 RETURNS TABLE(booked_as text, state text, since timestamp with time zone, until timestamp with time zone, source text, to_number text, wa_id text, user_id text, reference text, campaign text, request text)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
  order by q.state = 'accepted' desc, q.delivery is distinct from 'failed' desc, coalesce(q.accepted_at, q.reserved_at) desc nulls last limit 1;

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
  elsif is_number(ltrim(r.to_number, '+')) and ltrim(r.to_number, '+') <> all(names) then
    wa_id := (array(select n from unnest(names) n where is_number(n) and n = person_of(n) order by n))[1];
    to_number := '+' || coalesce(wa_id, booked_as, name);
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
end $function$;

CREATE OR REPLACE FUNCTION public.book_persons(roots text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  names constant text[] := array(select distinct s.name from name_spans s where s.root = any(roots) union select unnest(roots));
begin
  -- Another number ends permissions, whichever senders they are for.
  insert into permission_events (sender_id, key, person, name, status, source, at)
  select distinct on (k.sender_id, c.key) k.sender_id, c.key, c.root, c.name, 'none', 'number-change', c.at
  from (
    select d.key, d.after as name, d.at, owner_of(d.after, d.at) as root from name_changes d
    where d.after = any(names) and d.what = 'number' and d.key is not null
    union all
    -- Without the number, which is somebody else's by then.
    select 'passed on ' || v.root || ' ' || extract(epoch from v.until), v.root, v.until, v.root
    from (
      select t.name, t.root, u.since as until, u.root as next_root, u.is_left
      from name_spans t cross join lateral (
        select s.since, s.root, s.is_left from name_spans s where s.name = t.name and s.since > t.since order by s.since limit 1) u
      where t.name = any(names) and t.root || '' = any(roots) and is_number(t.name)) v
    where v.next_root <> v.root and not v.is_left
      and not exists (select from name_changes d where d.after = v.name and d.at = v.until and d.what = 'number')) c
  join (
    -- By the person, whatever the planner knows: where no statistics are, all words of the sender were read.
    select t as person, e.sender_id from unnest(roots) t cross join lateral (
      select distinct w.sender_id || '' as sender_id from permission_events w where w.person = t and w.source <> 'number-change') e
    union all
    select t, q.id from unnest(roots) t cross join senders q
    where (select true from pairs p where p.sender_id = q.id and p.person = t limit 1)) k on k.person = c.root
  where c.root = any(roots)
  order by k.sender_id, c.key, c.at, c.name
  on conflict do nothing;

  insert into permissions as p (sender_id, person, status, expires_at, at, source, key, cut_at)
  select k.sender_id, k.person, coalesce(w.status, 'none'), w.expires_at, coalesce(w.at, '-infinity'), coalesce(w.source, k.source),
    coalesce(w.key, ''), coalesce(k.cut, '-infinity')
  from (
    select e.sender_id, e.person, max(e.at) filter (where e.status = 'none') as cut,
      (array_agg(e.source order by e.at desc, e.key) filter (where e.status = 'none'))[1] as source
    from permission_events e where e.person = any(roots) group by 1, 2) k
  left join lateral (
    select e.* from permission_events e
    where e.person = k.person and e.sender_id = k.sender_id and e.status <> 'none'
    order by e.at desc, word_rank(e.status) desc, e.key desc limit 1) w on true
  order by 1, 2
  on conflict (sender_id, person) do update
  set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source, key = excluded.key,
    cut_at = excluded.cut_at
  where (p.status, p.expires_at, p.at, p.source, p.key, p.cut_at)
    is distinct from (excluded.status, excluded.expires_at, excluded.at, excluded.source, excluded.key, excluded.cut_at);

  -- Once, for each other number.
  perform want_check(p.sender_id, p.person, 'another number') from permissions p
  where p.person = any(roots) and p.status in ('temporary', 'permanent') and p.at <= p.cut_at and not exists (
    select from permission_events e
    where e.person = p.person and e.sender_id || '' = p.sender_id || '' and e.source = 'query' and e.at >= p.cut_at)
  order by p.sender_id || '', p.person;
end $function$;

CREATE OR REPLACE FUNCTION public.book_template_news(id_ text, account_ text, name_ text, language_ text, what_ text, value_ text, detail_ text, effective_ timestamp with time zone, at_ timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  insert into template_news as t (template_id, account, name, language, what, value, detail, effective_at, at)
  values (id_, account_, name_, language_, what_, value_, detail_, effective_, at_)
  on conflict (template_id, what) do update
  set account = excluded.account, name = coalesce(excluded.name, t.name), language = coalesce(excluded.language, t.language),
    value = excluded.value, detail = excluded.detail, effective_at = excluded.effective_at, at = excluded.at
  where (t.at, t.value) < (excluded.at, excluded.value);
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.book_word(sender text, person_ text, status_ text, expires_ timestamp with time zone, at_ timestamp with time zone, source_ text, key_ text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  insert into permissions as p (sender_id, person, status, expires_at, at, source, key)
  values (sender, person_, status_, expires_, at_, source_, key_)
  on conflict (sender_id, person) do update
  set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source, key = excluded.key
  where (p.at, word_rank(p.status), p.key) < (excluded.at, word_rank(excluded.status), excluded.key);
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.cancel_part(campaign_ text, after_row integer, most integer)
 RETURNS TABLE(cancelled integer, last_row integer)
 LANGUAGE plpgsql
AS $function$
begin
  -- Nothing leads out of that state: its row need not be locked.
  if not exists (select from campaigns c where c.id = campaign_ and c.state = 'cancelled') then return; end if;
  return query select
    cancel_people(array(
      select r.id from requests r
      where r.campaign_id = campaign_ and r.row > after_row and r.row <= after_row + most)),
    part_end(campaign_, after_row, most);
end $function$;

CREATE OR REPLACE FUNCTION public.cancel_people(ids bigint[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  cancelled integer;
begin
  perform from requests r where r.id = any(ids) and r.state in ('pending', 'queued') order by r.id for no key update;
  update requests r set state = 'cancelled', reason = coalesce(r.reason, 'campaign cancelled')
  where r.id = any(ids) and r.state in ('pending', 'queued');
  get diagnostics cancelled = row_count;
  return cancelled;
end $function$;

CREATE OR REPLACE FUNCTION public.cancel_requests(campaign_ text, most integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  left_ text;
  cancelled integer := 0;
  since constant timestamptz := now_() - interval '24 hours';
begin
  for left_ in
    select c.id from campaigns c
    where c.state = 'cancelled' and c.ended_at > since
      and (campaign_ is null or c.id = campaign_)
      and ((select r.id from requests r where r.campaign_id = c.id and r.state = 'pending'
          order by r.sender_id, r.language, r.due_at, r.id limit 1) is not null
        or exists (
          select from requests r
          where r.campaign_id = c.id and r.state || '' = 'queued'
            and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null))))
    order by c.id
  loop
    cancelled := cancelled + cancel_people(array(
      (select r.id from requests r
        where r.campaign_id = left_ and r.state || '' = 'queued'
          and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null))
        limit most - cancelled)
      union all
      (select r.id from requests r where r.campaign_id = left_ and r.state = 'pending' limit most - cancelled)
      limit most - cancelled));
    exit when cancelled >= most;
  end loop;
  return cancelled;
end $function$;

CREATE OR REPLACE FUNCTION public.change_all_names(changes jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  c record;
  new_name text;
  said text[] := '{}';
  n integer;
  m integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  for c in
    select e.key, e.what, e.before, e.after, e.at, e."senderId" as told_by
    from jsonb_to_recordset(changes) as e(key text, what text, before text[], after text[], at timestamptz, "senderId" text)
    order by e.at, e.key
  loop
    new_name := (array(select a from unnest(c.after) a order by not is_number(a), name_kind(a), a))[1];
    continue when new_name is null or coalesce(cardinality(c.before), 0) = 0;
    perform keep_links(c.before || c.after);
    insert into name_changes as d (before, after, at, what, key)
    select b, a, c.at, c.what, c.key from unnest(c.before) b cross join unnest(c.after) a
    -- A user id becomes each of the others, too: that two of one number are one person's is told by nothing else.
    where b <> a and (a = new_name or (not is_number(b) and name_kind(a) = name_kind(b)))
    order by b, a
    -- The same one told to two of ours.
    on conflict (before, after, at) do update set key = least(d.key, excluded.key), what = least(d.what, excluded.what)
    where excluded.key < d.key or excluded.what < d.what;
    get diagnostics n = row_count;
    insert into name_links as l (a, b, at, told_by, came_at)
    select a, new_name, c.at, c.told_by, case when c.what = 'number' and is_number(new_name) then array[c.at] else '{}' end from unnest(c.after) a where a <> new_name order by a
    on conflict (a, b) do update set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by),
      came_at = array(select distinct t from unnest(l.came_at || excluded.came_at) t order by t)
    where l.at > excluded.at or not l.came_at @> excluded.came_at or l.told_by is distinct from least(l.told_by, excluded.told_by);
    get diagnostics m = row_count;
    if n + m > 0 then said := said || c.before || c.after; end if;
  end loop;
  if said = '{}' then return false; end if;
  perform settle_all(said);
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.change_names(key_ text, what text, befores text[], afters text[], at_ timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
  select change_all_names(jsonb_build_array(
    jsonb_build_object('key', key_, 'what', what, 'before', befores, 'after', afters, 'at', at_)))
$function$;

CREATE OR REPLACE FUNCTION public.claim_batches(sender text, batches bigint[], served double precision[], worker text, claim_ text, horizon_ms double precision, lease_ms double precision, per_day integer, per_week integer, step_factor double precision, again_ids bigint[], again_fences integer[], share_least double precision, reach_back_ms double precision, share_step_factor double precision, forfeited_ms double precision)
 RETURNS json
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  s senders;
  p pace;
  clock timestamptz;
  t timestamptz;
  budget portfolios;
  again json;
  claimed json;
  lost json;
  ids bigint[];
  n_again integer;
  n_claimed integer;
  room integer;
  given integer;
  next timestamptz;
  slow boolean;
  own_single bigint;
  kept integer;
begin
  select * into s from senders where id = sender and closed_at is null for no key update;
  if not found then return json_build_object('closed', true); end if;
  if exists (select from dead_claims where claim_id = claim_) then return json_build_object('closed', true); end if;
  -- People the portfolio may still reach today, counted down here and anew by count_budget.
  select * into budget from portfolios
  where id = s.portfolio and daily_limit is not null and counted_at > clock_timestamp() - interval '5 minutes'
  for no key update;

  p := pace_of(s, worker, clock_timestamp(), horizon_ms, step_factor, share_least, reach_back_ms, share_step_factor, forfeited_ms);
  -- As many rows of these batches as there are send times: single requests first, then the campaigns in turn, by weight
  -- and by what each of them had already. Those of a campaign that stands still come last: they are looked at, and go
  -- back, where nobody else wants the send time.
  ids := array(
    select k.id from (
      select q.id, q.batch, c.single, c.state <> 'running' as stands,
        (max(q.served) over (partition by q.campaign_id)
          + row_number() over (partition by q.campaign_id order by q.batch, q.id)) / c.weight as turn
      from (
        select r.id, r.batch, r.campaign_id, b.served
        from (select n, max(had) as served from unnest(batches, served) as x(n, had) group by n) b
        cross join lateral (
          select q.id, q.batch, q.campaign_id from requests q
          where q.sender_id = sender and q.batch = b.n and q.state = 'queued'
          order by q.id limit p.free
        ) r
      ) q
      join campaigns c on c.id = q.campaign_id
    ) k
    order by k.stands, not k.single, k.turn, k.batch, k.id
    limit p.free);
  perform from requests r
  where r.id = any(ids) and r.state || '' = 'queued'
  order by r.id
  for no key update;
  -- Allowances too, though they are written only after the judgement: a record may hold one for a while. One look each:
  -- by a list of persons all pairs of the sender were read where no statistics are.
  perform from (
    select distinct n.name from requests r left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
    cross join lateral unnest(spellings_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))) as n(name)
    where r.id = any(ids)
    order by n.name) k
  cross join lateral (select from pairs q where q.sender_id = sender and q.person = k.name for no key update) q;

  -- Read after the locks, so that waiting for them costs no send time.
  clock := clock_timestamp();
  t := clock + (select ahead from ledger_clock);
  p := pace_of(s, worker, clock, horizon_ms, step_factor, share_least, reach_back_ms, share_step_factor, forfeited_ms);

  -- Where send times are a moment apart, they are left to the process that has the oldest single request.
  slow := p.share is null or s.rate_now < share_least;
  if slow then
    select min(w.request) into own_single from waiting_singles(sender, batches) w;
    if exists (
      select from waiting_singles(sender, array(
        select o.batch from unnest(s.singles, s.singles_until) as o(batch, until) where o.until > clock)) w
      where own_single is null or w.request < own_single)
    then p.free := 0; end if;
  end if;
  -- Nor do claims that missed their send time come before them.
  kept := p.free;
  if cardinality(again_ids) > 0 then
    select greatest(0, p.free - count(*)) into kept from requests r join campaigns c on c.id = r.campaign_id
    where r.id = any(ids) and r.state || '' = 'queued' and c.single and c.state = 'running';
  end if;

  select coalesce(json_agg(json_build_object('request', id::text, 'fence', fence,
      'slot_ms', extract(epoch from p.first + (turn - 1) * p.step) * 1000)) filter (where holds and turn <= kept), '[]'),
    coalesce(json_agg(json_build_object('request', id::text, 'fence', fence)) filter (where not holds), '[]'),
    count(*) filter (where holds and turn <= kept)
  into again, lost, n_again
  from (
    select h.id, h.fence, h.holds, row_number() over (partition by h.holds order by h.n) as turn
    from (
      -- Whoever opted out, answered or was withdrawn since the claim is not written any more: the sender gives it back.
      select a.id, a.fence, a.n, r.id is not null and c.state = 'running' and r.not_after > t
        and barred(sender, r.to_number, w.wa_id, c.include_granted, c.include_declined) is null as holds
      from unnest(again_ids, again_fences) with ordinality as a(id, fence, n)
      left join lateral (
        select q.* from requests q
        where q.id = a.id and q.fence = a.fence and q.state || '' = 'sending' and q.lease_until > clock limit 1) r on true
      left join campaigns c on c.id = r.campaign_id
      left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
    ) h
  ) a;
  room := greatest(0, p.free - n_again);

  -- Row by row, by its id: as one join, a claim of 122 took the square of that in comparisons, and read the whole campaign.
  with wanted as materialized (
    select k.id, j.n, k.fence, k.person, k.names
    from unnest(ids[1:least(room, budget.remaining)]) with ordinality as j(id, n)
    cross join lateral (
      select r.id, r.fence, named.person, named.names
      from requests r
      join campaigns c on c.id = r.campaign_id
      left join template_breakers b on b.account = s.account and b.name = c.template and b.language = r.language
      left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
      cross join lateral (
        select coalesce(w.wa_id, ltrim(r.to_number, '+')) as person, case
          when w.wa_id is not null or substr(r.to_number, 2, 2) in ('52', '54', '55', '22')
            or exists (select from wa_ids v where v.wa_id = ltrim(r.to_number, '+'))
            then names_of(coalesce(w.wa_id, ltrim(r.to_number, '+')))
          else array[ltrim(r.to_number, '+')] end as names
        offset 0
      ) named
      where r.id = j.id and r.state || '' = 'queued' and r.sender_id || '' = sender
        and r.batch = any(batches) and r.not_after > t
        and c.state = 'running' and b.closed_at is null
        and not exists (select from suppressions x where x.person = any(named.names))
        and coalesce((
          select may_ask(x, c.include_granted, c.include_declined) from permissions x
          where x.sender_id = sender and x.person = any(named.names) order by x.at desc limit 1), true)
        and (c.quiet_from is null or quiet_until(r.zones, c.quiet_from, c.quiet_to, t + interval '10 s') is null)
        and (cardinality(named.names) = 1 or (
          select count(*) filter (where a.at > t - interval '24 hours') < per_day
            and count(*) filter (where a.at > t - interval '168 hours') < per_week
          from pairs q, unnest(q.asks) a where q.sender_id = sender and q.person = any(named.names)))
      offset 0
    ) k
  ), one_each as (
    select distinct on (names[1]) id, n, fence, person from wanted order by names[1], n
  ), reserved as (
    insert into pairs as q (sender_id, person, asks)
    select sender, o.person, array[row(o.id, o.fence + 1, t)::ask] from one_each o order by o.person
    on conflict (sender_id, person) do update
    set asks = array(select a from unnest(q.asks) a where a.at > t - interval '168 hours' order by a.at) || excluded.asks
    where (select count(*) from unnest(q.asks) a where a.at > t - interval '24 hours') < per_day
      and (select count(*) from unnest(q.asks) a where a.at > t - interval '168 hours') < per_week
    returning q.person, (q.asks[cardinality(q.asks)]).request as id
  ), placed as (
    select v.id, v.person, p.first + (n_again + row_number() over (order by array_position(ids, v.id)) - 1) * p.step as slot
    from reserved v
  ), taken as (
    update requests r
    set state = 'sending', fence = r.fence + 1, attempts = r.attempts + 1, claim_id = claim_,
      claimed_at = clock, lease_until = o.slot + lease_ms * interval '1 ms', person = o.person, reserved_at = t
    from placed o, campaigns c
    where r.id = o.id and c.id = r.campaign_id
    returning r.id::text as request, r.batch, r.row, r.fence, r.epoch, r.campaign_id, r.to_number, r.language,
      r.parameters, r.attempts, c.weight, c.template, c.parameter_format, c.header_parameters, c.body_parameters,
      extract(epoch from o.slot) * 1000 as slot_ms, extract(epoch from r.lease_until - clock) * 1000 as lease_left_ms,
      case when r.not_after < 'infinity' then extract(epoch from r.not_after - t) * 1000 end as expires_ms
  )
  select coalesce(json_agg(row_to_json(k) order by k.slot_ms), '[]'), count(*) into claimed, n_claimed from taken k;

  if budget.id is not null and n_claimed > 0 then
    update portfolios set remaining = remaining - n_claimed where id = budget.id;
  end if;
  given := n_again + n_claimed;
  next := p.first + given * p.step;
  update senders set
    next_slot = case
      when given = 0 then next_slot
      when p.share is null or next_slot > clock + interval '10 s' then next
      else greatest(next_slot, next) end,
    shared_slot = case
      when p.share is null and given > 0 then next
      when shared_slot > clock + interval '10 s' then '-infinity' else shared_slot end,
    claimed_at = clock,
    (singles, singles_until) = (
      select case when slow then coalesce(array_agg(h.batch order by h.batch), '{}') else singles end,
        case when slow then coalesce(array_agg(h.until order by h.batch), '{}') else singles_until end
      from (
        select k.batch, max(k.until) as until from (
          select o.batch, o.until from unnest(s.singles, s.singles_until) as o(batch, until) where o.until > clock
          union all
          select own, clock + interval '2 s' from unnest(batches) as own) k
        where slow and exists (select from waiting_singles(sender, array[k.batch]))
        group by k.batch) h),
    (sharers, sharers_until, sharers_slots, sharers_from) = (
      select array_agg(m.id order by m.id), array_agg(m.until order by m.id), array_agg(m.slot order by m.id),
        array_agg(m.begins order by m.id)
      from (
        select * from unnest(p.others, p.others_until, p.others_slots, p.others_from) as o(id, until, slot, begins)
        union all
        select worker, greatest(clock + horizon_ms * interval '1 ms', mine.slot) + forfeited_ms * interval '1 ms', mine.slot, p.begins
        from (select case when p.share is null then null when given > 0 then next else p.own end as slot) mine
      ) m)
  where id = sender;
  return json_build_object(
    'closed', false, 'clock_ms', extract(epoch from clock) * 1000, 'share', p.share, 'rate', s.rate_now, 'rested', p.rested,
    'begins_ms', extract(epoch from p.begins) * 1000,    'since_ms', extract(epoch from p.since) * 1000, 'falls_at_ms', extract(epoch from p.falls_at) * 1000, 'falls_to', p.falls_to,
    'next_slot_ms', extract(epoch from next) * 1000, 'again', again, 'lost', lost, 'claimed', claimed,
    -- What had a send time within reach and was not claimed, to be decided; and batches of which nothing is left.
    'left', (select coalesce(json_agg(json_build_object('request', r.id::text, 'batch', r.batch) order by r.id), '[]')
      from requests r where r.id = any(ids[1:room]) and r.state || '' = 'queued' and r.batch = any(batches)),
    'done', (select coalesce(json_agg(distinct b.n), '[]') from unnest(batches) as b(n)
      where not exists (select from requests r where r.sender_id = sender and r.batch = b.n and r.state = 'queued')));
end $function$;

CREATE OR REPLACE FUNCTION public.clear_lines(campaign_ text, loader_ text, below_ integer, most_ integer, OUT held boolean, OUT state text, OUT below integer)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  top integer;
begin
  select k.state into state from keep_hold(campaign_, loader_) k;
  held := found;
  if not held then
    select k.state into state from campaigns k where k.id = campaign_;
    return;
  end if;
  select greatest(
    (select max(r.row) from requests r where r.campaign_id = campaign_ and r.row < coalesce(below_, 2147483647)),
    (select max(l.row) from refused_lines l where l.campaign_id = campaign_ and l.row < coalesce(below_, 2147483647)))
  into top;
  if top is null then return; end if;
  below := top - most_ + 1;
  delete from requests r where r.campaign_id = campaign_ and r.row between below and top;
  delete from refused_lines l where l.campaign_id = campaign_ and l.row between below and top;
end $function$;

CREATE OR REPLACE FUNCTION public.complete_campaigns()
 RETURNS SETOF text
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.count_asked()
 RETURNS trigger
 LANGUAGE plpgsql
 SET jit TO 'off'
AS $function$
begin
  if not exists (select from senders where portfolio is not null) then return null; end if;
  with changed as (
    select x.sender_id, x.person, max(x.before) as before, max(x.after) as after from (
      select o.sender_id, o.person, (o.asks[cardinality(o.asks)]).at as before, null::timestamptz as after from old_rows o
      union all
      select w.sender_id, w.person, null, (w.asks[cardinality(w.asks)]).at from new_rows w) x
    group by 1, 2
  ), kin as materialized (
    select s.portfolio, array_agg(s.id) as ids from senders s where s.portfolio is not null group by 1
  ), people as (
    select k.portfolio, k.ids, c.person, max(c.before) as before, max(c.after) as after, array_agg(c.sender_id) as by
    from changed c join kin k on c.sender_id = any(k.ids)
    where c.before is distinct from c.after
    group by 1, 2, 3
  ), moved as (
    select p.portfolio, greatest(p.before, o.last) as before, greatest(p.after, o.last) as after
    from people p
    cross join lateral (
      select max((q.asks[cardinality(q.asks)]).at) as last from pairs q
      where q.sender_id = any(p.ids) and q.sender_id <> all(p.by) and q.person = p.person and cardinality(p.ids) > 1) o
  )
  insert into asked_counts (portfolio, at, n)
  select x.portfolio, x.at, sum(x.n) from (
    select m.portfolio, half_minute(m.before) as at, -1 as n from moved m where m.before is not null
    union all
    select m.portfolio, half_minute(m.after), 1 from moved m where m.after is not null) x
  group by 1, 2 having sum(x.n) <> 0;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.count_budget(sender text, id_ text, limit_ integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.count_first_asked()
 RETURNS trigger
 LANGUAGE plpgsql
 SET jit TO 'off'
AS $function$
begin
  with kin as materialized (
    select s.portfolio, array_agg(s.id) as ids from senders s where s.portfolio is not null group by 1
  ), people as (
    select k.portfolio, k.ids, w.person, max((w.asks[cardinality(w.asks)]).at) as after, array_agg(w.sender_id) as by
    from new_rows w join kin k on w.sender_id = any(k.ids)
    group by 1, 2, 3
  ), moved as (
    select p.portfolio, o.last as before, greatest(p.after, o.last) as after
    from people p
    cross join lateral (
      select max((q.asks[cardinality(q.asks)]).at) as last from pairs q
      where q.sender_id = any(p.ids) and q.sender_id <> all(p.by) and q.person = p.person and cardinality(p.ids) > 1) o
  )
  insert into asked_counts (portfolio, at, n)
  select x.portfolio, x.at, sum(x.n) from (
    select m.portfolio, half_minute(m.before) as at, -1 as n from moved m where m.before is not null
    union all
    select m.portfolio, half_minute(m.after), 1 from moved m where m.after is not null) x
  group by 1, 2 having sum(x.n) <> 0;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.count_requests()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into request_counts (campaign_id, sender_id, state, said, due, n)
    select k.* from (
      select r.campaign_id, r.sender_id, r.state, said_instead(r.state, r.message_status), due_hour(r.state, r.due_at), count(*)
      from new_rows r group by 1, 2, 3, 4, 5) k
    where not coalesce((select c.single from campaigns c where c.id = k.campaign_id), true);
  elsif tg_op = 'DELETE' then
    insert into request_counts (campaign_id, sender_id, state, said, due, n)
    select k.* from (
      select r.campaign_id, r.sender_id, r.state, said_instead(r.state, r.message_status), due_hour(r.state, r.due_at), -count(*)
      from old_rows r group by 1, 2, 3, 4, 5) k
    where not coalesce((select c.single from campaigns c where c.id = k.campaign_id), true);
  else
    insert into request_counts (campaign_id, sender_id, state, said, due, n)
    select k.* from (
      select r.campaign_id, r.sender_id, r.state, said_instead(r.state, r.message_status), due_hour(r.state, r.due_at), sum(r.d)
      from (
        select o.campaign_id, o.sender_id, o.state, o.message_status, o.due_at, -1 as d from old_rows o
        union all
        select w.campaign_id, w.sender_id, w.state, w.message_status, w.due_at, 1 from new_rows w) r
      group by 1, 2, 3, 4, 5 having sum(r.d) <> 0) k
    where not coalesce((select c.single from campaigns c where c.id = k.campaign_id), true);
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.count_streak(campaign_ text, key_ text, fences text[], enough integer, reason_ jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  c campaigns;
  ours boolean;
begin
  select * into c from campaigns where id = campaign_ for no key update;
  if not found then return false; end if;
  if c.streak_key is distinct from key_ then
    c.streak_count := 0;
    c.streak_fences := '{}';
  end if;
  c.streak_count := c.streak_count + cardinality(fences);
  c.streak_fences := c.streak_fences || fences;
  if c.state = 'running' and c.streak_count >= enough then
    c.state := 'paused';
    c.reason := reason_ || jsonb_build_object('streak', key_);
  end if;
  ours := c.state = 'paused' and coalesce(c.reason->>'streak' = key_, false);
  update campaigns set state = c.state, reason = c.reason, streak_key = key_, streak_count = c.streak_count,
    streak_fences = case when ours then '{}' else c.streak_fences end
  where id = campaign_;
  if ours and key_ ~ '^-?\d+$' then
    perform from record_outcomes((
      select coalesce(jsonb_agg(jsonb_build_object('id', split_part(f, '.', 1), 'fence', split_part(f, '.', 2),
        'outcome', 'streak', 'state', 'pending', 'error_code', key_::int, 'count_attempt', false, 'give_back', true)), '[]')
      from unnest(c.streak_fences) f));
  end if;
  return ours;
end $function$;

CREATE OR REPLACE FUNCTION public.count_webhooks(counts jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into webhook_counts as k (about, what, sender_id, n)
  select e.about, e.what, e.sender_id, sum(e.n)
  from jsonb_to_recordset(counts) as e(about text, what text, sender_id text, n bigint)
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (about, what, sender_id) do update set n = k.n + excluded.n, last_at = clock_timestamp()
$function$;

CREATE OR REPLACE FUNCTION public.doubles_of(campaign_ text, most_ integer)
 RETURNS TABLE(id bigint, earlier integer)
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
 SET jit TO 'off'
 SET work_mem TO '64MB'
AS $function$
declare
  numbers text[];
  rows_ integer[];
begin
  select array_agg(n.number), array_agg(n.row) into numbers, rows_ from (
    select spelled_number(r.to_number) as number, min(r.row) as row
    from requests r where r.campaign_id = campaign_ and r.double_of is null and r.to_number <> ''
    group by 1 having count(*) > 1 limit most_) n;
  if numbers is null then return; end if;
  return query
  select r.id, f.row from unnest(numbers, rows_) as f(number, row)
  join requests r on spelled_number(r.to_number) = f.number
  where r.campaign_id = campaign_ and r.double_of is null and r.row > f.row
  limit most_;
end $function$;

CREATE OR REPLACE FUNCTION public.drop_event_day(days integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  old record;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit event drop', 0)) then return null; end if;
  select c.relname as name, to_date(right(c.relname, 8), 'YYYYMMDD') as day into old
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'events'::regclass and to_date(right(c.relname, 8), 'YYYYMMDD') < today - days
  order by c.relname limit 1;
  if not found then return null; end if;
  delete from event_deliveries where day = old.day;
  -- Followers of what is gone have their turn.
  update event_deliveries d set next_at = now_()
  where d.next_at is null and d.dead_at is null and d.taken_by is null
    and d.pos = (select min(x.pos) from event_deliveries x
      where x.subscription_id = d.subscription_id and x.lane = d.lane and x.dead_at is null);
  execute format('drop table if exists %I', old.name);
  return old.name;
end $function$;

CREATE OR REPLACE FUNCTION public.drop_webhook_day(days integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  old record;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit webhook drop', 0)) then return null; end if;
  select c.relname as name, to_date(right(c.relname, 8), 'YYYYMMDD') as day into old
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'webhook_deliveries'::regclass and to_date(right(c.relname, 8), 'YYYYMMDD') < today - days
  order by c.relname limit 1;
  if not found then return null; end if;
  delete from unread_parts where day = old.day;
  delete from webhook_queue where day = old.day;
  execute format('drop table if exists %I', old.name);
  return old.name;
end $function$;

CREATE OR REPLACE FUNCTION public.due_hour(state text, due_at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when state = 'pending' then date_bin('1 hour', due_at, 'epoch'::timestamptz) end
$function$;

CREATE OR REPLACE FUNCTION public.erase_audit(names text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update audit_log a set person = null, target = 'forgotten' where a.person = any(names);
  update audit_log a set target = without_names(a.target, names)
  where exists (select from unnest(names) w where strpos(a.target, w) > 0);
end $function$;

CREATE OR REPLACE FUNCTION public.erase_events(names text[], ids bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  delete from new_events e where e.person = any(names) or e.request_id = any(ids);
  delete from event_deliveries d using events e
  where e.pos = d.pos and (e.person = any(names) or e.request_id = any(ids));
  delete from events e where e.person = any(names) or e.request_id = any(ids);
  update new_events e set data = without_names(e.data::text, names)::jsonb
  where exists (select from unnest(names) w where strpos(e.data::text, w) > 0);
  update events e set data = without_names(e.data::text, names)::jsonb
  where exists (select from unnest(names) w where strpos(e.data::text, w) > 0);
end $function$;

CREATE OR REPLACE FUNCTION public.erase_person(names text[], ids bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  alias constant text := 'forgotten ' || gen_random_uuid();
  numbers constant text[] := array(select n from unnest(names) n where is_number(n));
  words constant text[] := names || array(
    select r.reference from requests r join campaigns c on c.id = r.campaign_id
    where r.id = any(ids) and c.single and length(r.reference) > 3);
begin
  -- The hash of one line proves a number to whoever tries them all.
  update campaigns c set list_sha256 = null, body_sha256 = null
  where c.id = any(array(select r.campaign_id from requests r where r.id = any(ids)))
    and (c.single or not exists (select from requests r where r.campaign_id = c.id and r.id <> all(ids)));
  update campaigns c set
    name = case when exists (select from unnest(words) w where strpos(regexp_replace(c.name, '[ ()-]', '', 'g'), w) > 0) then null else c.name end,
    idempotency_key = case when exists (select from unnest(words) w where strpos(c.idempotency_key, w) > 0) then null else c.idempotency_key end,
    reason = without_names(c.reason::text, names)::jsonb
  where exists (select from unnest(words) w
    where strpos(regexp_replace(c.name, '[ ()-]', '', 'g'), w) > 0 or strpos(c.idempotency_key, w) > 0 or strpos(c.reason::text, w) > 0);
  update senders s set closed_reason = without_names(s.closed_reason::text, names)::jsonb, rate_reason = without_names(s.rate_reason, names)
  where exists (select from unnest(names) w where strpos(s.closed_reason::text, w) > 0 or strpos(s.rate_reason, w) > 0);
  update template_breakers t set closed_reason = without_names(t.closed_reason::text, names)::jsonb
  where exists (select from unnest(names) w where strpos(t.closed_reason::text, w) > 0);
  update account_news a set detail = without_names(a.detail, names)
  where exists (select from unnest(names) w where strpos(a.detail, w) > 0);

  delete from permission_events e where e.person = any(names) or e.request_id = any(ids);
  delete from permissions p where p.person = any(names);
  delete from permission_checks c where c.person = any(names);
  delete from calls c where c.person = any(names);
  delete from preferences p where p.person = any(names);
  delete from suppressions s where s.person = any(names);
  delete from wa_ids w where ltrim(w.number, '+') = any(names) or w.wa_id = any(names);
  delete from written_stops w where w.name = any(names)
    or (w.name = any(array(select s.name from name_spans s where s.root = any(names))) and owner_of(w.name, w.at) = any(names));
  delete from name_links l where l.a = any(names) or l.b = any(names);
  delete from names_to_learn l where l.a = any(names) or l.b = any(names);
  delete from name_spans s where s.name = any(names) or s.root = any(names);
  delete from name_changes c where c.before = any(names) or c.after = any(names);

  update attempts a set detail = null, wamid = null, raw = null where a.request_id = any(ids);
  update requests r
  set to_number = '', reference = null, parameters = '{}', wa_id = null, user_id = null, wamid = null, person = null,
    error_message = null, finding = null, delivery_errors = null, zones = null, answer_key = null, check_at = null
  where r.id = any(ids);
  -- The value as it stood in the list: with blanks, or without the country's code.
  update refused_lines l set value = null, message = without_names(l.message, names)
  from (select k.campaign_id, k.row, ltrim(regexp_replace(k.value, '\D', '', 'g'), '0') as digits from refused_lines k
    where k.value is not null) v
  where l.campaign_id = v.campaign_id and l.row = v.row
    and (exists (select from unnest(numbers) n where strpos(v.digits, n) > 0 or (length(v.digits) >= 7 and right(n, length(v.digits)) = v.digits))
      or l.value = any(names));

  -- Who was asked of late counts in the daily budget, under a name that says nothing.
  delete from pairs p where p.person = any(names) and not exists (select from unnest(p.asks) a where a.at > now_() - interval '168 hours');
  update pairs p set person = case when k.n = 1 then alias else alias || ' ' || k.n end, last_request = null, set_back = '{}',
    asks = array(select row(null, null, a.at)::ask from unnest(p.asks) a order by a.at)
  from (select q.sender_id, q.person, row_number() over (partition by q.sender_id order by q.person) as n
    from pairs q where q.person = any(names)) k
  where p.sender_id = k.sender_id and p.person = k.person;
end $function$;

CREATE OR REPLACE FUNCTION public.event_types()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array['request.accepted', 'request.rejected', 'request.uncertain', 'request.settled', 'request.delivered', 'request.read',
    'request.failed', 'permission.granted', 'permission.declined', 'permission.revoked', 'permission.expiring',
    'campaign.started', 'campaign.paused', 'campaign.completed', 'campaign.cancelled', 'template.changed', 'sender.paused',
    'sender.resumed']
$function$;

CREATE OR REPLACE FUNCTION public.events_being_told(names text[], ids bigint[])
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  told timestamptz[];
begin
  select array_agg(k.taken_until) into told from (
    select d.taken_until from event_deliveries d
    where d.pos in (select e.pos from events e where e.person = any(names) or e.request_id = any(ids))
    order by d.subscription_id, d.pos for update) k;
  return exists (select from unnest(told) t where t > clock_timestamp());
end $function$;

CREATE OR REPLACE FUNCTION public.finish_events(subscription text, claim text, results jsonb, give_up_ms double precision)
 RETURNS integer
 LANGUAGE plpgsql
 SET jit TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  now constant timestamptz := now_();
  lanes text[];
  n integer;
  oks integer;
  bads integer;
  why text;
begin
  perform from event_subscriptions x where x.id = subscription for no key update;
  with r as materialized (
    select r.pos, r."end", r.error, coalesce(r.delay_ms, 0) * interval '1 ms' as after
    from jsonb_to_recordset(results) as r(pos bigint, "end" text, delay_ms double precision, error text)
  ), told as (
    delete from event_deliveries d using r
    where d.subscription_id = subscription and d.pos = r.pos and d.taken_by = claim and r."end" = 'ok' returning d.lane
  ), failed as (
    update event_deliveries d
    set taken_by = null, taken_until = null, tries = d.tries - case when r."end" = 'back' then 1 else 0 end,
      error = coalesce(r.error, d.error),
      dead_at = case when r."end" = 'dead' or (r."end" = 'later' and d.first_tried_at + give_up_ms * interval '1 ms' < now + r.after)
        then now end,
      next_at = case when r."end" = 'dead' or (r."end" = 'later' and d.first_tried_at + give_up_ms * interval '1 ms' < now + r.after)
        then null else now + r.after end
    from r
    where d.subscription_id = subscription and d.pos = r.pos and d.taken_by = claim and r."end" <> 'ok'
    returning d.lane, d.dead_at
  )
  select array_agg(distinct l.lane) filter (where l.lane <> ''), count(*) into lanes, n
  from (select t.lane from told t union all select f.lane from failed f where f.dead_at is not null) l;
  select count(*) filter (where r."end" in ('later', 'dead')), count(*) filter (where r."end" = 'ok'), max(r.error)
  into bads, oks, why from jsonb_to_recordset(results) as r("end" text, error text);
  update event_deliveries d set next_at = now
  from (
    select min(x.pos) as pos from unnest(lanes) l(lane)
    join event_deliveries x on x.subscription_id = subscription and x.lane = l.lane and x.dead_at is null group by l.lane) f
  where d.subscription_id = subscription and d.pos = f.pos and d.next_at is null;
  update event_subscriptions x
  set failures = case when oks > 0 then 0 else x.failures + bads end,
    hold_until = case when oks > 0 or x.failures + bads < 10 then null
      else now + least(1000 * 2 ^ least(x.failures + bads - 10, 10), 30000) * interval '1 ms' end,
    last_ok_at = case when oks > 0 then now else x.last_ok_at end,
    last_error = case when bads > 0 then why else x.last_error end,
    last_error_at = case when bads > 0 then now else x.last_error_at end
  where x.id = subscription and (x.kind = 'queue' or bads > 0 or (oks > 0 and (x.failures > 0 or x.last_ok_at is null or x.last_ok_at < now - interval '1 minute')));
  return coalesce(n, 0);
end $function$;

CREATE OR REPLACE FUNCTION public.finish_list(campaign_ text, loader_ text, list_sha256_ text, lines_ integer, unless_asked_ boolean, header_ text[], body_ text[], OUT held boolean, OUT state text, OUT whole boolean, OUT more boolean, OUT doubles integer, OUT asked_id text, OUT asked_name text, OUT asked_at timestamp with time zone)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.finish_loading(campaign_ text, loader_ text, list_sha256_ text, lines_ integer, OUT held boolean, OUT state text, OUT whole boolean, OUT more boolean, OUT doubles integer)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  most constant integer := 200000;  -- some 8 s
  marked integer;
  requests_ integer;
begin
  perform from keep_hold(campaign_, loader_);
  held := found;
  if held then
    select count(*), count(r.double_of) into requests_, doubles from requests r where r.campaign_id = campaign_;
    whole := lines_ = requests_ + (select count(*) from refused_lines l where l.campaign_id = campaign_);
    if whole then
      marked := mark_doubles(campaign_, most);
      doubles := doubles + marked;
      more := marked = most;
      if more then
        -- Whoever waits for the campaign finds it held, however long that took.
        perform from keep_hold(campaign_, loader_);
      else
        update campaigns k set state = 'draft', list_sha256 = list_sha256_, loader = null where k.id = campaign_;
      end if;
    end if;
  end if;
  select k.state into state from campaigns k where k.id = campaign_;
end $function$;

CREATE OR REPLACE FUNCTION public.finish_webhooks(ids bigint[], unread jsonb, counts jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  done bigint[];
begin
  with these as (delete from webhook_queue q where q.id = any(ids) returning q.id)
  select array_agg(t.id) into done from these t;
  if done is null then return 0; end if;
  insert into unread_parts (day, delivery, place, why, raw)
  select e.day, e.delivery, e.place, e.why, e.raw
  from jsonb_to_recordset(unread) as e(day date, delivery bigint, place text, why text, raw text)
  where e.delivery = any(done);
  -- A delivery that another process finished first was counted by it.
  if cardinality(done) = cardinality(ids) then perform count_webhooks(counts); end if;
  return cardinality(done);
end $function$;

CREATE OR REPLACE FUNCTION public.fold_counts()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.fold_funnel()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.forecast_of(campaign_ text, per_day integer, per_week integer)
 RETURNS TABLE(reason text, sender_id text, at timestamp with time zone, n integer)
 LANGUAGE sql
 STABLE
 SET enable_nestloop TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_sort TO 'off'
 SET jit TO 'off'
 SET work_mem TO '64MB'
AS $function$
with clock as materialized (
  select now_() as now
), campaign as materialized (
  select * from campaigns where id = campaign_
), opted_out as not materialized (
  select s.person, l.name is not null or left(s.person, 2) in ('52', '54', '55', '22') or s.person ~ '^[^0-9]' as has_names
  from suppressions s left join linked_names() l on l.name = s.person
), suppressed as (
  select spelled(coalesce(w.wa_id, s.person)) as person
  from opted_out s left join wa_ids w on w.number = '+' || s.person
  where s.has_names
), suppressed_numbers as (
  -- The same for all senders.
  select '+' || s.person as number from opted_out s where not s.has_names
  union all
  -- By each number of theirs in each spelling: a million rows are joined once, by the number as it stands there.
  (select '+' || s
  from suppressed x join wa_ids w on spelled(w.wa_id) = x.person
  cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
  union
  -- A number that is somebody else's by now is found with them.
  select '+' || s
  from suppressed x cross join lateral unnest(spellings_of(x.person)) s
  where not exists (select from wa_ids w where w.number = '+' || s and spelled(w.wa_id) <> x.person))
), answers as materialized (
  select p.sender_id, p.person, p as permission, l.name is not null or left(p.person, 2) in ('52', '54', '55', '22') or p.person ~ '^[^0-9]' as has_names
  from campaign c
  join permissions p on p.sender_id = any(c.sender_ids)
  left join linked_names() l on l.name = p.person
), answered as (
  -- The last word of each person.
  select distinct on (a.sender_id, spelled(coalesce(w.wa_id, a.person)))
    a.sender_id, spelled(coalesce(w.wa_id, a.person)) as person, a.permission
  from answers a left join wa_ids w on w.number = '+' || a.person
  where a.has_names
  order by a.sender_id, spelled(coalesce(w.wa_id, a.person)), (a.permission).at desc
), unwilling as materialized (
  select k.*, case when (k.permission).status in ('temporary', 'permanent') then 'already-granted' else 'declined' end as why
  from (
    select a.sender_id, a.person, a.permission, false as has_names from answers a where not a.has_names
    union all
    select a.sender_id, a.person, a.permission, true from answered a) k
  cross join campaign c cross join clock
  where not may_ask(k.permission, c.include_granted, c.include_declined, clock.now)
), unwilling_numbers as (
  select u.sender_id, '+' || u.person as number, u.why from unwilling u where not u.has_names
  union all
  select k.sender_id, k.number, max(k.why) from (
    select u.sender_id, '+' || s as number, u.why
    from unwilling u join wa_ids w on spelled(w.wa_id) = u.person
    cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
    where u.has_names
    union all
    select u.sender_id, '+' || s, u.why
    from unwilling u cross join lateral unnest(spellings_of(u.person)) s
    where u.has_names and not exists (select from wa_ids w where w.number = '+' || s and spelled(w.wa_id) <> u.person)) k
  group by 1, 2
), telling as materialized (
  -- Of most people the one row that is there says enough; of those with several names all rows do.
  select p.sender_id, p.person, p.asks, l.name is not null or left(p.person, 2) in ('52', '54', '55', '22') as has_names
  from clock cross join campaign c
  join pairs p on p.sender_id = any(c.sender_ids)
    and (p.asks[cardinality(p.asks)]).at > clock.now - interval '168 hours'
  left join linked_names() l on l.name = p.person
  where cardinality(p.asks) >= per_week
    or (cardinality(p.asks) >= per_day and (p.asks[cardinality(p.asks)]).at > clock.now - interval '24 hours')
    or l.name is not null or left(p.person, 2) in ('52', '54', '55', '22')
), asked as (
  select p.sender_id, spelled(coalesce(w.wa_id, p.person)) as person, a.at
  from clock cross join telling p
  left join wa_ids w on w.number = '+' || p.person
  cross join lateral unnest(p.asks) a
  where p.has_names and a.at > clock.now - interval '168 hours'
), full_ones as materialized (
  select k.sender_id, k.person, k.frees_at from (
    select a.sender_id, a.person, greatest(
      case when count(*) filter (where a.at > clock.now - interval '24 hours') >= per_day
        then (array_agg(a.at order by a.at desc))[per_day] + interval '24 hours' end,
      case when count(*) >= per_week then (array_agg(a.at order by a.at desc))[per_week] + interval '168 hours' end) as frees_at
    from asked a cross join clock
    group by a.sender_id, a.person, clock.now) k
  where k.frees_at is not null
), full_numbers as (
  -- The times of a row stand in their order.
  select k.sender_id, k.number, k.frees_at from (
    select p.sender_id, '+' || p.person as number, greatest(
      case when (p.asks[cardinality(p.asks) - per_day + 1]).at > clock.now - interval '24 hours'
        then (p.asks[cardinality(p.asks) - per_day + 1]).at + interval '24 hours' end,
      case when (p.asks[cardinality(p.asks) - per_week + 1]).at > clock.now - interval '168 hours'
        then (p.asks[cardinality(p.asks) - per_week + 1]).at + interval '168 hours' end) as frees_at
    from telling p cross join clock where not p.has_names) k
  where k.frees_at is not null
  union all
  select k.sender_id, k.number, max(k.frees_at) from (
    select f.sender_id, '+' || s as number, f.frees_at
    from full_ones f join wa_ids w on spelled(w.wa_id) = f.person
    cross join lateral unnest(spellings_of(ltrim(w.number, '+'))) s
    union all
    select f.sender_id, '+' || s, f.frees_at
    from full_ones f cross join lateral unnest(spellings_of(f.person)) s
    where not exists (select from wa_ids w where w.number = '+' || s and spelled(w.wa_id) <> f.person)) k
  group by 1, 2
), alike as materialized (
  -- Rows of which the same is to be said: of most lists a handful.
  select r.sender_id, greatest(r.due_at, f.frees_at) as due_at, r.not_after, r.zones, f.frees_at,
    case when x.number is not null then 'suppressed' else u.why end as barred, count(*)::int as n
  from requests r
  left join suppressed_numbers x on x.number = r.to_number
  left join unwilling_numbers u on u.sender_id = r.sender_id and u.number = r.to_number
  left join full_numbers f on f.sender_id = r.sender_id and f.number = r.to_number
  where r.campaign_id = campaign_ and r.state = 'pending'
  group by 1, 2, 3, 4, 5, 6
), timed as (
  select a.*, t.at as first_at, clock.now, c.on_pair_limit,
    case when c.quiet_from is null then t.at else coalesce(quiet_until(a.zones, c.quiet_from, c.quiet_to, t.at), t.at) end as goes_at
  from alike a cross join clock cross join campaign c
  cross join lateral (select greatest(clock.now, a.due_at) as at) t
), judged as (
  select t.sender_id, t.goes_at, t.now, t.n,
    case
      when t.not_after <= t.now then 'expired'
      when t.barred is not null then t.barred
      when t.frees_at is not null and (t.on_pair_limit = 'skip' or t.frees_at >= t.not_after) then 'pair-limit'
      when t.goes_at = 'infinity' then 'quiet-hours'
      when t.goes_at >= t.not_after then 'expired'
    end as ends
  from timed t
)
select j.ends, j.sender_id, null::timestamptz, sum(j.n)::int from judged j where j.ends is not null group by 1, 2
union all
select null, j.sender_id, case when j.goes_at <= j.now then j.now else date_trunc('minute', j.goes_at) end, sum(j.n)::int
from judged j where j.ends is null group by 2, 3
$function$;

CREATE OR REPLACE FUNCTION public.forget_waiting(names text[])
 RETURNS TABLE(id bigint, campaign_id text, state text, skipped boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  ids bigint[];
begin
  select array_agg(r.id order by r.id) into ids from requests r
  where ltrim(r.to_number, '+') = any(names) or r.wa_id = any(names) or r.user_id = any(names) or r.person = any(names);
  perform from campaigns c where c.single and c.id = any(array(select r.campaign_id from requests r where r.id = any(ids)))
  order by c.id for no key update;
  perform from requests r where r.id = any(ids) order by r.id for update;
  return query
  with gone as (
    update requests r set state = 'skipped', reason = 'forgotten'
    where r.id = any(ids) and r.state in ('pending', 'queued') returning r.id
  )
  select r.id, r.campaign_id, case when g.id is null then r.state else 'skipped' end, g.id is not null
  from requests r left join gone g on g.id = r.id where r.id = any(ids) order by r.id;
end $function$;

CREATE OR REPLACE FUNCTION public.funnel_facts(delivery text, delivered_at timestamp with time zone, read_at timestamp with time zone, code integer, pricing text, answer text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select array_remove(array[
    case when delivery in ('delivered', 'read') or delivered_at is not null or read_at is not null then 'delivered' end,
    case when delivery = 'read' or read_at is not null then 'read' end,
    case when delivery = 'failed' then 'failed ' || coalesce(code::text, '') end,
    'priced ' || pricing,
    'answered ' || answer], null)
$function$;

CREATE OR REPLACE FUNCTION public.guard_request()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  word text := case when new.cause like '%.' || old.fence then split_part(new.cause, '.', 1) else '' end;
  lawful boolean := new.fence >= old.fence and case new.state
    when old.state then true
    when 'queued' then old.state = 'pending' and new.batch is not null and new.batch is distinct from old.batch
    when 'sending' then old.state = 'queued' and new.fence = old.fence + 1
      and new.claim_id is not null and new.claim_id is distinct from old.claim_id
    when 'uncertain' then old.state = 'sending'
      or (word = 'doubted' and old.state not in ('uncertain', 'accepted'))
    when 'rejected' then old.state in ('sending', 'uncertain')
    when 'already-granted' then old.state in ('sending', 'uncertain')
    when 'skipped' then old.state in ('pending', 'queued')
    when 'expired' then old.state in ('pending', 'queued')
    when 'accepted' then true
    -- Back to be asked, or as its campaign ended: what was written only with proof or an operator's word.
    else case old.state
      when 'sending' then word in ('unsent', 'refused')
      when 'uncertain' then word in ('unsent', 'refused', 'check', 'retry')
      when 'rejected' then word in ('streak', 'retry')
      when 'skipped' then word = 'retry'
      when 'expired' then word = 'retry'
      -- An acceptance absorbs everything but an operator's new epoch.
      when 'accepted' then new.state = 'pending' and word = 'retry' and new.epoch > old.epoch and new.epoch_fence = old.fence
      else old.state in ('pending', 'queued') end
    end;
begin
  if not lawful then return null; end if;
  new.cause := null;
  if new.state not in ('sending', 'uncertain') then new.claim_id := null; end if;
  if new.proof_fence > new.epoch_fence and new.state not in ('sending', 'accepted') then
    -- Meta took an earlier attempt of this epoch: there is nothing left to ask.
    new.state := 'accepted';
    new.accepted_at := coalesce(new.accepted_at, now_());
    new.check_at := null; new.lease_until := null; new.uncertain_at := null;
    new.error_code := null; new.error_message := null; new.reason := null;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.half_minute(at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select date_bin('30 s', at, 'epoch'::timestamptz)
$function$;

CREATE OR REPLACE FUNCTION public.has_open(campaign_ text)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  select (select r.id from requests r where r.campaign_id = campaign_ and r.state = 'pending'
      order by r.sender_id, r.language, r.due_at, r.id limit 1) is not null
    or exists (
      select from requests r
      where r.campaign_id = campaign_
        and (r.state in ('queued', 'sending') or (r.state = 'uncertain' and r.check_at is not null)))
$function$;

CREATE OR REPLACE FUNCTION public.holds_on(status text, source text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select status = 'revoked' and source <> 'automatic'
$function$;

CREATE OR REPLACE FUNCTION public.ids_of_person(names text[], ids bigint[])
 RETURNS text[]
 LANGUAGE sql
 STABLE
AS $function$
  select array_agg(distinct x) from (
    select unnest(array[r.wamid, r.answer_key]) as x from requests r where r.id = any(ids)
    union all
    select a.wamid from attempts a where a.request_id = any(ids)
    union all
    select unnest(array[e.key, e.context]) from permission_events e where e.person = any(names) or e.request_id = any(ids)
    union all
    select c.id from calls c where c.person = any(names)) k
  -- What Meta gives: all others are put together from what is looked for anyway.
  where k.x ~ '^(wamid|wacid)\.'
$function$;

CREATE OR REPLACE FUNCTION public.is_number(name text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select name ~ '^[0-9]'
$function$;

CREATE OR REPLACE FUNCTION public.is_stopped(sender text, account_ text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from account_news n
    where n.stops and (n.sender_id = sender or (n.sender_id = '' and n.account = account_))
      and case when n.what = 'calling' then not exists (
          select from account_news o
          where o.account = n.account and o.sender_id = n.sender_id and o.what = 'calling' and not o.stops and o.at >= n.at)
        else n.until > now_() end)
$function$;

CREATE OR REPLACE FUNCTION public.keep_attempt_nameless()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from requests r where r.id = new.request_id and r.to_number = '') then
    new.detail := null; new.wamid := null; new.raw := null;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_breaker_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and 'template.changed' = any(w.types))
  then return null; end if;
  insert into new_events (type, at, data)
  values ('template.changed', now_(), jsonb_build_object('accountId', new.account, 'templateId', null, 'template', new.name,
    'language', new.language, 'what', 'sending', 'value', case when new.closed_at is null then 'resumed' else 'paused' end,
    'reason', case when new.closed_at is not null then new.closed_reason->>'message' end));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_campaign_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  type_ constant text := 'campaign.' || case new.state when 'running' then 'started' else new.state end;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and type_ = any(w.types))
  then return null; end if;
  insert into new_events (type, at, campaign_id, data)
  values (type_, now_(), new.id, jsonb_build_object('name', new.name, 'state', new.state, 'was', old.state,
    'senderIds', new.sender_ids, 'template', new.template, 'language', new.language, 'reason', new.reason));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_forgotten(names text[], hashes bytea[])
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  out_ constant boolean := exists (select from suppressions s where s.person = any(names));
begin
  insert into forgotten as f (name_hash, opted_out, asks, noes)
  select h, out_, coalesce((
    select jsonb_object_agg(k.sender_id, k.ats) from (
      select p.sender_id, jsonb_agg(to_jsonb(a.at) order by a.at) as ats
      from pairs p, unnest(p.asks) a
      where p.person = any(names) and a.at > now_() - interval '168 hours' group by 1) k), '{}'), coalesce((
    select jsonb_agg(jsonb_build_object('sender_id', p.sender_id, 'status', p.status, 'source', p.source, 'at', p.at))
    from permissions p
    where p.person = any(names) and p.status in ('declined', 'revoked')
      and (p.at > now_() - interval '168 hours' or holds_on(p.status, p.source))), '[]')
  from (select distinct unnest(hashes) as h) d order by h
  on conflict (name_hash) do update
  set at = excluded.at, opted_out = f.opted_out or excluded.opted_out, asks = f.asks || excluded.asks, noes = f.noes || excluded.noes;
  return exists (select from forgotten f where f.name_hash = any(hashes) and f.opted_out);
end $function$;

CREATE OR REPLACE FUNCTION public.keep_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.keep_hold(campaign_ text, loader_ text)
 RETURNS SETOF campaigns
 LANGUAGE sql
AS $function$
  update campaigns
  set loader_until = clock_timestamp() + interval '15 s', loader_backend = pg_backend_pid()
  where id = campaign_ and loader = loader_ and state = 'loading'
  returning *
$function$;

CREATE OR REPLACE FUNCTION public.keep_links(names_ text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  roots text[] := array(select distinct person_of(n) from unnest(names_) n
    where (select true from name_spans s where s.name = n limit 1) is null);
begin
  insert into name_links as l (a, b, at, told_by)
  select ltrim(w.number, '+'), w.wa_id, w.at, w.told_by from wa_ids w
  where w.wa_id = any(roots) and (select true from name_spans s where s.name = ltrim(w.number, '+') limit 1) is null
  on conflict (a, b) do update set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by);
end $function$;

CREATE OR REPLACE FUNCTION public.keep_nameless()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.state <> old.state and new.state in ('pending', 'queued', 'sending') then return null; end if;
  new.to_number := ''; new.reference := null; new.parameters := '{}'; new.wa_id := null; new.user_id := null; new.wamid := null;
  new.person := null; new.error_message := null; new.finding := null; new.delivery_errors := null; new.answer_key := null;
  new.check_at := null;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_permission_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  type_ constant text := case when new.status in ('temporary', 'permanent') then 'permission.granted' else 'permission.' || new.status end;
  until_ constant timestamptz := case when new.status = 'temporary' then coalesce(new.expires_at, new.at + interval '168 hours') end;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and type_ = any(w.types))
  then return null; end if;
  if coalesce(current_setting('callpermit.settled', true), '') not in ('', 'but ' || new.key) then return null; end if;
  -- Meta was asked and said what was known.
  if tg_op = 'UPDATE' and new.source = 'query' and old.status = new.status and (new.status <> 'temporary'
    or until_ - coalesce(old.expires_at, old.at + interval '168 hours') between interval '-1 minute' and interval '1 minute')
  then return null; end if;
  insert into new_events (type, at, person, word_sender, word_key, data)
  values (type_, new.at, new.person, new.sender_id, new.key, jsonb_build_object(
    'senderId', new.sender_id, 'state', new.status, 'until', until_, 'reason', new.source));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_preference(person_ text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  stopped timestamptz;
  resumed timestamptz;
begin
  select max(p.at) filter (where p.value = 'stop'), max(p.at) filter (where p.value = 'resume') into stopped, resumed
  from (
    select distinct on (q.category) q.at, q.value from preferences q where q.person = person_
    order by q.category, q.at desc, q.value = 'stop' desc) p;
  if stopped is not null then
    insert into suppressions (person, reason, source, added_at)
    values (person_, 'Meta: they stopped marketing messages', 'preference', stopped)
    on conflict do nothing;
  elsif resumed is not null then
    -- Meta's own refusal (131050) says the same as a stop.
    delete from suppressions s where s.person = any(names_of(person_))
      and (s.source = 'preference' or (s.source = 'meta' and s.added_at <= resumed));
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_request_events()
 RETURNS trigger
 LANGUAGE plpgsql
 SET jit TO 'off'
 SET enable_nestloop TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
declare
  wanted text[];
begin
  select w.types into wanted from event_wants w where w.only_row and w.until > clock_timestamp()
    and w.types && '{request.accepted,request.rejected,request.uncertain,request.settled,request.delivered,request.read,request.failed}';
  if wanted is null then return null; end if;
  insert into new_events (type, at, person, campaign_id, request_id, data)
  select k.type, k.at, coalesce(k.person, k.wa_id, ltrim(k.to_number, '+')), k.campaign_id, k.id,
    jsonb_build_object('row', k.row, 'reference', k.reference, 'to', k.to_number, 'userId', k.user_id, 'senderId', k.sender_id,
      'wamid', k.wamid, 'state', k.state, 'code', k.error_code, 'message', k.error_message, 'reason', k.reason)
  from (
    select w.*, now_() as at, case w.state
        when 'accepted' then 'request.accepted' when 'rejected' then 'request.rejected' when 'uncertain' then 'request.uncertain'
        else 'request.settled' end as type
    from new_rows w join old_rows o on o.id = w.id
    where w.state <> o.state
      and w.state in ('accepted', 'rejected', 'uncertain', 'already-granted', 'skipped', 'expired', 'cancelled')
    union all
    select w.*, coalesce(case w.delivery when 'delivered' then w.delivered_at when 'read' then w.read_at else w.failed_at end, now_()),
      'request.' || w.delivery
    from new_rows w join old_rows o on o.id = w.id
    where w.delivery is distinct from o.delivery and w.delivery in ('delivered', 'read', 'failed')) k
  -- Of somebody who was forgotten nothing is told.
  where k.type = any(wanted) and k.to_number <> '';
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_sender_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  type_ constant text := case when new.closed_at is null then 'sender.resumed' else 'sender.paused' end;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and type_ = any(w.types))
  then return null; end if;
  insert into new_events (type, at, data)
  values (type_, now_(), jsonb_build_object('senderId', new.id, 'accountId', new.account,
    'code', case when new.closed_at is not null then new.closed_reason->'code' end,
    'reason', case when new.closed_at is not null then new.closed_reason->>'message' end,
    'until', case when new.closed_at is not null then new.probe_at end));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_template_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and 'template.changed' = any(w.types))
  then return null; end if;
  insert into new_events (type, at, data)
  values ('template.changed', new.at, jsonb_build_object('accountId', new.account, 'templateId', new.template_id, 'template', new.name,
    'language', new.language, 'what', new.what, 'value', new.value, 'reason', new.detail));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if coalesce(current_setting('callpermit.settled', true), '') = ''
    and not exists (select from written_stops w where w.name = any(names_of(new.person)))
  then
    insert into written_stops (name, at, reason, added_at) values (new.person, new.added_at, new.reason, new.added_at)
    on conflict do nothing;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.learn_answerers(words jsonb)
 RETURNS integer
 LANGUAGE sql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
  select coalesce(learn_names(jsonb_agg(jsonb_build_object(
    'a', e.person, 'b', coalesce(r.wa_id, ltrim(r.to_number, '+')), 'at', r.reserved_at, 'senderId', r.sender_id))), 0)
  from jsonb_to_recordset(words) as w("senderId" text, key text)
  join permission_events e on e.sender_id = w."senderId" and e.key = w.key
  join requests r on r.id = e.request_id
  where e.context is not null and e.context not like 'wacid%' and not is_number(e.person)
    and r.reserved_at is not null and is_number(ltrim(r.to_number, '+'))
  having count(*) > 0
$function$;

CREATE OR REPLACE FUNCTION public.learn_left_names(most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  told jsonb;
begin
  if not exists (select from names_to_learn)
    or not pg_try_advisory_xact_lock(hashtextextended('callpermit names', 0)) then return 0; end if;
  with gone as (
    delete from names_to_learn n where n.id = any(array(select l.id from names_to_learn l order by l.id limit most)) returning n.*)
  select jsonb_agg(jsonb_build_object('a', g.a, 'b', g.b, 'at', g.at, 'senderId', g.told_by) order by g.id) into told from gone g;
  if told is null then return 0; end if;
  perform learn_wa_id('+' || e.a, e.b, true) from jsonb_to_recordset(told) as e(a text, b text, at timestamptz) where e.at is null;
  perform learn_names(jsonb_path_query_array(told, '$[*] ? (@.at != null)'));
  return jsonb_array_length(told);
end $function$;

CREATE OR REPLACE FUNCTION public.learn_names(entries jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  others jsonb;
  names text[];
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  others := learn_new_names(entries);
  if others is null then return 0; end if;
  names := array(select n from jsonb_to_recordset(others) as o(a text, b text) cross join lateral unnest(array[o.a, o.b]) n);
  perform keep_links(names);
  insert into name_links as l (a, b, at, told_by)
  select o.a, o.b, o.at, o."senderId" from jsonb_to_recordset(others) as o(a text, b text, at timestamptz, "senderId" text)
  order by o.a, o.b
  on conflict (a, b) do update set at = least(l.at, excluded.at), told_by = least(l.told_by, excluded.told_by);
  perform settle_all(names);
  return jsonb_array_length(others);
end $function$;

CREATE OR REPLACE FUNCTION public.learn_names_or_leave(entries jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  if not take_turn_or_leave(entries) then return; end if;
  insert into names_to_learn (a, b, at, told_by)
  select e.a, e.b, e.at, e."senderId"
  from jsonb_to_recordset(learn_new_names(entries)) as e(a text, b text, at timestamptz, "senderId" text);
end $function$;

CREATE OR REPLACE FUNCTION public.learn_new_names(entries jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  others jsonb;
begin
  insert into wa_ids (number, wa_id, at, told_by)
  select '+' || f.a, f.b, f.at, f.told_by
  from (
    select k.*, row_number() over (partition by k.b, k.kind order by k.at, k.a) as turn
    from (
      select e.a, name_kind(e.a) as kind, min(e.b) as b, min(e.at) as at, min(e."senderId") as told_by
      from jsonb_to_recordset(entries) as e(a text, b text, at timestamptz, "senderId" text)
      where is_number(e.b) and not is_number(e.a)
        and not exists (select from wa_ids w where w.number = '+' || e.a)
        and not exists (select from wa_ids w where w.wa_id = e.a)
        and not exists (select from wa_ids w where w.number = '+' || e.b)
        and not exists (select from name_spans s where s.name in (e.a, e.b))
        and not exists (select from permissions p where p.person = e.a)
        and not exists (select from suppressions s where s.person = e.a)
        and not exists (select from calls c where c.person = e.a)
        and not exists (select from preferences p where p.person = e.a)
      group by e.a having count(distinct e.b) = 1) k
    -- Of two user ids on one number each may be a person.
    where not exists (select from wa_ids w where w.wa_id = k.b and name_kind(ltrim(w.number, '+')) = k.kind)) f
  where f.turn = 1
  order by f.a
  on conflict do nothing;
  with told as materialized (
    -- One look each: as joins, all names were read where no statistics are.
    select d.a, d.b, min(d.at) as at, min(d."senderId") as told_by,
      bool_or(coalesce(u.wa_id = d.b, false) and not exists (select from name_spans s where s.name in (d.a, d.b))) as is_earlier
    from jsonb_to_recordset(entries) as d(a text, b text, at timestamptz, "senderId" text)
    left join lateral (select w.wa_id, w.at from wa_ids w where w.number = '+' || d.a limit 1) u on true
    left join lateral (select k.at from name_links k where k.a = d.a and k.b = d.b limit 1) l on true
    where d.a <> d.b and coalesce(l.at > d.at, true)
      and (u.wa_id is distinct from d.b or u.at > d.at or exists (select from name_spans s where s.name in (d.a, d.b)))
    group by d.a, d.b
  ), earlier as (
    update wa_ids w set at = least(w.at, t.at) from told t where t.is_earlier and w.number = '+' || t.a
  )
  select jsonb_agg(jsonb_build_object('a', t.a, 'b', t.b, 'at', t.at, 'senderId', t.told_by) order by t.at, t.a, t.b)
  into others from told t where not t.is_earlier;
  return others;
end $function$;

CREATE OR REPLACE FUNCTION public.learn_wa_id(number_ text, wa_id_ text, settles boolean DEFAULT false)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  root text;
  named constant text := ltrim(number_, '+');
begin
  if named in ('', wa_id_) or not take_turn_or_leave(jsonb_build_array(jsonb_build_object('a', named, 'b', wa_id_))) then return; end if;
  if exists (select from name_spans s where s.name in (named, wa_id_)) then
    if exists (select from name_links l where l.a = named and l.b = wa_id_) then return; end if;
    if not settles then
      insert into names_to_learn (a, b) values (named, wa_id_);
      return;
    end if;
    perform keep_links(array[named, wa_id_]);
    insert into name_links (a, b, at) values (named, wa_id_, '-infinity') on conflict (a, b) do update set at = excluded.at;
    perform settle(array[named, wa_id_]);
    return;
  end if;
  root := person_of(wa_id_);
  if root = named then return; end if;
  insert into wa_ids as w (number, wa_id) values (number_, root)
  on conflict (number) do update set wa_id = excluded.wa_id where w.wa_id <> excluded.wa_id;
  update wa_ids set wa_id = root where wa_id = named and ltrim(number, '+') <> root;
end $function$;

CREATE OR REPLACE FUNCTION public.ledger_clock_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
AS $function$ select clock_timestamp() + (select ahead from ledger_clock) $function$;

CREATE OR REPLACE FUNCTION public.linked_names()
 RETURNS TABLE(name text)
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  return query
  with telling as materialized (
    select ltrim(w.number, '+') as name, w.wa_id from wa_ids w
    where is_number(ltrim(w.number, '+')) or not is_number(w.wa_id)
      or w.number = any(array(select '+' || p.person from pairs p where p.person !~ '^[0-9]'))
  )
  select t.name from telling t union select t.wa_id from telling t;
end $function$;

CREATE OR REPLACE FUNCTION public.list_before(campaign_ text, list_sha256_ text)
 RETURNS TABLE(id text, name text, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE
AS $function$
  select k.id, k.name, k.created_at
  from campaigns c
  join campaigns k on k.list_sha256 = list_sha256_ and not k.single and k.id <> c.id
    and k.template = c.template and k.sender_ids && c.sender_ids
    and k.state in ('draft', 'running', 'paused', 'completed')
    and k.created_at > now_() - interval '7 days'
  where c.id = campaign_
  order by k.created_at desc, k.id limit 1
$function$;

CREATE OR REPLACE FUNCTION public.look_again(tries integer)
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when tries < 3 then (array[2, 8, 30])[tries + 1] when tries < 33 then 60 when tries < 57 then 3600 end * interval '1 s'
$function$;

CREATE OR REPLACE FUNCTION public.make_event_day(day_ date)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  name constant text := 'events_' || to_char(day_, 'YYYYMMDD');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('callpermit event day', 0));
  perform from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'events'::regclass and c.relname = name;
  if found then return; end if;
  execute format('create table %I (like events including defaults including constraints)', name);
  execute format('alter table events attach partition %I for values from (%L) to (%L)', name, day_, day_ + 1);
end $function$;

CREATE OR REPLACE FUNCTION public.make_singles(entries jsonb, generation_ bigint)
 RETURNS SETOF text
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  id_ text;
begin
  perform from forgetting where generation = generation_ for share;
  if found then
    with made as (
      insert into campaigns (id, sender_id, sender_ids, template, language, parameter_format, header_parameters, body_parameters,
        idempotency_key, spec_sha256, max_errors, max_errors_percent, single, weight, on_pair_limit, include_granted, include_declined,
        expire_at, quiet_from, quiet_to, body_sha256, name, list_sha256, state, started_at)
      select e.id, e.sender_id, array[e.sender_id], e.template, e.language, e.parameter_format, e.header_parameters, e.body_parameters,
        e.idempotency_key, e.spec_sha256, e.max_errors, e.max_errors_percent, true, e.weight, e.on_pair_limit, e.include_granted,
        e.include_declined, e.expire_at, e.quiet_from, e.quiet_to, e.body_sha256, e.name, e.list_sha256, 'running', now_()
      from jsonb_to_recordset(entries) as e(id text, sender_id text, template text, language text, parameter_format text,
        header_parameters text[], body_parameters text[], idempotency_key text, spec_sha256 text, max_errors integer,
        max_errors_percent float8, weight smallint, on_pair_limit text, include_granted boolean, include_declined boolean,
        expire_at timestamptz, quiet_from time, quiet_to time, body_sha256 text, name text, list_sha256 text)
      on conflict do nothing
      returning campaigns.id
    )
    insert into requests (campaign_id, sender_id, row, reference, to_number, language, parameters, zones, not_after, due_at)
    select e.id, e.sender_id, 1, e.reference, e.to_number, coalesce(e.own_language, e.language), e.parameters, e.zones, e.not_after, e.due_at
    from jsonb_to_recordset(entries) as e(id text, sender_id text, language text, own_language text, reference text, to_number text,
      parameters jsonb, zones text[], not_after timestamptz, due_at timestamptz)
    join made m on m.id = e.id;
  end if;
  for id_ in
    select c.id from jsonb_to_recordset(entries) as e(id text) join campaigns c on c.id = e.id
  loop
    -- As `tell_campaign` does of one that was made before it began.
    perform pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', id_, 'state', 'running')::text);
    return next id_;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.make_webhook_day(day_ date)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  name constant text := 'webhook_deliveries_' || to_char(day_, 'YYYYMMDD');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('callpermit webhook day', 0));
  -- Read from the catalogue: what to_regclass remembers is as old as before the wait.
  perform from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'webhook_deliveries'::regclass and c.relname = name;
  if found then return; end if;
  execute format('create table %I (like webhook_deliveries including defaults including constraints)', name);
  execute format('alter table webhook_deliveries attach partition %I for values from (%L) to (%L)', name, day_, day_ + 1);
end $function$;

CREATE OR REPLACE FUNCTION public.make_webhook_days()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  today constant date := (now_() at time zone 'UTC')::date;
begin
  for ahead in 0..2 loop perform make_webhook_day(today + ahead); end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.mark_doubles(campaign_ text, most_ integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  ids bigint[];
  rows_ integer[];
  marked integer;
begin
  select array_agg(d.id order by d.id), array_agg(d.earlier order by d.id) into ids, rows_
  from doubles_of(campaign_, most_) d;
  if ids is null then return 0; end if;
  update requests r set state = 'skipped', reason = 'duplicate', double_of = d.earlier
  from unnest(ids, rows_) as d(id, earlier)
  where r.id = d.id and r.id = any(ids);
  get diagnostics marked = row_count;
  return marked;
end $function$;

CREATE OR REPLACE FUNCTION public.match_answer(sender text, key_ text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  e permission_events;
  r requests;
  before requests;
  last permission_events;
  names text[];
begin
  select * into e from permission_events x where x.sender_id = sender and x.key = key_ for no key update;
  if e.next_at is null then return false; end if;
  if e.context is not null then
    select * into r from requests q
    where hashtextextended(q.wamid, 0) = hashtextextended(e.context, 0) and q.wamid = e.context and q.sender_id = sender
    order by q.id + 0 limit 1 for no key update;
  end if;
  if r.id is null then
    names := names_of(e.person);
    select q.* into r from requests q
    where q.id = any(array(
        select (a).request from pairs p, unnest(p.asks || p.set_back) a where p.sender_id = sender and p.person = any(names)
        union
        select p.last_request from pairs p where p.sender_id = sender and p.person = any(names)
        union
        select b.id from requests b where b.id = e.request_id
          and (b.to_number = '' or asked_owner(ltrim(b.to_number, '+'), coalesce(b.reserved_at, b.accepted_at)) = any(names))))
      -- Meta's times are of whole seconds, and an answer may be quicker than our record of the request.
      and (e.context is null or e.context like 'wacid%' or q.wamid is null)
      and q.state = 'accepted' and date_trunc('second', coalesce(q.reserved_at, q.accepted_at)) <= e.at
    order by coalesce(q.reserved_at, q.accepted_at) desc limit 1 for no key update;
  end if;
  if e.request_id is not null and e.request_id is distinct from r.id then
    select * into before from requests q where q.id = e.request_id for no key update;
    update permission_events x set request_id = null where x.sender_id = sender and x.key = key_;
    if before.answer_key = e.key then
      select * into last from permission_events x
      where x.request_id = before.id and x.status in ('temporary', 'permanent', 'declined', 'revoked')
      order by x.at desc, word_rank(x.status) desc, x.key desc limit 1;
      perform set_answer(before, last);
    end if;
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
    perform set_answer(r, e);
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.match_answers(words jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
AS $function$
declare
  w record;
  found_ jsonb := '[]';
begin
  -- One look each: as joins, all pairs of the sender were compared with the names of each person, made anew for each pair.
  perform from requests q
  where q.id = any(array(
    select a.id from jsonb_to_recordset(words) as k("senderId" text, key text)
    cross join lateral (
      select x.* from permission_events x where x.sender_id = k."senderId" and x.key = k.key limit 1) e
    cross join lateral (
      (select r.id from requests r
        where hashtextextended(r.wamid, 0) = hashtextextended(e.context, 0) and r.wamid = e.context and r.sender_id = e.sender_id
        order by r.id + 0 limit 1)
      union all
      select e.request_id
      union all
      select o.id from unnest(names_of(e.person)) as n(name)
      cross join lateral (
        select p.asks || p.set_back as asks, p.last_request from pairs p where p.sender_id = e.sender_id and p.person = n.name limit 1) p
      cross join lateral (select (x).request as id from unnest(p.asks) x union select p.last_request) o) a))
  order by q.id for no key update;
  for w in
    select e.sender_id, e.key, e.person from jsonb_to_recordset(words) as k("senderId" text, key text)
    cross join lateral (
      select x.* from permission_events x where x.sender_id = k."senderId" and x.key = k.key and x.next_at is not null limit 1) e
    order by e.person, e.at, e.key
  loop
    if match_answer(w.sender_id, w.key) and not is_number(w.person) then
      found_ := found_ || jsonb_build_object('senderId', w.sender_id, 'key', w.key);
    end if;
  end loop;
  return found_;
end $function$;

CREATE OR REPLACE FUNCTION public.match_open_answers(most integer)
 RETURNS jsonb
 LANGUAGE sql
AS $function$
  select match_answers(w.words)
  from (
    select jsonb_agg(jsonb_build_object('senderId', x.sender_id, 'key', x.key)) as words
    from (select e.sender_id, e.key from permission_events e where e.next_at <= now_() order by e.next_at limit most) x) w
  where w.words is not null and pg_try_advisory_xact_lock(hashtextextended('callpermit open answers', 0))
$function$;

CREATE OR REPLACE FUNCTION public.may_ask(p permissions, include_granted boolean, include_declined boolean)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select may_ask(p, include_granted, include_declined, now_())
$function$;

CREATE OR REPLACE FUNCTION public.may_ask(p permissions, include_granted boolean, include_declined boolean, now timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when p.status in ('temporary', 'permanent') and p.at <= p.cut_at then true
    when p.status = 'permanent' then include_granted
    when p.status = 'temporary' then include_granted or coalesce(p.expires_at, p.at + interval '168 hours') <= now
    when p.status = 'declined' or (p.status = 'revoked' and p.source = 'automatic')
      then include_declined or p.at <= now - interval '168 hours'
    when p.status = 'revoked' then include_declined
    else true end
$function$;

CREATE OR REPLACE FUNCTION public.may_be_ours(entry jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select entry ? 'request' or exists (
    select from pairs p
    where p.sender_id = entry->>'sender' and p.person = any(names_of(coalesce(entry->>'wa_id', entry->>'user_id'))))
$function$;

CREATE OR REPLACE FUNCTION public.move_campaign(id_ text, from_ text[], to_ text, reason_ jsonb)
 RETURNS TABLE(moved boolean, state text)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  c campaigns;
begin
  select * into c from campaigns where id = id_ for no key update;
  if not found then return; end if;
  if not (c.state = any(from_)) or (to_ = 'completed' and has_open(id_)) then
    return query select false, c.state;
    return;
  end if;
  update campaigns
  set state = to_,
    reason = case when to_ in ('paused', 'cancelled') then reason_ end,
    streak_key = null, streak_count = 0, streak_fences = '{}',
    errors = case when to_ = 'running' then 0 else errors end,
    settled = case when to_ = 'running' then 0 else settled end,
    started_at = case when to_ = 'running' then coalesce(started_at, now_()) else started_at end,
    ended_at = case when to_ in ('cancelled', 'completed') then now_() end
  where id = id_;
  return query select true, to_;
end $function$;

CREATE OR REPLACE FUNCTION public.name_kind(name text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when name ~ '^[0-9]' then 0 when name ~ '^[A-Z]{2}\.ENT\.' then 2 else 1 end
$function$;

CREATE OR REPLACE FUNCTION public.names_left(names text[])
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  select (
    (select count(*) from permission_events e where e.person = any(names))
    + (select count(*) from permissions p where p.person = any(names))
    + (select count(*) from permission_checks c where c.person = any(names))
    + (select count(*) from calls c where c.person = any(names))
    + (select count(*) from preferences p where p.person = any(names) or p.name = any(names))
    + (select count(*) from written_stops w where w.name = any(names))
    + (select count(*) from suppressions s where s.person = any(names))
    + (select count(*) from pairs p where p.person = any(names))
    + (select count(*) from wa_ids w where w.number = any(array(select '+' || n from unnest(names) n)) or w.wa_id = any(names))
    + (select count(*) from name_links l where l.a = any(names) or l.b = any(names))
    + (select count(*) from names_to_learn l where l.a = any(names) or l.b = any(names))
    + (select count(*) from name_spans s where s.name = any(names) or s.root = any(names)))::integer
$function$;

CREATE OR REPLACE FUNCTION public.names_of(name text)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  names text[] := spellings_of(name);
  more text[];
begin
  -- Arrays as parameters of plans that are kept: found by index, whatever the statistics say.
  select array_agg(w.wa_id) into more from wa_ids w
  where w.number = any(array(select '+' || s from unnest(names) s));
  if more is not null then
    names := names || array(select s from unnest(more) m, unnest(spellings_of(m)) s);
  end if;
  select array_agg(ltrim(w.number, '+')) into more from wa_ids w where w.wa_id = any(names);
  if more is not null then
    names := names || array(select s from unnest(more) m, unnest(spellings_of(m)) s);
  end if;
  return array(select distinct s from unnest(names) s order by 1);
end $function$;

CREATE OR REPLACE FUNCTION public.need_generation(generation_ bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform from forgetting where generation = generation_ for share;
  if not found then raise exception 'somebody was forgotten meanwhile' using errcode = 'CP002'; end if;
end $function$;

CREATE OR REPLACE FUNCTION public.need_hold(campaign_ text, loader_ text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform from keep_hold(campaign_, loader_);
  if not found then
    raise exception 'loader % does not hold campaign %', loader_, campaign_ using errcode = 'CP001';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.now_()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$ select statement_timestamp() + (select ahead from ledger_clock) $function$;

CREATE OR REPLACE FUNCTION public.owner_of(name text, at_ timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  root_ text;
begin
  select s.root into root_ from name_spans s where s.name = owner_of.name and s.since <= at_ order by s.since desc limit 1;
  return coalesce(root_, person_of(name));
end $function$;

CREATE OR REPLACE FUNCTION public.pace_of(s senders, worker text, clock timestamp with time zone, horizon_ms double precision, step_factor double precision, share_least double precision, reach_back_ms double precision, share_step_factor double precision, forfeited_ms double precision)
 RETURNS pace
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
declare
  p pace;
  lead constant interval := '4 ms';
  -- When nobody claimed for a moment, a stalled disk or database held up all alike: that is no absence.
  pause interval := case when s.claimed_at > clock - interval '3 s'
    then greatest(clock - s.claimed_at - interval '0.2 s', interval '0') else interval '0' end;
  mine timestamptz;
  n integer;
  shared boolean;
  turns boolean;
  joins boolean;
begin
  -- One that has not claimed until all its send times are forfeited is idle, frozen or dead.
  select max(m.slot) filter (where m.id = worker), max(m.begins) filter (where m.id = worker),
    1 + count(*) filter (where m.id <> worker), count(*) filter (where m.id <> worker and m.slot is not null) > 0,
    array_agg(m.id order by m.id) filter (where m.id <> worker),
    array_agg(m.until + pause order by m.id) filter (where m.id <> worker),
    array_agg(m.slot order by m.id) filter (where m.id <> worker),
    array_agg(m.begins order by m.id) filter (where m.id <> worker)
  into mine, p.begins, n, shared, p.others, p.others_until, p.others_slots, p.others_from
  from unnest(s.sharers, s.sharers_until, s.sharers_slots, s.sharers_from) as m(id, until, slot, begins)
  where m.until + pause between clock and clock + interval '10 s';
  -- Where a share is large enough, each process has one: its own send times, and it keeps to its share by counting.
  turns := n > 1 and s.rate_now / n < share_least;
  joins := not turns and n > 1 and mine is null;
  -- Who joins begins after all send times given out so far, and 0.2 s more: the others may be late by so much without
  -- a gap that is still to come in their next second. Turns begin when no process has a share's late send times in
  -- hand any more.
  p.own := case
    when turns and shared then greatest(s.next_slot, clock) + forfeited_ms * interval '1 ms'
    when turns then s.next_slot
    when joins then greatest(s.shared_slot, s.next_slot + interval '0.2 s', clock + lead)
    else greatest(s.shared_slot, coalesce(mine, s.next_slot)) end;
  -- A claim that came late takes up to reach_back_ms of its own share's times that have passed; one whose last second
  -- is full for a while begins then; one after a pause takes none that passed. A next send time further ahead than
  -- anyone may reserve (1.4 s while claims are slow, a step, 0.4 s where turns begin) means that the database's clock was
  -- set back: begin anew.
  p.first := greatest(s.hold_until, case
    when p.own > clock + interval '3 s' + case when turns then step_factor / s.rate_now else 0 end * interval '1 s' then clock + lead
    when not turns and mine > clock - interval '1 s' then greatest(p.own, clock - reach_back_ms * interval '1 ms')
    else greatest(p.own, clock + lead) end);
  p.begins := case when turns then null when joins then p.own when p.begins > p.first then p.first else p.begins end;
  if not turns then
    -- Its part among those who have begun by its first send time.
    select share_of(s.rate_now, 1 + count(*) filter (where not later), count(*) filter (where not later and o.id < worker)),
      min(o.begins) filter (where later), min(o.begins) filter (where not later and o.begins > mine)
    into p.share, p.falls_at, p.since
    from (select k.id, k.begins, coalesce(k.begins > p.first, false) as later from unnest(p.others, p.others_from) as k(id, begins)) o;
    if p.falls_at is not null then
      select share_of(s.rate_now, 1 + count(*), count(*) filter (where o.id < worker)) into p.falls_to
      from unnest(p.others, p.others_from) as o(id, begins) where coalesce(o.begins <= p.falls_at, true);
    end if;
  end if;
  p.rested := n = 1 and s.next_slot < clock - interval '1.1 s' - forfeited_ms * interval '1 ms';
  p.step := case when turns then step_factor / s.rate_now else share_step_factor / p.share end * interval '1 s';
  -- A slow sender's step may be longer than the horizon: then there is one send time, or none.
  p.free := greatest(0, least(
    1 + floor(extract(epoch from (clock + horizon_ms * interval '1 ms' - p.first)) / extract(epoch from p.step)),
    ceil(extract(epoch from (p.falls_at - p.first)) / extract(epoch from p.step))))::int;
  return p;
end $function$;

CREATE OR REPLACE FUNCTION public.pair_frees_at(sender text, who text, per_day integer, per_week integer)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
  select greatest(
    case when count(*) filter (where a.at > now_() - interval '24 hours') >= per_day
      then (array_agg(a.at order by a.at desc))[per_day] + interval '24 hours' end,
    case when count(*) filter (where a.at > now_() - interval '168 hours') >= per_week
      then (array_agg(a.at order by a.at desc))[per_week] + interval '168 hours' end)
  from pairs p, unnest(p.asks) a
  where p.sender_id = sender and p.person = any(names_of(who))
$function$;

CREATE OR REPLACE FUNCTION public.part_end(campaign_ text, after_row integer, most integer)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  -- Not `exists`: where nothing comes after it, that may look for it through the whole ledger.
  select after_row + most
  where after_row + most < (select max(r.row) from requests r where r.campaign_id = campaign_)
$function$;

CREATE OR REPLACE FUNCTION public.pending_kinds(campaign_ text, only_ text)
 RETURNS TABLE(sender_id text, language text)
 LANGUAGE plpgsql
 STABLE ROWS 3
AS $function$
#variable_conflict use_column
declare
  s text := coalesce(only_, '');
  l text := '';
begin
  loop
    select r.sender_id, r.language into s, l from requests r
    where r.campaign_id = campaign_ and r.state = 'pending' and (r.sender_id, r.language) > (s, l)
    order by r.sender_id, r.language, r.due_at, r.id limit 1;
    exit when not found or s <> only_;
    return query select s, l;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.person_of(number_ text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((select w.wa_id from wa_ids w where w.number = '+' || ltrim(number_, '+')), ltrim(number_, '+'))
$function$;

CREATE OR REPLACE FUNCTION public.quiet_until(zones text[], quiet_from time without time zone, quiet_to time without time zone, at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.rebook(person_ text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into permissions as p (sender_id, person, status, expires_at, at, source, key)
  select distinct on (e.sender_id) e.sender_id, person_, e.status, e.expires_at, e.at, e.source, e.key
  from permission_events e
  where e.person = person_ and e.status <> 'none'
  order by e.sender_id, e.at desc, word_rank(e.status) desc, e.key desc
  on conflict (sender_id, person) do update
  set status = excluded.status, expires_at = excluded.expires_at, at = excluded.at, source = excluded.source, key = excluded.key;
end $function$;

CREATE OR REPLACE FUNCTION public.record_outcomes(entries jsonb)
 RETURNS TABLE(request text, fence integer, applied boolean, state text, campaign text, bounded boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  part jsonb;
  now constant timestamptz := now_();
  reopening bigint[];
  n integer;
  n_requests integer;
  n_claims integer;
  known bigint[];
  fences integer[];
  campaigns_of text[];
  watched_of boolean[];
begin
  select array_agg((e->>'id')::bigint) into reopening from jsonb_array_elements(entries) e
  where e->>'state' = 'pending' or e->>'outcome' = 'doubted';
  if reopening is not null then
    perform from campaigns c
    where c.id = any(array(select r.campaign_id from requests r where r.id = any(reopening)))
    order by c.id
    for no key update of c;
  end if;
  -- By id alone: the planner, whose statistics are old while a list runs, else reads the whole campaign.
  perform from requests r
  where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e))
  order by r.id
  for no key update of r;

  -- Words on two claims of one row: an update would take either of them. Each is judged by what the one before it left.
  select count(*), count(distinct e->>'id'), count(distinct (e->>'id', e->>'fence')) into n, n_requests, n_claims
  from jsonb_array_elements(entries) e;
  if n_requests <> n_claims then
    for part in
      select jsonb_agg(y.e order by y.n) from (
        select x.e, x.n, dense_rank() over (partition by x.e->>'id' order by x.last) as turn
        from (
          select i.e, i.n, max(i.n) over (partition by i.e->>'id', i.e->>'fence') as last
          from jsonb_array_elements(entries) with ordinality as i(e, n)) x) y
      group by y.turn order by y.turn
    loop
      return query select * from record_outcomes(part);
    end loop;
    return;
  end if;

  -- Most of all: Meta took what is being sent. What follows comes to the same, and is dearer (34 of them: 7.6 ms of processor, 5.9 by this).
  with entry as (
    select e.* from jsonb_to_recordset(entries) as e(
      id bigint, fence int, epoch int, asked_number text, outcome text, state text, count_attempt boolean, give_back boolean,
      wamid text, message_status text, wa_id text, reason text, finding text, raw text)
    where e.outcome = 'accepted' and e.state = 'accepted' and e.count_attempt is not false and e.give_back is not true
      and e.finding is null and e.raw is null and n = n_requests
  ), taken as (
    update requests r
    set state = 'accepted', cause = null, lease_until = null, uncertain_at = null, check_at = null,
      wamid = coalesce(e.wamid, r.wamid), message_status = coalesce(e.message_status, r.message_status),
      wa_id = coalesce(e.wa_id, r.wa_id), accepted_at = coalesce(r.accepted_at, now),
      error_code = null, error_message = null, reason = e.reason
    from entry e, campaigns c
    where r.id = e.id and r.state || '' = 'sending' and r.fence = e.fence and e.fence > r.epoch_fence
      and coalesce(e.epoch, r.epoch) = r.epoch and r.to_number = coalesce(e.asked_number, r.to_number)
      -- Or the planner begins with all rows of the campaign, which it takes for few.
      and c.id = r.campaign_id || ''
    returning r.id, r.fence, r.campaign_id,
      c.max_errors is not null or c.max_errors_percent is not null or c.streak_count > 0 as watched
  )
  select array_agg(t.id), array_agg(t.fence), array_agg(t.campaign_id), array_agg(t.watched)
  into known, fences, campaigns_of, watched_of from taken t;
  return query select x.id::text, x.fence, true, 'accepted', x.campaign, x.watched
    from unnest(known, fences, campaigns_of, watched_of) as x(id, fence, campaign, watched);

  if cardinality(known) is distinct from n then
    return query
    with entry as materialized (
      select * from (
        select e.*, row_number() over (partition by e.id, e.fence order by i.n desc) as turn
        from jsonb_array_elements(entries) with ordinality as i(e, n)
        cross join lateral jsonb_to_record(i.e) as e(
          id bigint, fence int, epoch int, asked_number text, outcome text, state text, delay_ms float8, count_attempt boolean,
          give_back boolean, wamid text, message_status text, wa_id text, error_code int, error_message text,
          reason text, finding text, again_ms float8, raw text)) x
      where turn = 1 and (known is null or id <> all(known))
    ), judged as materialized (
      select e.*, r.sender_id, case
          when r.person is not null and exists (select from name_spans s where s.name in (ltrim(r.to_number, '+'), r.person))
            then asked_owner(ltrim(r.to_number, '+'), r.reserved_at)
          else r.person end as person, r.reserved_at, r.to_number, r.state as was, r.fence as newest, r.campaign_id,
        c.state as campaign_state, c.max_errors is not null or c.max_errors_percent is not null or c.streak_count > 0 as watched,
        coalesce(e.epoch, r.epoch) = r.epoch and case e.outcome
          when 'accepted' then e.fence > r.epoch_fence and e.fence <= r.fence
            and (r.state <> 'sending' or e.fence = r.fence)
            and (r.state <> 'accepted' or (r.wamid is null and e.wamid is not null))
          when 'refused' then e.fence = r.fence and r.state in ('sending', 'uncertain')
          when 'uncertain' then e.fence = r.fence and r.state = 'sending'
          when 'doubted' then e.fence = r.fence and r.state not in ('uncertain', 'accepted')
          when 'unsent' then e.fence = r.fence
            and (r.state = 'sending' or (r.state = 'uncertain' and r.reason in ('lease-ended', 'interrupted')))
          when 'check' then e.fence = r.fence and r.state = 'uncertain'
          when 'settled' then e.fence = r.fence and r.state = 'uncertain'
          when 'streak' then e.fence = r.fence and r.state = 'rejected' and r.error_code = e.error_code and r.finding is null
          else false end as applies,
        e.outcome = 'accepted' and r.state = 'sending' and e.fence < r.fence and e.fence > r.epoch_fence
          and coalesce(e.epoch, r.epoch) = r.epoch as proves
      from entry e
      -- Whom it asked: in a ledger that was put back to an older state an id and a fence may be another's.
      cross join lateral (
        select r.* from requests r where r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number) offset 0) r
      join campaigns c on c.id = r.campaign_id
    ), changed as materialized (
      -- One a pair, also where a batch holds the same person twice. An acceptance uses again what a check, an operator
      -- or a refusal had given back.
      select sender_id, person,
        coalesce(array_agg(row(id, fence, null)::ask) filter (where applies and give_back), '{}') as back,
        coalesce(array_agg(row(id, fence, coalesce(reserved_at, now))::ask) filter (where outcome in ('accepted', 'doubted')), '{}') as used
      from judged
      where person is not null and ((applies and give_back)
        or ((applies or proves) and outcome in ('accepted', 'doubted') and (was not in ('sending', 'uncertain', 'accepted') or fence <> newest)))
      group by sender_id, person
    ), pair as materialized (
      select p.sender_id, p.person, p.asks, c.back, c.used
      from pairs p join changed c on c.sender_id = p.sender_id and c.person = p.person
      order by p.sender_id, p.person
      for no key update of p
    ), given_back as (
      update pairs p
      set asks = array(
        select a from (
          select a from unnest(p.asks) a
          where not exists (select from unnest(pair.back) b where b.request = a.request and b.fence = a.fence)
          union all
          select u from unnest(pair.used) u
          where not exists (select from unnest(p.asks) a where a.request = u.request and a.fence = u.fence)
        ) x(a) order by (a).at)
      from pair where p.sender_id = pair.sender_id and p.person = pair.person
    ), opted_out as (
      insert into suppressions (person, reason, source)
      select distinct on (p) p, 'Meta: ' || coalesce(error_message, error_code::text), 'meta'
      from judged, coalesce(wa_id, ltrim(to_number, '+')) p
      where applies and state = 'rejected' and reason = 'suppress'
      order by p
      on conflict do nothing
    ), granted as (
      -- 138017: a permanent permission that we were not told of.
      insert into permissions as p (sender_id, person, status, at, source)
      select distinct on (sender_id, person) sender_id, person, 'permanent', date_trunc('second', coalesce(reserved_at, now)), 'refusal'
      from judged
      where applies and state = 'already-granted' and person is not null
      order by sender_id, person, reserved_at desc nulls first
      on conflict (sender_id, person) do update
      set status = 'permanent', expires_at = null, at = excluded.at, source = excluded.source
      where (p.at, word_rank(p.status)) < (excluded.at, word_rank('permanent'))
    ), taken_back as (
      -- The permission that a refusal told of, which may have been somebody else's: nobody is phoned by it.
      delete from permissions p using judged j
      where j.applies and j.outcome = 'doubted' and p.sender_id = j.sender_id and p.person = j.person
        and p.source = 'refusal' and p.at >= date_trunc('second', j.reserved_at)
    ), unsaid as (
      -- Where it stands, its word goes with it (`take_back_word`).
      delete from permission_events e
      where (e.sender_id, e.key) in (
        select x.sender_id, x.key from judged j
        -- By person, however many words the planner takes the table to hold.
        cross join lateral (
          select w.* from permission_events w
          where w.person = j.person and w.sender_id = j.sender_id and w.source = 'refusal'
            and w.at >= date_trunc('second', j.reserved_at) offset 0) x
        where j.applies and j.outcome = 'doubted'
          and not exists (select from permissions p where p.sender_id = x.sender_id and p.person = x.person and p.key = x.key))
    ), applied as (
      update requests r
      set state = case when j.proves then r.state
          when j.state = 'pending' and j.campaign_state = 'cancelled' then 'cancelled' else j.state end,
        cause = case when j.state = 'pending' or j.outcome = 'doubted' then j.outcome || '.' || j.fence end,
        proof_fence = case when j.proves then j.fence else r.proof_fence end,
        due_at = case when j.state = 'pending' then now + coalesce(j.delay_ms, 0) * interval '1 ms' else r.due_at end,
        attempts = r.attempts - case when j.count_attempt is false then 1 else 0 end,
        lease_until = case when j.proves then r.lease_until end,
        wamid = coalesce(j.wamid, r.wamid),
        message_status = coalesce(j.message_status, r.message_status),
        wa_id = coalesce(j.wa_id, r.wa_id),
        accepted_at = case when j.state = 'accepted' then coalesce(r.accepted_at, now) else r.accepted_at end,
        error_code = case when j.state = 'accepted' then null
          when j.outcome in ('unsent', 'check', 'settled') then r.error_code else coalesce(j.error_code, r.error_code) end,
        error_message = case when j.state = 'accepted' then null else coalesce(j.error_message, r.error_message) end,
        reason = case when j.proves then r.reason
          when j.state = 'pending' and j.campaign_state = 'cancelled' then coalesce(j.reason, 'cancelled')
          when j.outcome in ('check', 'settled') and j.state <> 'accepted' then r.reason else j.reason end,
        finding = coalesce(j.finding, r.finding),
        uncertain_at = case when j.state <> 'uncertain' then null when j.outcome = 'check' then r.uncertain_at else now end,
        check_at = case when j.outcome = 'check' and j.state = 'uncertain' then now + j.again_ms * interval '1 ms'
          when j.state = 'uncertain' then now + coalesce(j.delay_ms, 0) * interval '1 ms' end
      from judged j
      where r.id = j.id and (j.applies or j.proves)
      returning r.id, j.fence, j.outcome, r.state, r.due_at, r.campaign_id, j.applies, j.watched, j.state as to_state,
        j.reason as why, j.error_code as code, coalesce(j.finding, j.error_message) as detail, j.wamid as message, j.raw
    ), result as materialized (
      -- Each request is named once here. Not by a join: it takes the square of a batch, whose size no planner knows.
      select a.*, true as changed from applied a
      union all
      select j.id, j.fence, j.outcome, j.was, null, j.campaign_id, false, j.watched, j.state,
        j.reason, j.error_code, coalesce(j.finding, j.error_message), j.wamid, j.raw, false
      from judged j where j.id not in (select a.id from applied a)
    ), reopened as (
      -- Somebody is to be asked after all: a campaign that was done is not.
      update campaigns c set state = 'running', ended_at = null
      where c.state = 'completed' and c.id in (
        select campaign_id from applied where state = 'pending' or (state = 'uncertain' and outcome = 'doubted'))
    ), kept as (
      insert into attempts (request_id, fence, outcome, applied, error_code, detail, wamid, retry_at, raw)
      select k.id, k.fence,
        case when k.outcome in ('check', 'settled') then k.outcome || ': ' || k.to_state else k.outcome end,
        k.applies, k.code, k.detail, k.message, case when k.state = 'pending' and k.changed then k.due_at end, k.raw
      from result k
      where k.raw is not null or not k.applies or k.outcome not in ('accepted', 'streak') and not (k.outcome = 'unsent' and k.why is null)
    )
    select k.id::text, k.fence, k.applies, k.state, k.campaign_id, k.watched from result k;
  end if;

  -- The number belongs to another wa_id: from now on they are one person.
  if exists (select from jsonb_array_elements(entries) e where e->>'wa_id' <> coalesce(ltrim(e->>'asked_number', '+'), '')) then
    perform learn_wa_id(l.to_number, l.wa_id) from (
      select distinct on (r.to_number) r.to_number, e.wa_id
      from jsonb_to_recordset(entries) as e(id bigint, asked_number text, wa_id text)
      join requests r on r.id = e.id and r.to_number = coalesce(e.asked_number, r.to_number)
      where r.id = any(array(select (e->>'id')::bigint from jsonb_array_elements(entries) e where e->>'wa_id' is not null))
        and e.wa_id <> ltrim(r.to_number, '+')
        and not exists (select from wa_ids w where w.number = r.to_number and w.wa_id = e.wa_id)
      order by r.to_number) l;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.recount_asked(portfolio_ text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.refresh_event_wants()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform from event_wants for update;
  update event_wants w set types = n.types, until = n.until
  from (
    select coalesce((select array_agg(distinct t order by t) from event_subscriptions s, unnest(coalesce(s.types, event_types())) t
        where s.disabled_at is null and s.removed_at is null and s.until > clock_timestamp()), '{}') as types,
      coalesce((select max(s.until) from event_subscriptions s where s.disabled_at is null and s.removed_at is null), '-infinity') as until
  ) n
  where w.only_row and (w.types, w.until) is distinct from (n.types, n.until);
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_end()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.loader is not null and new.loader_until > clock_timestamp() then return null; end if;
  while mark_doubles(new.id, 200000) = 200000 loop null; end loop;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.relay_events(most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SET jit TO 'off'
AS $function$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  base bigint;
  n integer;
begin
  if not exists (select from new_events) then return 0; end if;
  if not pg_try_advisory_xact_lock(hashtextextended('callpermit events', 0)) then return -1; end if;
  perform make_event_day(today);
  -- Whoever finishes a delivery holds this row, too: else what comes now could wait behind one that has just gone.
  perform from event_subscriptions s where s.kind <> 'stream' order by s.id for no key update;
  select c.last_pos into base from event_clock c where c.only_row for update;
  with gone as (
    delete from new_events e where e.seq = any(array(select x.seq from new_events x order by x.seq limit most)) returning e.*
  ), told as (
    select base + row_number() over (order by g.seq) as pos, g.type, g.at, coalesce(g.campaign_id, r.campaign_id) as campaign_id,
      coalesce(g.request_id, r.id) as request_id, person_of(g.person) as person,
      c.single, case when g.word_key is null then g.data || case when g.request_id is null then '{}' else
        jsonb_build_object('campaignId', case when c.single then null else g.campaign_id end, 'requestId', case when c.single then g.campaign_id end,
          'row', case when not c.single then g.data->'row' end) end
      else g.data || jsonb_build_object(
        'to', case when nullif(r.to_number, '') is not null then r.to_number when is_number(g.person) then '+' || g.person end,
        'userId', coalesce(r.user_id, case when not is_number(g.person) then g.person end),
        'reference', r.reference, 'campaignId', case when not c.single then r.campaign_id end, 'requestId', case when c.single then r.campaign_id end,
        'row', case when not c.single then r.row end) end as data
    from gone g
    left join permission_events w on w.sender_id = g.word_sender and w.key = g.word_key
    left join requests r on r.id = w.request_id and r.to_number <> ''
    left join campaigns c on c.id = coalesce(g.campaign_id, r.campaign_id)
  ), kept as (
    insert into events (pos, day, id, type, at, subject, person, campaign_id, request_id, data)
    select t.pos, today, 'evt_' || t.pos || '_' || substr(md5(random()::text || t.pos), 1, 8), t.type, t.at,
      case split_part(t.type, '.', 1) when 'campaign' then 'campaign ' || t.campaign_id
        when 'template' then 'template ' || coalesce(t.data->>'template', t.data->>'templateId', '')
        when 'sender' then 'sender ' || (t.data->>'senderId') else 'person ' || t.person end,
      t.person, t.campaign_id, t.request_id,
      case when t.type like 'campaign.%' then t.data || jsonb_build_object('campaignId', t.campaign_id) else t.data end
    from told t
    returning pos, type, subject
  ), counted as (
    update event_clock set last_pos = (select max(pos) from kept) where only_row and exists (select from kept)
  ), queued as (
    insert into event_deliveries (subscription_id, pos, day, lane, next_at)
    select s.id, k.pos, today, case when s.kind = 'queue' then '' else k.subject end,
      case when s.kind = 'queue' or (
        row_number() over (partition by s.id, k.subject order by k.pos) = 1 and not exists (
          select from event_deliveries d where d.subscription_id = s.id and d.lane = k.subject and d.dead_at is null)) then now_() end
    from kept k join event_subscriptions s on s.kind <> 'stream' and s.disabled_at is null and s.removed_at is null
      and (s.types is null or k.type = any(s.types))
  )
  select count(*) into n from kept;
  return n;
end $function$;

CREATE OR REPLACE FUNCTION public.release_claim(sender text, claim_ text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  released integer;
begin
  perform from senders where id = sender for no key update;
  insert into dead_claims (claim_id, sender_id) values (claim_, sender) on conflict do nothing;
  select count(*) into released from record_outcomes((
    select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'fence', r.fence, 'outcome', 'unsent', 'state', 'pending',
      'count_attempt', false, 'give_back', true)), '[]')
    from requests r where r.claim_id = claim_ and r.state in ('sending', 'uncertain'))) o
  where o.applied;
  return released;
end $function$;

CREATE OR REPLACE FUNCTION public.remove_requests()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from requests r where r.campaign_id = old.id;
  delete from request_counts k where k.campaign_id = old.id;
  delete from funnel_counts k where k.campaign_id = old.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.replay_events(subscription text, since_ timestamp with time zone, types_ text[], after_ bigint, most integer, OUT last bigint, OUT n integer)
 RETURNS record
 LANGUAGE plpgsql
 SET jit TO 'off'
AS $function$
declare
  s event_subscriptions;
begin
  n := 0;
  select * into s from event_subscriptions x
  where x.id = subscription and x.disabled_at is null and x.removed_at is null and x.kind <> 'stream' for no key update;
  if s.id is null then return; end if;
  with found as materialized (
    select e.pos, e.day, e.type, e.subject, e.at from events e
    where e.pos > after_ and e.day >= (since_ at time zone 'UTC')::date - 1 order by e.pos limit most
  ), wanted as materialized (
    select f.* from found f
    where f.at >= since_ and (types_ is null or f.type = any(types_)) and (s.types is null or f.type = any(s.types))
  ), again as (
    insert into event_deliveries as d (subscription_id, pos, day, lane, next_at)
    select subscription, w.pos, w.day, case when s.kind = 'queue' then '' else w.subject end,
      case when s.kind = 'queue' or (row_number() over (partition by w.subject order by w.pos) = 1 and not exists (
        select from event_deliveries x where x.subscription_id = subscription and x.lane = w.subject and x.dead_at is null)) then now_() end
    from wanted w
    on conflict (subscription_id, pos) do update
    set dead_at = null, tries = 0, first_tried_at = null, error = null, next_at = excluded.next_at
    where d.dead_at is not null
    returning 1)
  select (select max(f.pos) from found f), (select count(*) from again) into last, n;
end $function$;

CREATE OR REPLACE FUNCTION public.reset_pairs(sender text, name text)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  names constant text[] := names_of(ltrim(reset_pairs.name, '+'));
begin
  if not exists (
    select from pairs p cross join (
      select max(k.at) as at from calls k where k.person = any(names) and k.sender_id = sender and k.is_connected) c
    where p.sender_id = sender and p.person = any(names)
      and (p.reset_at is distinct from c.at or exists (select from unnest(p.asks) a where a.at <= c.at)))
  then return; end if;
  -- Before the calls are read: who books another one of theirs at this moment is waited for.
  perform from pairs p where p.sender_id = sender and p.person = any(names) order by p.person || '' for no key update;
  update pairs p
  set last_request = coalesce((p.asks[cardinality(p.asks)]).request, p.last_request),
    asks = array(select a from unnest(p.set_back || p.asks) a where a.at > c.at order by a.at),
    set_back = array(select a from unnest(p.set_back || p.asks) a
      where a.at <= c.at and a.at > now_() - interval '168 hours' order by a.at),
    reset_at = c.at
  from (select max(k.at) as at from calls k where k.person = any(names) and k.sender_id = sender and k.is_connected) c
  where p.sender_id = sender and p.person = any(names) and c.at is not null;
end $function$;

CREATE OR REPLACE FUNCTION public.restore_forgotten(hashes bytea[], numbers text[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  f record;
  n integer := 0;
begin
  for f in
    with back as (
      delete from forgotten d where d.name_hash = any(hashes) returning d.*
    )
    select distinct on (b.name_hash) ltrim(l.number, '+') as name, b.opted_out, b.asks, b.noes
    from back b join unnest(hashes, numbers) as l(hash, number) on l.hash = b.name_hash
    order by b.name_hash, l.number
  loop
    n := n + 1;
    if f.opted_out then
      insert into suppressions (person, reason, source)
      values (f.name, 'They had opted out before they were forgotten.', 'forgotten')
      on conflict do nothing;
    end if;
    insert into pairs as p (sender_id, person, asks)
    select a.key, f.name, array(
      select row(null, null, t::timestamptz)::ask from jsonb_array_elements_text(a.value) t
      where t::timestamptz > now_() - interval '168 hours' order by t::timestamptz)
    from jsonb_each(f.asks) a order by a.key
    on conflict (sender_id, person) do update
    set asks = array(select x from unnest(p.asks || excluded.asks) x order by (x).at);
    perform book_word(w.sender_id, f.name, w.status, null, w.at, w.source, '')
    from jsonb_to_recordset(f.noes) as w(sender_id text, status text, source text, at timestamptz)
    where w.at > now_() - interval '168 hours' or holds_on(w.status, w.source) order by w.sender_id, w.at;
  end loop;
  return n;
end $function$;

CREATE OR REPLACE FUNCTION public.retry_part(campaign_ text, states text[], code integer, after_row integer, most integer)
 RETURNS TABLE(retried integer, last_row integer, campaign_state text)
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.said_instead(state text, message_status text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when state = 'accepted' and message_status <> 'accepted' then message_status end
$function$;

CREATE OR REPLACE FUNCTION public.set_answer(r requests, e permission_events)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  answer_ constant text := case when e.status = 'revoked' then 'declined' else e.status end;
begin
  update requests q
  set answer = answer_, answered_at = e.at, answer_key = e.key,
    permission_expires_at = case when e.status = 'temporary' then coalesce(e.expires_at, e.at + interval '168 hours') end
  where q.id = r.id;
  insert into funnel_counts (campaign_id, language, fact, n)
  select r.campaign_id, r.language, k.fact, sum(k.d) from (
    select 'answered ' || r.answer as fact, -1 as d where r.answer is not null
    union all
    select 'answered ' || answer_, 1 where answer_ is not null) k
  where not coalesce((select c.single from campaigns c where c.id = r.campaign_id), true)
  group by k.fact having sum(k.d) <> 0;
end $function$;

CREATE OR REPLACE FUNCTION public.set_preference(person_ text, category_ text, value_ text, at_ timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  mine constant text := owner_of(person_, at_);
begin
  insert into preferences (name, person, category, value, at) values (person_, mine, category_, value_, at_) on conflict do nothing;
  if not found then return; end if;
  if exists (select from name_spans s where s.name = person_) then perform settle(array[person_]);
  else perform keep_preference(mine); end if;
end $function$;

CREATE OR REPLACE FUNCTION public.settle(seeds text[], said text DEFAULT NULL::text)
 RETURNS text[]
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  names text[];
  n integer;
  place jsonb;
  kinds integer[];
  slots integer[];
  known boolean[];
  n_slots integer;
  told jsonb;
  roots text[];
  told_at timestamptz[];
  -- Of numbers written otherwise the one that stands for all; classes of user ids of one number, and of one person.
  canon integer[];
  c0 integer[];
  c1 integer[];
  -- Links: of which name, to which, since when.
  la integer[]; lb integer[]; lat timestamptz[];
  -- Changes, by time.
  cb integer[]; ca integer[]; cat timestamptz[]; cnum boolean[]; cg integer[]; cpid integer[]; cpair integer[];
  kept boolean[];
  -- Changes as of the first time they were told; which user id each gave with which number.
  kat timestamptz[];
  za integer[]; zb integer[]; zat timestamptz[];
  gone boolean[];
  was_before boolean[];
  waived integer[];
  g_user integer[]; g_parent integer[]; g_number boolean[]; g_after integer[];
  -- What happened to each number, by number and time: a cut (left or not) or a user id that was seen.
  e_num integer[] := '{}'; e_at timestamptz[] := '{}'; e_type integer[] := '{}'; e_ref integer[] := '{}'; e_flag boolean[] := '{}';
  m integer := 0;
  -- Numbers that a class of user ids left and was seen on.
  s_class integer[] := '{}'; s_num integer[] := '{}'; s_at timestamptz[] := '{}'; s_ref integer[] := '{}';
  k integer := 0;
  seen integer;
  first_seen integer[];
  -- Spans; those of one name stand together, by time.
  sp_name integer[] := '{}'; sp_since timestamptz[] := '{}'; sp_left boolean[] := '{}'; sp_held boolean[];
  first_sp integer[]; last_sp integer[];
  sp integer := 0;
  up integer[] := '{}';
  cur integer[];
  claimed_on integer[];
  heard timestamptz[];
  r_name integer[]; r_several boolean[]; r_now boolean[]; r_last integer[]; r_best integer[]; r_best_now boolean[];
  i integer; j integer; g integer; x integer; y integer; lo integer; hi integer; mid integer;
  at_ timestamptz;
  is_now boolean;
begin
  perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  names := array(
    with recursive known(name) as (
      select s from unnest(seeds) s
      union
      select t.name from known w cross join lateral (
        select d.before as name from name_changes d where d.after = w.name
        union all select d.after from name_changes d where d.before = w.name
        union all select l.a from name_links l where l.b = w.name
        union all select l.b from name_links l where l.a = w.name) t)
    select w.name from known w where w.name is not null order by w.name collate "C");
  n := cardinality(names);
  if n = 0 then return names; end if;
  select jsonb_object_agg(t.name, t.i), array_agg(name_kind(t.name) order by t.i), array_agg(t.i::integer order by t.i)
  into place, kinds, canon from unnest(names) with ordinality t(name, i);
  c0 := canon; c1 := canon; waived := array_fill(0, array[n]); was_before := array_fill(false, array[n]);

  select array_agg(t.a), array_agg(t.b), array_agg(t.at) into la, lb, lat
  from (
    select (place->>l.a)::integer as a, (place->>l.b)::integer as b, l.at from name_links l where l.a = any(names)
    order by l.at, l.a, l.b) t;
  for i in 1 .. coalesce(cardinality(la), 0) loop
    x := la[i]; y := lb[i];
    if kinds[x] = 0 and kinds[y] = 0 then
      while canon[x] <> x loop x := canon[x]; end loop;
      while canon[y] <> y loop y := canon[y]; end loop;
      canon[x] := y;
    elsif kinds[x] > 0 and kinds[y] > 0 then
      while c0[x] <> x loop c0[x] := c0[c0[x]]; x := c0[x]; end loop;
      while c0[y] <> y loop c0[y] := c0[c0[y]]; y := c0[y]; end loop;
      c0[x] := y;
    end if;
  end loop;
  for i in 1 .. n loop
    x := i;
    while canon[x] <> x loop canon[x] := canon[canon[x]]; x := canon[x]; end loop;
    canon[i] := x;
  end loop;

  -- A user id of one business says nothing of who has another one's. Whose it is says the label of the portfolio, where an
  -- operator gave one, else the account of who told it; where neither is known, one business is thought of.
  select array_agg(case when t.kind = 0 then 0 else t.slot end order by t.i), array_agg(t.is_known order by t.i), max(t.slot)
  into slots, known, n_slots
  from (
    select v.i, v.kind, v.business is not null as is_known,
      dense_rank() over (order by v.kind, coalesce(v.business, case when v.first = v.last then v.first end, ''))::integer as slot
    from (
      select w.*, min(w.business) over () as first, max(w.business) over () as last from (
        select t.i, kinds[t.i] as kind, case when kinds[t.i] > 0 then (
          select case when s.portfolio <> 'default' then 'portfolio ' || s.portfolio else 'account ' || s.account end
          from name_links l join senders s on s.id = l.told_by where l.a = t.name order by 1 limit 1) end as business
        from unnest(names) with ordinality t(name, i)) w) v) t;

  select array_agg(t.b order by t.o), array_agg(t.a order by t.o), array_agg(t.at order by t.o), array_agg(t.is_number order by t.o),
    array_agg(t.g order by t.o), array_agg(t.pid order by t.o), array_agg(t.pair order by t.o), array_agg(distinct t.at) filter (where t.key is not null)
  into cb, ca, cat, cnum, cg, cpid, cpair, told_at
  from (
    select v.*, row_number() over (order by v.at, v.before, v.after) as o,
      dense_rank() over (order by coalesce(v.key, v.after), v.at)::integer as g,
      dense_rank() over (order by v.b, v.a, v.is_number)::integer as pid,
      dense_rank() over (order by v.b, v.a)::integer as pair
    from (
      select d.key, d.before, d.after, d.at, d.what = 'number' as is_number,
        canon[(place->>d.before)::integer] as b, canon[(place->>d.after)::integer] as a
      from name_changes d where d.before = any(names)) v) t;

  -- The same change told again, of a second later, is no other one, unless somebody came or left in between.
  if cb is not null then
    kept := array_fill(true, array[cardinality(cb)]);
    gone := array_fill(false, array[cardinality(cb)]);
    kat := array_fill(null::timestamptz, array[cardinality(cb)]);
    g_user := array_fill(0, array[cardinality(cb)]); g_parent := g_user; g_after := g_user; g_number := kept;
    for i in 1 .. cardinality(cb) loop g_number[i] := false; end loop;
    declare
      last_told timestamptz[] := array_fill(null::timestamptz, array[cardinality(cb)]);
      last_kept timestamptz[] := last_told;
      -- Of each name the last change, and the last one of other names than that.
      one_at timestamptz[] := array_fill(null::timestamptz, array[n]);
      one_pair integer[] := array_fill(0, array[n]);
      two_at timestamptz[] := array_fill(null::timestamptz, array[n]);
    begin
      j := 1;
      for i in 1 .. cardinality(cb) loop
        while j <= cardinality(cb) and cat[j] <= cat[i] loop
          if cnum[j] then
            foreach x in array array[cb[j], ca[j]] loop
              if one_pair[x] <> cpair[j] then two_at[x] := one_at[x]; one_pair[x] := cpair[j]; end if;
              one_at[x] := cat[j];
            end loop;
          end if;
          j := j + 1;
        end loop;
        x := cb[i];
        was_before[x] := true;
        at_ := case when one_pair[x] <> cpair[i] then one_at[x] else two_at[x] end;
        kept[i] := cb[i] <> ca[i]
          and (last_told[cpid[i]] is null or (last_told[cpid[i]] < cat[i] and coalesce(at_ > last_told[cpid[i]], false)));
        last_told[cpid[i]] := cat[i];
        if kept[i] then last_kept[cpid[i]] := cat[i]; end if;
        kat[i] := last_kept[cpid[i]];
        if kept[i] then
          g := cg[i];
          if kinds[ca[i]] = 0 then g_after[g] := ca[i]; end if;
          if kinds[cb[i]] = 0 then
            if cnum[i] then g_number[g] := true; elsif kinds[ca[i]] > 0 then waived[ca[i]] := cb[i]; end if;
          else
            if kinds[cb[i]] = 1 then g_user[g] := cb[i]; else g_parent[g] := cb[i]; end if;
            if kinds[ca[i]] > 0 then
              if not cnum[i] then
                x := cb[i]; y := ca[i];
                while c0[x] <> x loop c0[x] := c0[c0[x]]; x := c0[x]; end loop;
                while c0[y] <> y loop c0[y] := c0[c0[y]]; y := c0[y]; end loop;
                c0[x] := y;
              end if;
            end if;
          end if;
        end if;
      end loop;
    end;
  end if;
  for i in 1 .. n loop
    x := i;
    while c0[x] <> x loop c0[x] := c0[c0[x]]; x := c0[x]; end loop;
    c0[i] := x;
  end loop;
  c1 := c0;
  for i in 1 .. coalesce(cardinality(cb), 0) loop
    if kept[i] and kinds[cb[i]] > 0 then
      foreach y in array array[ca[i], g_user[cg[i]], g_parent[cg[i]]] loop
        continue when y = 0;
        continue when kinds[y] = 0;
        x := cb[i];
        while c1[x] <> x loop c1[x] := c1[c1[x]]; x := c1[x]; end loop;
        while c1[y] <> y loop c1[y] := c1[c1[y]]; y := c1[y]; end loop;
        c1[x] := y;
      end loop;
    end if;
  end loop;
  for i in 1 .. n loop
    x := i;
    while c1[x] <> x loop c1[x] := c1[c1[x]]; x := c1[x]; end loop;
    c1[i] := x;
  end loop;

  -- Cuts: somebody leaves a number or comes to one. Who left which number is known by their user id where it was not told.
  s_ref := array(
    select v.i::integer from generate_subscripts(la, 1) v(i)
    where kinds[la[v.i]] > 0 and kinds[lb[v.i]] = 0 order by c0[la[v.i]], v.i);
  first_seen := array_fill(0, array[n]);
  for i in 1 .. cardinality(s_ref) loop
    x := c0[la[s_ref[i]]];
    if first_seen[x] = 0 then first_seen[x] := i; end if;
    s_class[i] := x; s_num[i] := canon[lb[s_ref[i]]]; s_at[i] := lat[s_ref[i]];
  end loop;
  seen := cardinality(s_ref);
  k := seen;
  for i in 1 .. coalesce(cardinality(cb), 0) loop
    continue when not kept[i] or not cnum[i];
    g := cg[i];
    if kinds[ca[i]] = 0 then
      m := m + 1; e_num[m] := ca[i]; e_at[m] := cat[i]; e_type[m] := 1; e_ref[m] := i; e_flag[m] := false;
    end if;
    if kinds[cb[i]] = 0 then
      m := m + 1; e_num[m] := cb[i]; e_at[m] := cat[i]; e_type[m] := 0; e_ref[m] := i; e_flag[m] := true;
      foreach x in array array[g_user[g], g_parent[g]] loop
        continue when x = 0;
        k := k + 1; s_class[k] := c0[x]; s_num[k] := cb[i]; s_at[k] := cat[i]; s_ref[k] := -1;
      end loop;
    elsif not g_number[g] then
      j := first_seen[c0[cb[i]]];
      while j between 1 and seen and s_class[j] = c0[cb[i]] loop
        if s_num[j] <> g_after[g] then
          m := m + 1; e_num[m] := s_num[j]; e_at[m] := cat[i]; e_type[m] := 0; e_ref[m] := -i; e_flag[m] := true;
          k := k + 1; s_class[k] := c0[cb[i]]; s_num[k] := s_num[j]; s_at[k] := cat[i]; s_ref[k] := -1;
        end if;
        j := j + 1;
        if j > seen then exit; end if;
      end loop;
    end if;
  end loop;

  -- A user id that is seen on a number that its person has left: as a late status of an old message is.
  if k > 0 then
    declare
      left_class integer := 0;
      left_num integer := 0;
      left_at timestamptz;
      o integer[] := array(
        select v.i::integer from generate_subscripts(s_class, 1) v(i) order by s_class[v.i], s_num[v.i], s_at[v.i], s_ref[v.i]);
    begin
      foreach i in array o loop
        if s_ref[i] < 0 then left_class := s_class[i]; left_num := s_num[i]; left_at := s_at[i];
        else
          m := m + 1;
          e_num[m] := s_num[i]; e_type[m] := 2; e_ref[m] := la[s_ref[i]];
          e_flag[m] := left_class = s_class[i] and left_num = s_num[i];
          e_at[m] := case when e_flag[m] then left_at - interval '1 microsecond' else s_at[i] end;
        end if;
      end loop;
    end;
  end if;

  -- Whom a change names is there at its time, however early they were seen.
  select array_agg((place->>t.a)::integer order by t.at), array_agg(canon[(place->>t.b)::integer] order by t.at), array_agg(t.at order by t.at)
  into za, zb, zat
  from (select l.a, l.b, unnest(l.came_at) as at from name_links l where l.a = any(names) and l.came_at <> '{}') t;
  j := 1;
  for i in 1 .. coalesce(cardinality(za), 0) loop
    while j <= cardinality(cb) and cat[j] < zat[i] loop j := j + 1; end loop;
    x := j;
    while x <= cardinality(cb) and cat[x] = zat[i] loop
      if cnum[x] and ca[x] = zb[i] and kat[x] is not null then
        m := m + 1; e_num[m] := zb[i]; e_at[m] := kat[x]; e_type[m] := 2; e_ref[m] := za[i]; e_flag[m] := false;
        exit;
      end if;
      x := x + 1;
    end loop;
  end loop;

  -- Spans: a number is cut where somebody leaves it or comes to it, and where another user id of the same business is seen on it.
  first_sp := array_fill(0, array[n]); last_sp := first_sp; claimed_on := first_sp;
  for i in 1 .. n loop
    if kinds[i] > 0 then
      sp := sp + 1; sp_name[sp] := i; sp_since[sp] := '-infinity'; sp_left[sp] := false; up[sp] := sp;
      first_sp[i] := sp; last_sp[i] := sp;
    end if;
  end loop;
  n_slots := greatest(coalesce(n_slots, 0), 1);
  declare
    o integer[] := array(
      select v.i::integer from generate_subscripts(e_num, 1) v(i)
      order by e_num[v.i], e_at[v.i], e_type[v.i],
        case when e_type[v.i] = 2 then slots[e_ref[v.i]] end, case when e_type[v.i] = 2 then names[e_ref[v.i]] end, e_ref[v.i]);
    at_event integer := 1;
    e integer;
    slot integer;
    class integer;
    -- Of each business whether it told of who has the number, and did not only pass on a change.
    cur_known boolean[];
  begin
    for i in 1 .. n loop
      continue when kinds[i] > 0 or canon[i] <> i;
      sp := sp + 1; sp_name[sp] := i; sp_since[sp] := '-infinity'; sp_left[sp] := false; up[sp] := sp;
      first_sp[i] := sp;
      cur := array_fill(0, array[n_slots]); cur_known := array_fill(false, array[n_slots]);
      while at_event <= m and e_num[o[at_event]] = i loop
        e := o[at_event];
        at_event := at_event + 1;
        if e_type[e] < 2 then
          g := cg[abs(e_ref[e])];
          x := case when g_user[g] > 0 then g_user[g] else g_parent[g] end;
          -- Nor does somebody leave a number that another has come to before: they left it then.
          if e_flag[e] and x > 0 then
            slot := slots[x]; class := c1[x];
            if slot > 0 and ((cur[slot] not in (0, class)) or (cur[slot] = 0 and claimed_on[class] = i)) then
              if e_ref[e] > 0 then gone[e_ref[e]] := true; end if;
              continue;
            end if;
          end if;
          if sp_since[sp] < e_at[e] then
            sp := sp + 1; sp_name[sp] := i; sp_since[sp] := e_at[e]; sp_left[sp] := e_flag[e]; up[sp] := sp;
          elsif not e_flag[e] then sp_left[sp] := false; end if;
          cur := array_fill(0, array[n_slots]); cur_known := array_fill(false, array[n_slots]);
        else
          slot := slots[e_ref[e]]; class := c1[e_ref[e]];
          -- One person too many is asked too seldom, two too many are asked twice: both must be told of by one business.
          if slot > 0 and cur[slot] not in (0, class) and cur_known[slot] and known[e_ref[e]] and waived[e_ref[e]] <> i then
            continue when e_flag[e];
            sp := sp + 1; sp_name[sp] := i; sp_left[sp] := false; up[sp] := sp;
            sp_since[sp] := greatest(e_at[e], sp_since[sp - 1] + interval '1 microsecond');
            cur := array_fill(0, array[n_slots]); cur_known := array_fill(false, array[n_slots]);
          end if;
          if slot > 0 then
            cur_known[slot] := known[e_ref[e]] or (cur_known[slot] and cur[slot] = class);
            cur[slot] := class; claimed_on[class] := i;
          end if;
          x := first_sp[e_ref[e]]; y := sp;
          while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
          while up[y] <> y loop up[y] := up[up[y]]; y := up[y]; end loop;
          up[x] := y;
        end if;
      end loop;
      last_sp[i] := sp;
    end loop;
  end;

  -- One person: who left a name and who came to another, and whose user ids were told together.
  for i in 1 .. coalesce(cardinality(cb), 0) loop
    continue when not kept[i] or gone[i];
    lo := first_sp[cb[i]]; hi := last_sp[cb[i]];
    while lo < hi loop
      mid := (lo + hi + 1) / 2;
      if sp_since[mid] < cat[i] or (not cnum[i] and sp_since[mid] = cat[i]) then lo := mid; else hi := mid - 1; end if;
    end loop;
    x := lo;
    lo := first_sp[ca[i]]; hi := last_sp[ca[i]];
    while lo < hi loop
      mid := (lo + hi + 1) / 2;
      if sp_since[mid] <= cat[i] then lo := mid; else hi := mid - 1; end if;
    end loop;
    y := lo;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    while up[y] <> y loop up[y] := up[up[y]]; y := up[y]; end loop;
    up[x] := y;
  end loop;
  for i in 1 .. coalesce(cardinality(la), 0) loop
    continue when kinds[la[i]] = 0 or kinds[lb[i]] = 0;
    x := first_sp[la[i]]; y := first_sp[lb[i]];
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    while up[y] <> y loop up[y] := up[up[y]]; y := up[y]; end loop;
    up[x] := y;
  end loop;

  -- Who has a number that was left is heard of by another name, or by a word.
  heard := array_fill(null::timestamptz, array[n]);
  for x, at_ in
    select canon[(place->>t.name)::integer], max(t.at) from (
      select coalesce(e.name, e.person) as name, e.at from permission_events e where e.person = any(names) and e.status <> 'none'
      union all select coalesce(c.name, c.person), c.at from calls c where c.person = any(names)
      union all select p.name, p.at from preferences p where p.name = any(names)
      union all select w.name, w.at from written_stops w where w.name = any(names)) t
    where place ? t.name group by 1
  loop
    heard[x] := at_;
  end loop;
  r_name := array_fill(0, array[sp]); r_last := r_name; r_best := r_name;
  r_several := array_fill(false, array[sp]); r_now := r_several; r_best_now := r_several;
  sp_held := array_fill(true, array[sp]);
  for i in 1 .. sp loop
    x := i;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    if r_name[x] = 0 then r_name[x] := sp_name[i]; elsif r_name[x] <> sp_name[i] then r_several[x] := true; end if;
  end loop;
  for i in 1 .. sp loop
    x := i;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    y := sp_name[i];
    if sp_left[i] and i = last_sp[y] and not r_several[x] and not coalesce(heard[y] >= sp_since[i], false) then sp_held[i] := false; end if;
    if kinds[y] > 0 or (sp_held[i] and i = last_sp[y]) then r_now[x] := true; end if;
    if r_last[x] = 0 then r_last[x] := i;
    elsif (sp_since[i], names[sp_name[r_last[x]]]) > (sp_since[r_last[x]], names[y]) then r_last[x] := i; end if;
  end loop;
  -- Of whom no name of now is known is taken for who came to their number: what they allowed ends with that, a no stays.
  for i in 1 .. sp loop
    continue when up[i] <> i or r_now[i] or r_last[i] = 0;
    j := r_last[i] + 1;
    while j <= last_sp[sp_name[r_last[i]]] loop
      x := j;
      while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
      y := i;
      while up[y] <> y loop y := up[y]; end loop;
      if x <> y then up[y] := x; exit; end if;
      j := j + 1;
    end loop;
  end loop;

  -- The name that stands for each: the number of now, else a user id.
  for i in 1 .. sp loop
    x := i;
    while up[x] <> x loop up[x] := up[up[x]]; x := up[x]; end loop;
    y := sp_name[i];
    is_now := kinds[y] = 0 and sp_held[i] and i = last_sp[y];
    j := r_best[x];
    if j = 0
      or (is_now, kinds[y] > 0, not was_before[y], names[y]) > (r_best_now[x], kinds[j] > 0, not was_before[j], names[j])
    then r_best[x] := y; r_best_now[x] := is_now; end if;
  end loop;
  delete from name_spans s where s.name = any(names);
  for i in 1 .. sp loop
    if sp_held[i] then
      x := i;
      while up[x] <> x loop x := up[x]; end loop;
    else
      x := i - 1;
      while up[x] <> x loop x := up[x]; end loop;
    end if;
    r_name[i] := r_best[x];
  end loop;
  insert into name_spans (name, since, root, is_left, is_held)
  select names[t.name], t.since, names[t.root], t.is_left, t.is_held
  from unnest(sp_name, sp_since, r_name, sp_left, sp_held) as t(name, since, root, is_left, is_held);
  insert into name_spans (name, since, root, is_left, is_held)
  select t.name, s.since, s.root, s.is_left, s.is_held
  from unnest(names) with ordinality t(name, i) cross join lateral (
    select * from name_spans v where v.name = names[canon[t.i]]) s
  where canon[t.i] <> t.i;

  -- Whose each name is now, for all that ask without a time.
  delete from wa_ids w using (
    select distinct on (s.name) s.name, s.root from name_spans s where s.name = any(names) order by s.name, s.since desc) k
  where w.number = '+' || k.name and k.root = k.name;
  insert into wa_ids as w (number, wa_id, at, told_by)
  select '+' || k.name, k.root, coalesce(l.at, '-infinity'), l.told_by
  from (
    select distinct on (s.name) s.name, s.root from name_spans s where s.name = any(names) order by s.name, s.since desc) k
  cross join lateral (select min(l.at) as at, min(l.told_by) as told_by from name_links l where l.a = k.name) l
  where k.root <> k.name order by k.name
  on conflict (number) do update set wa_id = excluded.wa_id, at = excluded.at, told_by = excluded.told_by
  where (w.wa_id, w.at, w.told_by) is distinct from (excluded.wa_id, excluded.at, excluded.told_by);

  -- What was said and done is theirs whose the name was then.
  roots := array(select distinct s.root from name_spans s where s.name = any(names));
  update calls c set name = coalesce(c.name, c.person), person = owner_of(coalesce(c.name, c.person), c.at)
  where c.person = any(names) and c.person <> owner_of(coalesce(c.name, c.person), c.at);
  perform settle_asks(names);
  select jsonb_agg(jsonb_build_object('sender', p.sender_id, 'key', p.key, 'at', p.expiring_told)) into told
  from permissions p where p.person = any(names) and p.expiring_told is not null;
  perform set_config('callpermit.settled', 'but ' || coalesce(said, ''), true);
  delete from permission_events e
  where e.person = any(names) and e.source = 'number-change' and (e.at = any(told_at) or e.key like 'passed on %');
  update permission_events e set name = coalesce(e.name, e.person), person = owner_of(coalesce(e.name, e.person), e.at)
  where e.person = any(names) and e.person <> owner_of(coalesce(e.name, e.person), e.at);
  perform book_persons(roots);
  -- No order by the key is of use here, or all of a sender's were read in it where no statistics are.
  delete from permissions p
  where p.person = any(names)
    and not exists (select from permission_events e where e.person = p.person and e.sender_id || '' = p.sender_id || '');
  update permissions p set expiring_told = t.at
  from jsonb_to_recordset(told) as t(sender text, key text, at timestamptz)
  where p.person = any(roots) and p.sender_id = t.sender and p.key = t.key and p.expires_at = t.at;
  insert into permission_checks (sender_id, person, due_at, why)
  select c.sender_id, person_of(c.person), c.due_at, c.why from permission_checks c
  where c.person = any(names) and person_of(c.person) <> c.person order by c.sender_id || '', 2
  on conflict do nothing;
  delete from permission_checks c where c.person = any(names) and person_of(c.person) <> c.person;
  update preferences p set person = owner_of(p.name, p.at) where p.person = any(names) and p.person <> owner_of(p.name, p.at);
  perform settle_stops(names);
  -- Words that were matched by person are looked at again: not here, where requests must not be held.
  update permission_events e set next_at = now_(), tries = 0
  where e.person = any(names) and e.source not in ('query', 'number-change')
    and ((e.request_id is null and e.next_at > now_())
      or (e.next_at is null and e.request_id is not null and (e.context is null or e.context like 'wacid%'
        or not exists (select from requests r where r.id = e.request_id and r.wamid = e.context))));
  perform set_config('callpermit.settled', '', true);
  return names;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_all(seeds text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  done text[] := '{}';
  one text;
begin
  foreach one in array array(select distinct s from unnest(seeds) s order by 1) loop
    continue when one = any(done);
    done := done || settle(array[one]);
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_asks(names text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  spelt constant text[] := array(select distinct x from unnest(names) t cross join lateral unnest(spellings_of(t)) x);
  s record;
begin
  for s in
    select q.id from senders q
    where exists (select from unnest(spelt) t cross join lateral (
      select from pairs p where p.sender_id = q.id and p.person = t limit 1) p)
    order by q.id
  loop
    -- Where all is in its place, as it is of most, nobody who claims or records waits for it.
    continue when not exists (
      select from pairs p
      left join lateral (
        select coalesce(r.reserved_at, r.accepted_at, '-infinity') as at from requests r where r.id = p.last_request) l on true
      where p.sender_id = s.id and p.person = any(spelt)
        and (p.reset_at is distinct from (
            select max(k.at) from calls k where k.person = p.person and k.sender_id = s.id and k.is_connected)
          or exists (select from unnest(p.asks || p.set_back) x where ask_owner(p.person, x.request, x.at) <> p.person)
          or (p.last_request is not null and ask_owner(p.person, p.last_request, l.at) <> p.person)));
    perform from pairs p where p.sender_id = s.id and p.person = any(spelt) order by p.person || '' for no key update;
    with held as materialized (
      select p.* from pairs p where p.sender_id = s.id and p.person = any(spelt)
    ), told as (
      select h.person, false as is_last, (x).request, (x).fence, (x).at from held h cross join lateral unnest(h.asks || h.set_back) x
      union all
      select h.person, true, h.last_request, null, '-infinity' from held h where h.last_request is not null
    ), asked as materialized (
      -- Of somebody whose name is not held here it stays where it stands.
      select distinct on (t.request, t.fence, t.at, t.is_last, case when r.to_number is null then t.person end)
        t.is_last, t.request, t.fence, v.at, case when o.name = any(spelt) then o.name else t.person end as person
      from told t
      left join lateral (
        select nullif(q.to_number, '') as to_number, coalesce(q.reserved_at, q.accepted_at) as at from requests q where q.id = t.request) r on true
      cross join lateral (select case when t.is_last then coalesce(r.at, '-infinity') else t.at end as at) v
      cross join lateral (
        select case when r.to_number is null then person_of(t.person) else asked_owner(ltrim(r.to_number, '+'), v.at) end as name) o
      order by t.request, t.fence, t.at, t.is_last, case when r.to_number is null then t.person end, t.person
    ), whole as materialized (
      select a.person, c.reset_at,
        coalesce(array_agg(row(a.request, a.fence, a.at)::ask order by a.at, a.request, a.fence)
          filter (where not a.is_last and coalesce(a.at > c.reset_at, true)), '{}') as asks,
        coalesce(array_agg(row(a.request, a.fence, a.at)::ask order by a.at, a.request, a.fence)
          filter (where not a.is_last and a.at <= c.reset_at and a.at > now_() - interval '168 hours'), '{}') as set_back,
        (array_agg(a.request order by a.at desc, a.request desc)
          filter (where a.request is not null and (a.is_last or a.at <= c.reset_at)))[1] as last_request
      from asked a
      cross join lateral (
        select max(k.at) as reset_at from calls k where k.person = a.person and k.sender_id = s.id and k.is_connected) c
      group by 1, 2
    ), kept as (
      insert into pairs as p (sender_id, person, asks, set_back, reset_at, last_request)
      select s.id, w.person, w.asks, w.set_back, w.reset_at, w.last_request from whole w order by w.person
      on conflict (sender_id, person) do update
      set asks = excluded.asks, set_back = excluded.set_back, reset_at = excluded.reset_at, last_request = excluded.last_request
      where (p.asks, p.set_back, p.reset_at, p.last_request)
        is distinct from (excluded.asks, excluded.set_back, excluded.reset_at, excluded.last_request)
    )
    -- Counted as gone, and then removed.
    update pairs p set asks = '{}', set_back = '{}', last_request = null
    where p.sender_id = s.id and p.person = any(spelt) and p.person <> all(array(select w.person from whole w));
    delete from pairs p
    where p.sender_id = s.id and p.person = any(spelt) and p.asks = '{}' and p.set_back = '{}' and p.last_request is null;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_stops(names text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  delete from suppressions s where s.person = any(names) and s.source in ('preference', 'typed');
  perform keep_preference(k.root)
  from (select distinct s.root from name_spans s where s.name = any(names) order by 1) k;
  insert into suppressions (person, reason, source, added_at)
  select distinct on (k.root) k.root, s.reason, s.source, s.added_at
  from suppressions s
  join (
    select v.name, v.root, v.since, lead(v.since) over (partition by v.name order by v.since) as until
    from name_spans v where v.name = any(names)) k
    on k.name = s.person and k.since <= s.added_at and coalesce(k.until, 'infinity') > s.added_at - interval '7 days'
  where s.person = any(names) and s.source not in ('preference', 'typed') and k.root <> s.person
  order by k.root, s.person
  on conflict (person) do update set reason = excluded.reason, source = excluded.source, added_at = excluded.added_at
  where suppressions.source = 'preference' and excluded.source <> 'meta';
  insert into suppressions (person, reason, source, added_at)
  select distinct on (k.root) k.root, k.reason, 'typed', k.added_at
  from (
    select owner_of(w.name, w.at) as root, w.reason, w.at, w.name, w.added_at from written_stops w where w.name = any(names)) k
  order by k.root, k.at, k.name
  on conflict (person) do update set reason = excluded.reason, source = excluded.source, added_at = excluded.added_at
  where suppressions.source = 'preference';
end $function$;

CREATE OR REPLACE FUNCTION public.settle_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from name_spans s where s.name = new.name) then perform settle(array[new.name]); end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.share_of(rate double precision, processes bigint, place bigint)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when processes = 1 then rate
    else floor(rate)::int / processes + (place < floor(rate)::int % processes)::int end
$function$;

CREATE OR REPLACE FUNCTION public.skip_doubles(campaign_ text, loader_ text, most_ integer, OUT held boolean, OUT state text, OUT more boolean, OUT doubles integer)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
begin
  select k.state into state from keep_hold(campaign_, loader_) k;
  held := found;
  if not held then
    select k.state into state from campaigns k where k.id = campaign_;
    return;
  end if;
  more := mark_doubles(campaign_, most_) = most_;
  -- Whoever waits for the campaign finds it held, however long that took.
  perform from keep_hold(campaign_, loader_);
  select count(r.double_of) into doubles from requests r where r.campaign_id = campaign_;
end $function$;

CREATE OR REPLACE FUNCTION public.spelled(digits text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when left(digits, 2) in ('52', '54', '55', '22') then (spellings_of(digits))[1] else digits end
$function$;

CREATE OR REPLACE FUNCTION public.spelled_number(number_ text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when substr(number_, 2, 2) in ('52', '54', '55', '22')
    then '+' || (spellings_of(substr(number_, 2)))[1] else number_ end
$function$;

CREATE OR REPLACE FUNCTION public.spellings_of(digits text)
 RETURNS text[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
declare
  n constant integer := length(digits);
  rest text;
  front text;
  at_ integer;
begin
  case left(digits, 2)
  when '52' then
    if n = 12 then rest := substr(digits, 3);
    elsif n = 13 and substr(digits, 3, 1) = '1' then rest := substr(digits, 4);
    else return array[digits]; end if;
    return array['52' || rest, '521' || rest];
  when '55' then
    if n = 12 then rest := substr(digits, 5);
    elsif n = 13 and substr(digits, 5, 1) = '9' then rest := substr(digits, 6);
    else return array[digits]; end if;
    if rest < '6' then return array[digits]; end if;
    return array[left(digits, 4) || rest, left(digits, 4) || '9' || rest];
  when '54' then
    rest := case when n in (12, 14) then substr(digits, 3)
      when n in (13, 15) and substr(digits, 3, 1) = '9' then substr(digits, 4) end;
    if rest is null then return array[digits]; end if;
    if length(rest) = 12 then
      at_ := case
        when left(rest, 4) = '1115' then 2
        when left(rest, 1) not in ('2', '3') then null
        when substr(rest, 5, 2) = '15' then 4
        when substr(rest, 4, 2) = '15' then 3 end;
      if at_ is null then return array[digits]; end if;
      rest := left(rest, at_) || substr(rest, at_ + 3);
    end if;
    return case
      when left(rest, 2) = '11' then array['54' || rest, '549' || rest,
        '5411' || '15' || substr(rest, 3), '54911' || '15' || substr(rest, 3)]
      when left(rest, 1) in ('2', '3') then array['54' || rest, '549' || rest,
        '54' || left(rest, 3) || '15' || substr(rest, 4), '549' || left(rest, 3) || '15' || substr(rest, 4),
        '54' || left(rest, 4) || '15' || substr(rest, 5), '549' || left(rest, 4) || '15' || substr(rest, 5)]
      else array['54' || rest, '549' || rest] end;
  when '22' then
    if left(digits, 3) = '225' and n in (11, 13) then
      rest := right(digits, 8);
      front := case when substr(rest, 2, 1) <= '3' then '01' when substr(rest, 2, 1) <= '6' then '05' else '07' end;
      if left(rest, 1) in ('1', '2', '3') or (n = 13 and substr(digits, 4, 2) <> front) then return array[digits]; end if;
      return array['225' || rest, '225' || front || rest];
    elsif left(digits, 3) = '229' and (n = 11 or (n = 13 and substr(digits, 4, 2) = '01')) then
      rest := right(digits, 8);
      return array['229' || rest, '22901' || rest];
    end if;
    return array[digits];
  else
    return array[digits];
  end case;
end $function$;

CREATE OR REPLACE FUNCTION public.store_webhooks(digests bytea[], bodies text[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  today constant date := (now_() at time zone 'UTC')::date;
  n integer;
begin
  for try in 1..2 loop
    begin
      with stored as (
        insert into webhook_deliveries (day, digest, body)
        select distinct on (d.digest) today, d.digest, d.body
        from unnest(digests, bodies) as d(digest, body)
        where (
          select w.id from webhook_deliveries w
          where w.day >= today - 7 and w.day < today and w.digest = d.digest limit 1) is null
        order by d.digest
        on conflict do nothing
        returning day, id, octet_length(body) as bytes)
      insert into webhook_queue (id, day, bytes) select s.id, s.day, s.bytes from stored s;
      get diagnostics n = row_count;
      return n;
    exception when check_violation then
      -- No partition: nobody has made this day yet.
      if try = 2 then raise; end if;
      perform make_webhook_day(today);
    end;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.subscriptions_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform refresh_event_wants();
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.take_back_word()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- Of one that goes to another name, the word has gone there already.
  delete from permission_events e where e.sender_id = old.sender_id and e.key = old.key and e.person = old.person;
  if not found then return null; end if;
  perform rebook(old.person);
  insert into permissions as p (sender_id, person, status, at, source, cut_at)
  select old.sender_id, old.person, 'none', '-infinity', 'number-change', old.cut_at where old.cut_at > '-infinity'
  on conflict (sender_id, person) do update set cut_at = greatest(p.cut_at, excluded.cut_at);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.take_events(subscription text, claim text, most integer, lease_ms double precision)
 RETURNS TABLE(pos bigint, tries integer, id text, type text, at timestamp with time zone, data jsonb)
 LANGUAGE plpgsql
 SET jit TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  now constant timestamptz := now_();
  s event_subscriptions;
begin
  select * into s from event_subscriptions x
  where x.id = subscription and x.disabled_at is null and x.removed_at is null for no key update;
  if s.id is null or s.hold_until > now then return; end if;
  return query
  with due as (
    select d.pos from event_deliveries d
    where d.subscription_id = subscription and d.next_at <= now
    order by d.next_at, d.pos limit case when s.failures >= 10 then 1 else most end for update skip locked
  ), taken as (
    update event_deliveries d
    set next_at = now + lease_ms * interval '1 ms', taken_by = claim, taken_until = clock_timestamp() + lease_ms * interval '1 ms',
      tries = d.tries + 1, first_tried_at = coalesce(d.first_tried_at, now)
    from due where d.subscription_id = subscription and d.pos = due.pos
    returning d.pos, d.day, d.tries
  )
  select t.pos, t.tries, e.id, e.type, e.at, e.data
  from taken t left join events e on e.pos = t.pos and e.day = t.day
  order by t.pos;
  -- Jobs are added in their order, by one process at a time; and where nothing gets through, one is tried and no more.
  if found and (s.kind = 'queue' or s.failures >= 10) then
    update event_subscriptions x set hold_until = now + lease_ms * interval '1 ms' where x.id = subscription;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.take_turn_for(names text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  if exists (select from unnest(names) t where (select true from name_spans s where s.name = t limit 1)) then
    perform pg_advisory_xact_lock(hashtextextended('callpermit names', 0));
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.take_turn_or_leave(entries jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  if pg_try_advisory_xact_lock(hashtextextended('callpermit names', 0)) then return true; end if;
  insert into names_to_learn (a, b, at, told_by)
  select e.a, e.b, e.at, e."senderId" from jsonb_to_recordset(entries) as e(a text, b text, at timestamptz, "senderId" text);
  return false;
end $function$;

CREATE OR REPLACE FUNCTION public.take_webhooks(most integer, most_bytes bigint, lease_ms double precision, min_age_ms double precision)
 RETURNS TABLE(id text, day text, body text, received_at timestamp with time zone, tries integer)
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
begin
  if not pg_try_advisory_xact_lock_shared(hashtextextended('callpermit applying', 0)) then return; end if;
  return query
  with free as materialized (
    select q.id, q.bytes from webhook_queue q
    where (q.taken_until is null or q.taken_until < clock_timestamp())
      and q.received_at <= clock_timestamp() - min_age_ms * interval '1 ms'
    order by q.id limit most for no key update skip locked
  ), few as (
    select f.id, coalesce(sum(f.bytes) over (order by f.id rows between unbounded preceding and 1 preceding), 0) as before
    from free f
  ), taken as (
    update webhook_queue q
    set taken_until = clock_timestamp() + lease_ms * interval '1 ms', tries = q.tries + 1
    from few where q.id = few.id and few.before < most_bytes
    returning q.id, q.day, q.tries
  )
  select d.id::text, d.day::text, d.body, d.received_at, t.tries
  from taken t join webhook_deliveries d on d.day = t.day and d.id = t.id
  order by d.id;
end $function$;

CREATE OR REPLACE FUNCTION public.tally(campaign_ text, accepted_ integer, errors_ integer)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  c campaigns;
begin
  select * into c from campaigns where id = campaign_ for no key update;
  if not found then return false; end if;
  if accepted_ > 0 then
    c.streak_key := null;
    c.streak_count := 0;
    c.streak_fences := '{}';
  end if;
  c.errors := c.errors + errors_;
  c.settled := c.settled + errors_ + accepted_;
  if c.state = 'running' and errors_ > 0 and (coalesce(c.errors > c.max_errors, false)
    or coalesce(c.settled >= 20 and c.errors * 100.0 > c.max_errors_percent * c.settled, false)) then
    c.state := 'paused';
    c.reason := jsonb_build_object('by', 'us', 'scope', 'campaign', 'message',
      format('%s of %s were rejected or are uncertain: more than --max-errors allows', c.errors, c.settled));
  end if;
  update campaigns set state = c.state, reason = c.reason, streak_key = c.streak_key, streak_count = c.streak_count,
    streak_fences = c.streak_fences, errors = c.errors, settled = c.settled
  where id = campaign_;
  return c.state = 'paused';
end $function$;

CREATE OR REPLACE FUNCTION public.tell_campaign()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', new.id, 'state', new.state)::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.tell_expiring(most integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  now constant timestamptz := now_();
  n integer;
begin
  if not exists (select from event_wants w where w.only_row and w.until > clock_timestamp() and 'permission.expiring' = any(w.types))
  then return 0; end if;
  with due as (
    select p.sender_id, p.person from permissions p
    where p.status = 'temporary' and p.expiring_told is distinct from p.expires_at
      and p.expires_at > now and p.expires_at <= now + interval '24 hours'
    order by p.sender_id, p.person limit most for no key update skip locked
  ), told as (
    update permissions p set expiring_told = p.expires_at
    from due d where p.sender_id = d.sender_id and p.person = d.person
    returning p.*
  )
  insert into new_events (type, at, person, word_sender, word_key, data)
  select 'permission.expiring', now, t.person, t.sender_id, t.key, jsonb_build_object(
    'senderId', t.sender_id, 'state', t.status, 'until', t.expires_at, 'reason', t.source)
  from told t;
  get diagnostics n = row_count;
  return n;
end $function$;

CREATE OR REPLACE FUNCTION public.tidy_events(most integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  n integer;
  m integer;
begin
  update event_subscriptions s set removed_at = now_()
  where s.removed_at is null and s.until < clock_timestamp();
  delete from event_deliveries d using (
    select x.subscription_id, x.pos from event_deliveries x
    where x.subscription_id in (select s.id from event_subscriptions s where s.removed_at is not null) limit most) g
  where d.subscription_id = g.subscription_id and d.pos = g.pos;
  get diagnostics n = row_count;
  update event_deliveries d set dead_at = now_(), next_at = null, error = coalesce(g.why, 'disabled')
  from (
    select x.subscription_id, x.pos, s.disabled_why as why from event_subscriptions s
    join event_deliveries x on x.subscription_id = s.id and x.dead_at is null
    where s.disabled_at is not null and s.removed_at is null limit most) g
  where d.subscription_id = g.subscription_id and d.pos = g.pos;
  get diagnostics m = row_count;
  delete from event_subscriptions s
  where s.removed_at is not null and not exists (select from event_deliveries d where d.subscription_id = s.id);
  perform refresh_event_wants();
  return n + m;
end $function$;

CREATE OR REPLACE FUNCTION public.waiting_singles(sender text, batches bigint[])
 RETURNS TABLE(batch bigint, request bigint)
 LANGUAGE sql
 STABLE ROWS 1
AS $function$
  select b.n, r.id from unnest(batches) as b(n)
  cross join lateral (
    select q.id, q.campaign_id from requests q
    where q.sender_id = sender and q.batch = b.n and q.state = 'queued' order by q.id limit 1) r
  join campaigns c on c.id = r.campaign_id
  where c.single and c.state = 'running'
$function$;

CREATE OR REPLACE FUNCTION public.want_check(sender text, person_ text, why_ text)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into permission_checks as c (sender_id, person, due_at, why) values (sender, person_, now_(), why_)
  on conflict (sender_id, person) do update
  set due_at = least(c.due_at, excluded.due_at), why = excluded.why, tries = 0
  where c.tries > 1
$function$;

CREATE OR REPLACE FUNCTION public.without_names(text_ text, names text[])
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select regexp_replace(text_, '\m(' || array_to_string(array(select replace(n, '.', '\.') from unnest(names) n), '|') || ')\M', '***', 'g')
$function$;

CREATE OR REPLACE FUNCTION public.word_rank(status text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when status in ('temporary', 'permanent') then 0 else 1 end
$function$;
