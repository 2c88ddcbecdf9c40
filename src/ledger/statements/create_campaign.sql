-- Makes a campaign, unless its idempotency key belongs to one. Its sender need not have worked yet:
-- the rate comes with the first process that does.
-- $1 id  $2 sender id  $3 template  $4 language  $5 parameter format  $6 header parameters
-- $7 body parameters  $8 idempotency key  $9 fingerprint of the spec  $10 max errors  $11 in percent
with sender as (
  insert into senders (id, account, rate_allowed, rate_now) values ($2, $2, 1, 1) on conflict do nothing
)
insert into campaigns (id, sender_id, template, language, parameter_format, header_parameters,
  body_parameters, idempotency_key, spec_sha256, max_errors, max_errors_percent)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (idempotency_key) do nothing
returning id
