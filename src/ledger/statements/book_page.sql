-- A page of the permission book: people with a word or asked, once each, under the name that decides. `shown` is false for
-- those that stand under another name or in another state; the page goes on behind the last of all.
-- $1 after sender id  $2 after name  $3 how many at most  $4 states or null  $5 until at the latest or null  $6 words that can
-- lead to those states, or null: then those who were asked are looked at too  $7 with $6: a word whose time was over by then
-- leads to none of the states, or null  $8 only of this sender, or null
with candidates as (
  select k.sender_id, k.person from (
    (select p.sender_id, p.person from permissions p
     -- As `book_of` has it: who is shown stands under the name of the word that decides. To judge the word alone is far
     -- cheaper than to look the person up.
     cross join lateral (select case p.status when 'temporary' then coalesce(p.expires_at, p.at + interval '168 hours')
       when 'permanent' then null else p.at + interval '168 hours' end as until) w
     where (p.sender_id, p.person) > ($1, $2)
       and p.sender_id <= coalesce($8::text, (select max(sender_id) from permissions))
       and ($6::text[] is null or (p.status = any($6::text[])
         and ($5::timestamptz is null or w.until <= $5::timestamptz)
         and ($7::timestamptz is null or w.until is null or w.until > $7::timestamptz)))
     order by p.sender_id, p.person limit $3)
    union
    (select q.sender_id, q.person from pairs q
     where $6::text[] is null and (q.sender_id, q.person) > ($1, $2)
       and q.sender_id <= coalesce($8::text, (select max(sender_id) from pairs))
     order by q.sender_id, q.person limit $3)) k
  order by k.sender_id, k.person limit $3
)
select c.sender_id, c.person, b.*,
  b.booked_as = c.person and ($4::text[] is null or b.state = any($4::text[]))
    and ($5::timestamptz is null or b.until <= $5::timestamptz)
    -- Who was forgotten is counted under a name that says nothing.
    and c.person not like 'forgotten %' as shown
from candidates c cross join lateral book_of(c.sender_id, c.person) b
order by c.sender_id, c.person
