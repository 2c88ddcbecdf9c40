-- A connected call resets a person's allowance: what was asked before it no longer counts.
-- $1 sender id  $2 number with plus, or wa_id  $3 when
update pairs p
set asks = array(select a from unnest(p.asks) a where a.at > $3 order by a.at), reset_at = greatest(p.reset_at, $3)
where p.sender_id = $1
  and p.person = any(names_of(ltrim($2, '+')))
returning person
