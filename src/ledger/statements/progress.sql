-- What a progress bar polls: counts by state, and how much of the rest is due later than five minutes: by its own
-- time, because the daily budget of its sender's portfolio frees only then, or because the person was asked too often:
-- a refusal for that (138009) makes its row due at once, and only the next claim writes down when it really is.
-- Counted are whole hours; of the hour in which the five minutes end, the rows themselves. Of people who were asked too
-- often and are due by their rows the first three hundred are looked up: a claim takes them within seconds.
-- $1 campaign id  $2 pair limit per day  $3 pair limit per week
with clock as materialized (
  select now_() as now, now_() + interval '5 minutes' as soon
), full_ones as materialized (
  select s.id, b.id as portfolio, b.daily_limit, b.frees_at
  from campaigns c
  join senders s on s.id = any(c.sender_ids)
  join portfolios b on b.id = s.portfolio and b.daily_limit is not null and b.remaining = 0
    and b.counted_at > clock_timestamp() - interval '5 minutes'
  where c.id = $1
), counted as materialized (
  select k.state, k.sender_id, k.due, sum(k.n)::int as n from request_counts k
  where k.campaign_id = $1 group by 1, 2, 3 having sum(k.n) > 0
  union all
  select r.state, r.sender_id, due_hour(r.state, r.due_at), 1 from campaigns c join requests r on r.campaign_id = c.id
  where c.id = $1 and c.single
), kinds as materialized (
  select k.sender_id, k.language, f.frees_at, coalesce(f.frees_at > clock.soon, false) as waits
  from pending_kinds($1, null) k cross join clock left join full_ones f on f.id = k.sender_id
), too_often as materialized (
  select pair_frees_at(r.sender_id, ltrim(r.to_number, '+'), $2, $3) as at
  from (
    select q.sender_id, q.to_number from requests q
    where q.campaign_id = $1 and q.state = 'pending' and q.reason = 'pair-limit' and q.due_at <= (select now from clock)
      and q.sender_id not in (select k.sender_id from kinds k where k.waits)
    limit 300) r
), pending as (
  -- Of senders whose budget is used up all; of the others those of later hours, and of this one those of its end.
  select sum(c.n) as n from counted c cross join clock
  where c.state = 'pending' and (c.due > clock.soon
    or exists (select from kinds k where k.sender_id = c.sender_id and k.waits))
  union all
  select sum(x.n) from kinds k cross join clock cross join lateral (
    select count(*) as n from requests r
    where r.campaign_id = $1 and r.sender_id = k.sender_id and r.language = k.language and r.state = 'pending'
      and r.due_at > clock.soon and r.due_at < due_hour('pending', clock.soon) + interval '1 hour') x
  where not k.waits
  union all
  select count(*) from too_often t cross join clock where t.at > clock.soon
), checks as materialized (
  select count(*)::int as n, count(*) filter (where r.check_at > clock.soon)::int as later,
    min(r.check_at) filter (where r.check_at > clock.now) as at
  from requests r cross join clock
  where r.campaign_id = $1 and r.state = 'uncertain' and r.check_at is not null
), next_ones as (
  -- No sooner than the budget frees, where it is used up.
  select greatest(k.frees_at, (
    select r.due_at from requests r
    where r.campaign_id = $1 and r.sender_id = k.sender_id and r.language = k.language and r.state = 'pending'
      and r.due_at >= case when k.frees_at > clock.now then '-infinity'::timestamptz else clock.now end
    order by r.due_at, r.id limit 1)) as at
  from kinds k cross join clock
  union all
  select t.at from too_often t
  union all
  select x.at from checks x
)
select c.state, c.reason,
  coalesce((select json_object_agg(k.state, k.n) from (select state, sum(n)::int as n from counted group by state) k), '{}') as counts,
  (select coalesce(sum(n), 0)::int from pending) + (select later from checks) as later,
  (select later from checks) as later_checks,
  (select n from checks) as uncertain_open,
  (select min(n.at) from next_ones n cross join clock where n.at > clock.now) as next_due_at,
  (select count(*)::int from refused_lines where campaign_id = $1) + c.refused_unkept as refused_lines,
  (select json_build_object('portfolio', portfolio, 'limit', daily_limit, 'freesAt', frees_at)
    from full_ones where c.state = 'running' order by frees_at limit 1) as budget_wait
from campaigns c where c.id = $1
