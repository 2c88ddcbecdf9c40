-- Closes the breaker of a sender, and of a template in every language: a person's resume, or a probe.
-- $1 sender id  $2 template or null
with sender as (
  update senders set closed_at = null, closed_reason = null, probe_at = null where id = $1
  returning account
)
update template_breakers t set closed_at = null, closed_reason = null, probe_at = null
from sender where t.account = sender.account and t.name = $2
