-- A part of the permission book: people with a word or asked, once each, under the name that decides. So many are looked at,
-- and of them so many looked up: neither a filter nor a place in a long book makes it slow. `shown` is false for those that
-- stand under another name or in another state, and for the last one that was looked at; `more`: others may follow.
-- $1 after sender id  $2 after name  $3 how many are looked at  $4 states or null  $5 until at the latest or null
-- $6 words that can lead to those states, or null: then those who were asked are looked at too
-- $7 with $6: a word whose time was over by then leads to none of the states, or null  $8 only of this sender, or null
-- $9 how many are looked up
with looked as materialized (
  select k.sender_id, k.person, k.maybe from (
    (select p.sender_id, p.person,
       -- As `book_of` has it: who is shown stands under the name of the word that decides. To judge the word alone is far
       -- cheaper than to look the person up.
       coalesce($6::text[] is null or (p.status = any($6::text[])
         and ($5::timestamptz is null or w.until <= $5::timestamptz)
         and ($7::timestamptz is null or w.until is null or w.until > $7::timestamptz)), false) as maybe
     from permissions p
     cross join lateral (select case p.status when 'temporary' then coalesce(p.expires_at, p.at + interval '168 hours')
       when 'permanent' then null else p.at + interval '168 hours' end as until) w
     where (p.sender_id, p.person) > ($1, $2)
       and p.sender_id <= coalesce($8::text, (select max(sender_id) from permissions))
     order by p.sender_id, p.person limit $3)
    union
    (select q.sender_id, q.person, true from pairs q
     where $6::text[] is null and (q.sender_id, q.person) > ($1, $2)
       and q.sender_id <= coalesce($8::text, (select max(sender_id) from pairs))
     order by q.sender_id, q.person limit $3)) k
  order by k.sender_id, k.person limit $3
), kept as materialized (
  select sender_id, person from looked where maybe order by sender_id, person limit $9
), counts as (
  select (select count(*) from looked) = $3 as is_cut, (select count(*) from kept) = $9 as is_full
)
select e.sender_id, e.person, b.*, n.is_cut or n.is_full as more,
  coalesce(e.maybe and b.booked_as = e.person and ($4::text[] is null or b.state = any($4::text[]))
    and ($5::timestamptz is null or b.until <= $5::timestamptz)
    -- Who was forgotten is counted under a name that says nothing.
    and e.person not like 'forgotten %', false) as shown
from counts n
cross join lateral (
  select k.sender_id, k.person, true as maybe from kept k
  union all
  select l.sender_id, l.person, false
  from (select * from looked order by sender_id desc, person desc limit 1) l
  where not l.maybe and not n.is_full) e
left join lateral book_of(e.sender_id, e.person) b on e.maybe
order by e.sender_id, e.person
