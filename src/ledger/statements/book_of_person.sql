-- What one person allows each sender, under whatever name.
-- $1 number without plus, or user id
select s.id as sender_id, b.* from senders s cross join lateral book_of(s.id, $1) b
where b.booked_as is not null order by s.id
