-- Makes a sender known; its rate comes from the heartbeats of its processes.
-- $1 id  $2 account (its WABA, else itself)  $3 messages a second
insert into senders (id, account, rate_allowed, rate_now) values ($1, $2, $3, $3)
on conflict (id) do update set account = excluded.account where senders.account <> excluded.account
