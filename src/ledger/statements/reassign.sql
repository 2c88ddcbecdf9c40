-- Hands a paused campaign to another sender: its own was a wrong id. Only where nobody can have been
-- asked by that one: it is closed, nothing of the campaign was taken or may have been, and no pair of
-- the sender has an allowance in use.
-- $1 campaign id  $2 the other sender's id
with moved as (
  update campaigns c set sender_id = $2, sender_ids = array[$2]
  from senders s
  where c.id = $1 and c.state = 'paused' and c.reason->>'scope' = 'sender' and c.sender_id <> $2 and cardinality(c.sender_ids) = 1
    and s.id = c.sender_id and s.closed_at is not null
    and not exists (select from requests r where r.campaign_id = c.id
      and (r.accepted_at is not null or r.state in ('sending', 'accepted', 'already-granted', 'uncertain')))
    and not exists (select from pairs p where p.sender_id = s.id and cardinality(p.asks) > 0)
  returning c.id
), theirs as materialized (
  select r.id from requests r join moved on moved.id = r.campaign_id order by r.id for no key update of r
), handed as (
  -- Jobs in the other sender's queue must not find their rows waiting.
  update requests r
  set sender_id = $2, state = case when r.state = 'queued' then 'pending' else r.state end
  from theirs where r.id = theirs.id
)
select id from moved
