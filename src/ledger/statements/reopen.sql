-- Closes the breaker of a sender, and of a template in one language or in all: a person's resume, or a
-- probe that found all well. A probe also resumes the campaigns that the breaker had paused.
-- $1 sender id  $2 template or null  $3 language or null  $4 resume campaigns  $5 reopen the sender too
with sender as (
  update senders set closed_at = null, closed_reason = null, probe_at = null,
    probes = case when $4 then probes else 0 end
  where id = $1 and $5
), account as (
  select account from senders where id = $1
), template as (
  update template_breakers t set closed_at = null, closed_reason = null, probe_at = null,
    probes = case when $4 then probes else 0 end
  from account where t.account = account.account and t.name = $2 and ($3::text is null or t.language = $3)
), resumed as (
  update campaigns c set state = 'running', reason = null, streak_key = null, streak_count = 0
  where $4 and c.state = 'paused' and c.reason->>'by' = 'us'
    and case when $2::text is null
      then $1 = any(c.sender_ids) and c.reason->>'scope' = 'sender'
      else c.template = $2 and c.reason->>'scope' = 'template' and ($3::text is null or c.language = $3)
        and exists (select from senders s join account using (account) where s.id = any(c.sender_ids)) end
  returning c.id
)
select id from resumed
