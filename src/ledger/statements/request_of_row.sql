-- One request of a campaign, with what is kept of its times and of each try.
-- $1 campaign id  $2 row
select r.id::text as id, r.campaign_id, (select c.single from campaigns c where c.id = r.campaign_id) as single, r.sender_id, r.row, r.reference, r.to_number, r.wa_id, r.user_id, r.state, r.message_status,
  r.wamid, r.attempts, case when r.state = 'pending' and r.due_at > '-infinity' then r.due_at end as due_at, r.error_code,
  r.error_message, r.reason, r.double_of, r.accepted_at, r.delivery, r.delivered_at, r.read_at, r.check_at, r.finding,
  r.answer, r.answered_at, r.permission_expires_at,
  r.language, r.fence, r.claimed_at, r.uncertain_at, r.failed_at, r.answer_key,
  coalesce((select jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome, 'applied', a.applied, 'fence', a.fence,
      'code', a.error_code, 'detail', a.detail, 'retryAt', a.retry_at) order by a.id)
    from (select * from attempts t where t.request_id = r.id order by t.id desc limit 200) a), '[]') as tries
from requests r
where r.campaign_id = $1 and r.row = $2
