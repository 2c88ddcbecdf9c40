-- Nothing more is told to a subscription until its address changes.
-- $1 id  $2 why
update event_subscriptions set disabled_at = now_(), disabled_why = $2 where id = $1 and disabled_at is null
