-- What transactions from number $1 on have written, with the names of the simulation's tables. Nothing runs beside
-- it, so each of them is committed. How many requests there are tells whether some were removed.
select
  pg_snapshot_xmax(pg_current_snapshot())::text as next,
  (select count(*)::int from requests) as requests,
  (select json_agg(json_build_object(
      'id', id::text, 'campaign', campaign_id, 'sender', sender_id, 'row', row, 'to', to_number,
      'language', language, 'parameters', parameters, 'state', state, 'isDouble', double_of is not null, 'fence', fence,
      'batch', batch, 'epoch', epoch, 'epochFence', epoch_fence, 'proofFence', proof_fence, 'attempts', attempts,
      'claimId', claim_id, 'leaseUntil', ms_of(lease_until), 'dueAt', ms_of(due_at), 'queuedAt', ms_of(queued_at),
      'checkAt', case when check_at is not null then ms_of(check_at) end, 'checks', checks,
      'reservedAt', ms_of(reserved_at), 'wamid', wamid, 'waId', wa_id, 'errorCode', error_code, 'reason', reason,
      'finding', finding) order by id)
    from requests where xmin::text::bigint >= $1) as rows,
  (select json_agg(json_build_object(
      'id', id, 'state', state, 'reason', reason, 'senderIds', sender_ids, 'listSha256', list_sha256,
      'errors', errors, 'fingerprint', spec_sha256, 'body', body_sha256, 'loader', loader,
      'loaderUntil', ms_of(loader_until), 'pausedBy', reason->>'streak', 'streak', case when streak_key is not null then
        json_build_object('key', streak_key, 'marks', streak_fences) end,
      'spec', json_strip_nulls(json_build_object('senderId', sender_id, 'senderIds', sender_ids, 'template', template,
        'language', language, 'parameterFormat', parameter_format, 'headerParameters', header_parameters,
        'bodyParameters', body_parameters, 'idempotencyKey', idempotency_key, 'single', single,
        'maxErrors', case when max_errors is not null then json_build_object('count', max_errors) end)))
      order by created_at, id)
    from campaigns where xmin::text::bigint >= $1) as campaigns,
  (select json_agg(json_build_object(
      'id', id, 'account', account, 'probes', probes, 'rate', rate_now, 'rateAllowed', rate_allowed,
      'rateReason', rate_reason, 'throttledAt', ms_of(throttled_at), 'climbedAt', ms_of(climbed_at),
      'nextSlot', ms_of(next_slot), 'sharedSlot', ms_of(shared_slot), 'claimedAt', ms_of(claimed_at),
      'sharers', array(select json_build_object('id', m.id, 'until', ms_of(m.until), 'slot',
        case when m.slot is not null then ms_of(m.slot) end, 'begins', case when m.begins is not null then ms_of(m.begins) end)
        from unnest(sharers, sharers_until, sharers_slots, sharers_from) as m(id, until, slot, begins)), 'holdUntil', ms_of(hold_until),
      'singles', array(select json_build_object('batch', o.batch, 'until', ms_of(o.until)) from unnest(singles, singles_until) as o(batch, until)),
      'nextCheck', ms_of(next_check), 'breaker', case when closed_at is not null then
        json_build_object('reason', closed_reason, 'probeAt', ms_of(probe_at)) end) order by id)
    from senders where xmin::text::bigint >= $1) as senders,
  (select json_agg(json_build_object(
      'key', account || ' ' || name || ' ' || language, 'probes', probes, 'breaker', case when closed_at is not null then
        json_build_object('reason', closed_reason, 'probeAt', ms_of(probe_at)) end))
    from template_breakers where xmin::text::bigint >= $1) as templates,
  (select json_agg(json_build_object('key', sender_id || ' ' || person, 'asks', array(
      select json_build_object('request', a.request::text, 'fence', a.fence, 'at', ms_of(a.at)) from unnest(asks) a))
      order by sender_id, person)
    from pairs where xmin::text::bigint >= $1) as pairs,
  (select json_agg(json_build_object('number', number, 'waId', wa_id)) from wa_ids where xmin::text::bigint >= $1) as wa_ids,
  (select json_agg(person) from suppressions where xmin::text::bigint >= $1) as suppressed,
  (select json_agg(sender_id || ' ' || person) from permissions where status = 'permanent') as granted,
  (select json_agg(claim_id) from dead_claims where xmin::text::bigint >= $1) as dead_claims,
  (select json_agg(json_build_object('key', sender_id || ' ' || id, 'seenAt', ms_of(seen_at), 'rate', messages_per_second))
    from workers) as workers
