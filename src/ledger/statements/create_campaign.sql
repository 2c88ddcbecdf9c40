-- Makes a campaign, or finds the one its idempotency key belongs to.
-- $1 id  $2 sender id  $3 template  $4 language  $5 parameter format  $6 header parameters
-- $7 body parameters  $8 idempotency key  $9 fingerprint of the spec
insert into campaigns (id, sender_id, template, language, parameter_format, header_parameters,
  body_parameters, idempotency_key, spec_sha256)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (idempotency_key) do nothing
returning id
