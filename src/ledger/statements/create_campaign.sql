-- Makes a campaign, unless its idempotency key belongs to one. Its senders need not have worked yet:
-- the rate comes with the first process that does.
-- $1 id  $2 sender ids, the first one first  $3 template  $4 language  $5 parameter format
-- $6 header parameters  $7 body parameters  $8 idempotency key  $9 fingerprint of the spec
-- $10 max errors  $11 in percent  $12 single  $13 weight  $14 on pair limit  $15 include granted
-- $16 include declined  $17 start at  $18 expire at  $19 quiet from  $20 quiet to
-- $21 sha256 of the body, where the list came inline  $22 name  $23 starts once its list is in
with sender as (
  insert into senders (id, account, rate_allowed, rate_now)
  select s, s, 1, 1 from unnest($2::text[]) s order by s
  on conflict do nothing
)
insert into campaigns (id, sender_id, sender_ids, template, language, parameter_format,
  header_parameters, body_parameters, idempotency_key, spec_sha256, max_errors, max_errors_percent,
  single, weight, on_pair_limit, include_granted, include_declined, start_at, expire_at, quiet_from, quiet_to,
  body_sha256, name, start_when_in)
values ($1, ($2::text[])[1], $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
  $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
on conflict (idempotency_key) do nothing
returning id
