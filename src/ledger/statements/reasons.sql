-- A campaign's requests grouped by what became of them and why: for people who ask "why". What is due already has no
-- time; one that Meta refused since the person was asked too often (138009) is due when its allowance is free.
-- $1 campaign id  $2 pair limit per day  $3 pair limit per week
with clock as materialized (
  select now_() as now
)
select state, error_code, reason, count(*)::int as count, min(error_message) as message,
  min(double_of) as double_of, min(finding) as finding, max(attempts) as attempts,
  min(case
    when state = 'pending' and due_at > clock.now then due_at
    when state = 'pending' and reason = 'pair-limit' then pair_frees_at(sender_id, ltrim(to_number, '+'), $2, $3)
    when state = 'uncertain' and check_at > clock.now then check_at end) as next_at
from requests cross join clock
where campaign_id = $1
group by state, error_code, reason
order by state, count(*) desc
