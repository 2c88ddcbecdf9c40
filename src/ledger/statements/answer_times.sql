-- How soon people answered: how many between each two of some times, by what they said. By the index, span by span: the
-- campaign's rows read whole took two and a half times as long, since what is looked at stands at their ends.
-- $1 campaign id  $2 seconds, rising
select s.bucket::int as bucket, n.granted, n.declined
from (
  select t.place - 1 as bucket, lag(t.at, 1, interval '-1000 years') over (order by t.place) as begins, t.at as ends
  from (select place, s * interval '1 s' from unnest($2::float8[]) with ordinality as u(s, place)
    union all select cardinality($2::float8[]) + 1, interval '1000 years') as t(place, at)
) s
cross join lateral (
  select count(*) filter (where r.answer <> 'declined')::int as granted, count(*) filter (where r.answer = 'declined')::int as declined
  from requests r
  where r.campaign_id = $1 and r.answer is not null and r.answered_at - r.accepted_at >= s.begins and r.answered_at - r.accepted_at < s.ends
) n
where n.granted + n.declined > 0
order by 1
