-- A campaign's requests grouped by what became of them and why: for people who ask "why".
-- $1 campaign id
select state, error_code, reason, count(*)::int as count, min(error_message) as message,
  min(double_of) as double_of, min(finding) as finding, max(attempts) as attempts,
  min(case when state = 'pending' then nullif(due_at, '-infinity') when state = 'uncertain' then check_at end) as next_at
from requests
where campaign_id = $1
group by state, error_code, reason
order by state, count(*) desc
