-- The permission book of the people of a campaign, a page at a time by row; doubles and refused ones left out.
-- $1 campaign id  $2 after row  $3 how many at most  $4 states or null  $5 until at the latest or null
-- $6 only of this sender, or null
select r.sender_id, r.row, ltrim(r.to_number, '+') as person, b.*,
  ($4::text[] is null or b.state = any($4::text[])) and ($5::timestamptz is null or b.until <= $5::timestamptz) as shown
from (
  select q.sender_id, q.row, q.to_number from requests q
  where q.campaign_id = $1 and q.row > $2 and q.double_of is null and ($6::text is null or q.sender_id = $6)
  order by q.row limit $3) r
cross join lateral book_of(r.sender_id, ltrim(r.to_number, '+')) b
order by r.row
