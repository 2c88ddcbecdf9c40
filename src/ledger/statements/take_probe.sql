-- A breaker of this sender, or of a template of its account, that is due for a look. It is put off
-- ($2 ms, doubled with each look) so that one process looks, and less and less often. A sender of which news say that
-- nothing can be sent is not looked at: it may be closed for something else and shorter besides.
-- $1 sender id  $2 first pause between looks, ms
with sender as (
  update senders s
  set probe_at = now_() + $2 * power(2, least(s.probes, 6)) * interval '1 ms', probes = s.probes + 1
  where s.id = $1 and s.closed_at is not null and s.probe_at <= now_() and not is_stopped(s.id, s.account)
  returning s.id
), template as (
  update template_breakers t
  set probe_at = now_() + $2 * power(2, least(t.probes, 6)) * interval '1 ms', probes = t.probes + 1
  where (t.account, t.name, t.language) = (
    select b.account, b.name, b.language
    from template_breakers b join senders s on s.account = b.account
    where s.id = $1 and b.closed_at is not null and b.probe_at <= now_()
    order by b.probe_at limit 1
    for no key update of b skip locked)
  returning t.name, t.language
)
select null as name, null as language from sender
union all
select name, language from template
