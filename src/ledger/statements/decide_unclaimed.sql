-- Decides the rows a claim left over: opt-outs and people who have answered are skipped, those over the
-- pair limit wait or are skipped as their campaign says, those in quiet hours wait. Rows that are not
-- waiting in this very batch are 'not-queued': they were claimed or fed again since, and nothing
-- changes. Rows whose campaign, sender or
-- template is closed, or whose budget is used up, go back to pending, to be fed again when it opens.
-- Rows are found by id alone, with a state no index knows: a table that was never analysed is else read by another index.
-- $1 sender id  $2 request ids  $3 their batches  $4 pair limit per day  $5 pair limit per week
with given as materialized (
  select j.id, j.batch, j.n
  from unnest($2::bigint[], $3::bigint[]) with ordinality as j(id, batch, n)
), rows as materialized (
  select r.id, r.batch, r.campaign_id, r.sender_id, r.to_number, r.language, r.zones, r.not_after
  from requests r
  where r.id = any($2::bigint[]) and r.state || '' = 'queued' and r.sender_id || '' = $1
  order by r.id
  for no key update
), found as materialized (
  select r.id, r.not_after, c.state as campaign_state, c.on_pair_limit,
    s.closed_at is not null or t.closed_at is not null or coalesce(b.remaining <= 0, false) as closed,
    coalesce(w.wa_id, ltrim(r.to_number, '+')) as person,
    barred($1, r.to_number, w.wa_id, c.include_granted, c.include_declined) as barred,
    case when c.quiet_from is not null
      then quiet_until(r.zones, c.quiet_from, c.quiet_to, now_() + interval '10 s') end as quiet
  from (select distinct id, batch from given) given
  join rows r on r.id = given.id and r.batch = given.batch
  join campaigns c on c.id = r.campaign_id
  join senders s on s.id = r.sender_id
  left join portfolios b on b.id = s.portfolio and b.daily_limit is not null and b.counted_at > clock_timestamp() - interval '5 minutes'
  left join template_breakers t
    on t.account = s.account and t.name = c.template and t.language = r.language
  left join lateral (select v.wa_id from wa_ids v where v.number = r.to_number limit 1) w on true
), judged as materialized (
  select f.*, pair_frees_at($1, f.person, $4, $5) as frees_at
  from found f
), decided as materialized (
  select id,
    case
      when campaign_state = 'cancelled' then 'cancelled'
      when not_after <= now_() then 'expired'
      when campaign_state <> 'running' then 'pending'
      when barred is not null then 'skipped'
      when closed then 'pending'
      when quiet = 'infinity' then 'skipped'
      when frees_at is not null and (on_pair_limit = 'skip' or frees_at >= not_after) then 'skipped'
      when frees_at is not null or quiet is not null then 'pending'
    end as state,
    case
      when campaign_state <> 'running' then null
      when barred is not null then barred
      when closed then null
      when frees_at is not null then 'pair-limit'
      when quiet is not null then 'quiet-hours'
    end as why,
    case when campaign_state = 'running' and barred is null and not closed then coalesce(frees_at, quiet) end as next_at
  from judged
), moved as (
  update requests r
  set state = d.state,
    due_at = case when d.state = 'pending' then coalesce(d.next_at, r.due_at) else r.due_at end,
    reason = case when d.state in ('cancelled', 'expired') then d.state else coalesce(d.why, r.reason) end
  from decided d
  where r.id = d.id and d.state is not null
  returning r.id, r.state
)
select given.n::int as n,
  case when moved.id is not null then moved.state
    when decided.id is not null then 'later'
    else 'not-queued' end as fate
from given
left join decided on decided.id = given.id
left join moved on moved.id = given.id
order by given.n
