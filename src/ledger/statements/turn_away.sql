-- Decides the jobs a claim left over: opt-outs and people who have answered are skipped, those over the
-- pair limit wait or are skipped as their campaign says, those in quiet hours wait. Rows that are not waiting for this very job are 'foreign': the
-- job was doubled, forged, or fed again since, and changes nothing. Rows whose campaign, sender or
-- template is closed, or whose budget is used up, go back to pending, to be fed again when it opens.
-- `state || ''`: by id they are found one by one; the index of queued rows, which holds thousands, would be
-- read whole for each batch (measured: 25 ms instead of 1).
-- $1 sender id  $2 request ids  $3 feed numbers  $4 pair limit per day  $5 pair limit per week
with jobs as materialized (
  select j.id, j.feed, j.n
  from unnest($2::bigint[], $3::int[]) with ordinality as j(id, feed, n)
), found as materialized (
  select r.id, r.not_after, c.state as campaign_state, c.on_pair_limit,
    s.closed_at is not null or t.closed_at is not null or coalesce(b.remaining <= 0, false) as closed,
    coalesce(w.wa_id, ltrim(r.to_number, '+')) as person,
    case
      when exists (select from suppressions x
        where x.person in (ltrim(r.to_number, '+'), w.wa_id)) then 'suppressed'
      when x.status in ('temporary', 'permanent') and not may_ask(x, c.include_granted, c.include_declined) then 'already-granted'
      when x.sender_id is not null and not may_ask(x, c.include_granted, c.include_declined) then 'declined'
    end as barred,
    case when c.quiet_from is not null
      then quiet_until(r.zones, c.quiet_from, c.quiet_to, now_() + interval '10 s') end as quiet
  from (select distinct id, feed from jobs) jobs
  join requests r on r.id = jobs.id and r.feed = jobs.feed
  join campaigns c on c.id = r.campaign_id
  join senders s on s.id = r.sender_id
  left join portfolios b on b.id = s.portfolio and b.daily_limit is not null and b.counted_at > clock_timestamp() - interval '5 minutes'
  left join template_breakers t
    on t.account = s.account and t.name = c.template and t.language = r.language
  left join wa_ids w on w.number = r.to_number
  left join permissions x on x.sender_id = $1 and x.person = coalesce(w.wa_id, ltrim(r.to_number, '+'))
  where r.state || '' = 'queued' and r.sender_id = $1
  order by r.id
  for update of r
), judged as materialized (
  select f.*, frees.at as frees_at
  from found f
  left join lateral (
    -- The time at which one more may be asked: when the oldest of the last N leaves its window.
    select greatest(
      case when count(*) filter (where a > now_() - interval '24 hours') >= $4
        then (array_agg(a order by a desc))[$4] + interval '24 hours' end,
      case when count(*) filter (where a > now_() - interval '7 days') >= $5
        then (array_agg(a order by a desc))[$5] + interval '7 days' end) as at
    from pairs p, unnest(p.asked) a
    where p.sender_id = $1 and p.person = f.person
  ) frees on true
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
), turned as (
  update requests r
  set state = d.state,
    due_at = case when d.state = 'pending' then coalesce(d.next_at, r.due_at) else r.due_at end,
    reason = case when d.state in ('cancelled', 'expired') then d.state else coalesce(d.why, r.reason) end
  from decided d
  where r.id = d.id and d.state is not null
  returning r.id, r.state
)
select jobs.n::int as n,
  case when turned.id is not null then turned.state
    when decided.id is not null then 'later'
    else 'foreign' end as fate
from jobs
left join decided on decided.id = jobs.id
left join turned on turned.id = jobs.id
order by jobs.n
