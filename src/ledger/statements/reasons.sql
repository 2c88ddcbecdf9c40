-- A campaign's requests grouped by what became of them and why: for people who ask "why". What is due already has no
-- time; one that Meta refused since the person was asked too often (138009) is due when its allowance is free.
-- Read are those of whom there is something to say, by an index of their own; all others are counted as they change, had
-- one try, or none yet. `campaign_id || ''`, and a state from it to itself, so that no other index is taken.
-- $1 campaign id  $2 pair limit per day  $3 pair limit per week
with clock as materialized (
  select now_() as now
), said as materialized (
  select r.state, r.error_code, r.reason, count(*)::int as n, max(r.attempts) as attempts, min(r.id) as one
  from requests r
  where r.campaign_id || '' = $1
    and (r.reason is not null or r.error_code is not null or r.error_message is not null or r.finding is not null
      or r.double_of is not null or r.attempts > case when r.state in ('sending', 'accepted', 'already-granted', 'rejected') then 1 else 0 end)
  group by 1, 2, 3
), counted as materialized (
  select k.state, sum(k.n)::int as n from request_counts k where k.campaign_id = $1 group by k.state
  union all
  select r.state, count(*)::int from campaigns c join requests r on r.campaign_id = c.id where c.id = $1 and c.single group by r.state
), grouped as (
  select g.state, g.error_code, g.reason, sum(g.n)::int as n, max(g.attempts) as attempts, min(g.one) as one
  from (
    select s.state, s.error_code, s.reason, s.n, s.attempts, s.one from said s
    union all
    select c.state, null, null, c.n - coalesce((select sum(s.n) from said s where s.state = c.state), 0),
      case when c.state in ('sending', 'accepted', 'already-granted', 'rejected') then 1 else 0 end, null
    from counted c) g
  group by 1, 2, 3
  having sum(g.n) > 0
), times as materialized (
  select 'pending' as state, r.error_code, r.reason, min(case
    when r.due_at > clock.now then r.due_at
    when r.reason = 'pair-limit' then pair_frees_at(r.sender_id, ltrim(r.to_number, '+'), $2, $3) end) as next_at
  from requests r cross join clock
  where r.campaign_id || '' = $1 and r.state >= 'pending' and r.state <= 'pending'
    and (r.reason is not null or r.error_code is not null or r.error_message is not null or r.finding is not null
      or r.double_of is not null or r.attempts > case when r.state in ('sending', 'accepted', 'already-granted', 'rejected') then 1 else 0 end)
  group by 2, 3
  union all
  select 'pending', null, null, min(d.due_at)
  from clock cross join pending_kinds($1, null) k cross join lateral (
    select r.due_at from requests r
    where r.campaign_id = $1 and r.sender_id = k.sender_id and r.language = k.language and r.state = 'pending'
      and r.due_at > clock.now and r.reason is null and r.error_code is null
    order by r.due_at, r.id limit 1) d
  union all
  select 'uncertain', r.error_code, r.reason, min(r.check_at)
  from requests r cross join clock
  where r.campaign_id || '' = $1 and r.state >= 'uncertain' and r.state <= 'uncertain' and r.check_at > clock.now
    and (r.reason is not null or r.error_code is not null or r.error_message is not null or r.finding is not null
      or r.double_of is not null or r.attempts > case when r.state in ('sending', 'accepted', 'already-granted', 'rejected') then 1 else 0 end)
  group by 2, 3
)
select g.state, g.error_code, g.reason, g.n as count, r.error_message as message, r.double_of, r.finding, g.attempts,
  (select min(t.next_at) from times t
    where t.state = g.state and t.error_code is not distinct from g.error_code and t.reason is not distinct from g.reason) as next_at
from grouped g left join requests r on r.id = g.one
order by g.state, g.n desc
