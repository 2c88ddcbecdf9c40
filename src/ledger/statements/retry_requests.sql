-- A new epoch: requests of a campaign that ended badly are asked again, by an operator's word. Their
-- allowance is given back where the last attempt still holds it (138009 corrects the book if Meta
-- counted it). Doubles are never asked. A completed campaign runs again. Those whose
-- time had passed have it no more, but for an end of the campaign that is still ahead.
-- $1 campaign id  $2 states  $3 error code or null
with chosen as materialized (
  select id, sender_id, person, reserved_at from requests
  where campaign_id = $1 and state = any($2::text[]) and double_of is null
    and ($3::int is null or error_code = $3)
  order by id
  for update
), pair as materialized (
  select p.sender_id, p.person, g.back
  from pairs p join (
    select sender_id, person, array_agg(reserved_at) as back from chosen group by sender_id, person
  ) g on g.sender_id = p.sender_id and g.person = p.person
  order by p.sender_id, p.person
  for update of p
), given_back as (
  update pairs p set asked = array(select a from unnest(p.asked) a where a <> all (pair.back))
  from pair where p.sender_id = pair.sender_id and p.person = pair.person
), retried as (
  update requests r
  set state = 'pending', epoch = r.epoch + 1, attempts = 0, due_at = now_(), check_at = null,
    uncertain_at = null, finding = null, error_code = null, error_message = null, reason = null,
    not_after = case when r.not_after > now_() then r.not_after
      when c.expire_at > now_() then c.expire_at else 'infinity' end
  from chosen, campaigns c where r.id = chosen.id and c.id = r.campaign_id
  returning r.id
), running as (
  update campaigns set state = case when state = 'completed' then 'running' else state end,
    ended_at = null, errors = 0, settled = 0
  where id = $1 and state in ('completed', 'running', 'paused') and exists (select from retried)
  returning pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', id, 'state', 'running')::text)
)
select (select count(*)::int from retried) as retried, (select count(*) from running) as restarted
