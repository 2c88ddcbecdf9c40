-- People who log in, their sessions, and who did what.

-- `password_hash` says how it was made: scrypt$N$r$p$salt$hash.
create table users (
  id text primary key,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  password_hash text not null,
  created_at timestamptz not null default now_(),
  password_at timestamptz not null default now_(),
  last_log_in_at timestamptz,
  disabled_at timestamptz
);
create unique index users_name on users (lower(name));

-- Of a session's token only the hash is kept: who reads the ledger, or a backup of it, has no session by it. `last_seen_at` is
-- written at most once a minute. What ended stays for 30 days: one that is used again is told from one that never was, and
-- from where somebody logs in is known.
create table sessions (
  id text primary key,
  sha256 bytea not null unique check (length(sha256) = 32),
  user_id text not null references users on delete cascade,
  address text not null,
  created_at timestamptz not null default now_(),
  last_seen_at timestamptz not null default now_(),
  ends_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_user on sessions (user_id, created_at);
create index sessions_end on sessions (ends_at);

-- Who did what, when. `person`: whom it was done to, by the name that opt-outs have, and nowhere else in the row.
-- `times`: rows of what happens too often for one each are of a minute.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now_(),
  kind text not null check (kind in ('user', 'proxy', 'key', 'password', 'command', 'nobody')),
  who text not null,
  role text,
  what text not null,
  target text,
  person text,
  outcome text not null check (outcome in ('done', 'refused', 'failed')),
  status smallint,
  request_id text,
  times integer not null default 1 check (times > 0),
  minute timestamptz
);
create unique index audit_log_minute on audit_log (minute, kind, who, what, outcome, status) nulls not distinct where minute is not null;
create index audit_log_person on audit_log (person) where person is not null;

-- Takes a person out of the log: that something was done stays, and to whom is not known any more.
create function erase_audit(names text[]) returns void language plpgsql as $$
begin
  update audit_log a set person = null, target = 'forgotten' where a.person = any(names);
  update audit_log a set target = without_names(a.target, names)
  where exists (select from unnest(names) w where strpos(a.target, w) > 0);
end $$;
