-- A connected call gives a person's allowance anew (facts 1.4): what was asked before it counts no more.
-- $1 sender id  $2 number with plus, or wa_id  $3 when
update pairs p
set asked = array(select a from unnest(p.asked) a where a > $3 order by a), reset_at = greatest(p.reset_at, $3)
where p.sender_id = $1
  and p.person = coalesce((select wa_id from wa_ids where number = '+' || ltrim($2, '+')), ltrim($2, '+'))
returning person
