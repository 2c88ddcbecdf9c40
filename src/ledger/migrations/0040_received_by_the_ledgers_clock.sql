-- A delivery is received by the ledger's clock, as its day is: what it tells is bounded by that time, and looked for by those
-- of requests. By another clock an answer after `callpermit clock advance` was dated before its request.
-- clock_timestamp(), not now_(): ids rise with these times, also of those who waited for others in their statement.
create function ledger_clock_now() returns timestamptz language sql volatile as
  $$ select clock_timestamp() + (select ahead from ledger_clock) $$;

alter table webhook_deliveries alter column received_at set default ledger_clock_now();
