-- Keys of the HTTP API. Of a key only the hash is kept: who reads the ledger, or a backup of it, cannot call with it.
-- `last_used_at` is written at most once a minute a key.
create table api_keys (
  id text primary key,
  name text not null,
  scope text not null check (scope in ('read', 'send', 'admin')),
  sha256 bytea not null unique check (length(sha256) = 32),
  created_at timestamptz not null default now_(),
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- The name of a revoked key may be given again.
create unique index api_keys_name on api_keys (name) where revoked_at is null;
