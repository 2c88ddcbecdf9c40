-- Makes a sender known; its rate comes from the heartbeats of its processes. One that is known as it is stays unlocked:
-- each list and each single request asks for this, and would wait for a claim and keep the next one waiting.
-- $1 id  $2 account (its WABA, else itself)  $3 messages a second
insert into senders (id, account, rate_allowed, rate_now)
select $1, $2, $3::float8, $3::float8
where not exists (select from senders s where s.id = $1 and s.account = $2)
on conflict (id) do update set account = excluded.account where senders.account <> excluded.account
