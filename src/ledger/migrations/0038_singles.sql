-- Single requests made and started by one statement, some of different callers in one transaction: made like lists, each took
-- six transactions, and 75 to 120 a second were all that went through (callers waited 22 to 38 s at 300 a second).
-- Gives the ids of those that are there then. Not made is what only the long way can judge: an idempotency key that is taken,
-- or all of them where somebody was forgotten since the caller looked. One whose answer was lost is made once, by its id.
create function make_singles(entries jsonb, generation_ bigint) returns setof text language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set jit = off as $$
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
end $$;
