-- A refusal that tells of a permission (138017) is a word of the time at which Meta was asked, in the whole seconds in which
-- Meta tells of answers, and not of when its answer came: who took the permission back meanwhile, and whose "no" stood in the
-- book already, could be called.
do $$
declare
  was constant text := pg_get_functiondef('record_outcomes'::regproc);
  dated constant text := replace(replace(was,
    'sender_id, person, ''permanent'', now, ''refusal''',
    'sender_id, person, ''permanent'', date_trunc(''second'', coalesce(reserved_at, now)), ''refusal'''),
    '      where applies and state = ''already-granted'' and person is not null
      order by sender_id, person
      on conflict (sender_id, person) do update
      set status = ''permanent'', expires_at = null, at = excluded.at, source = excluded.source
',
    '      where applies and state = ''already-granted'' and person is not null
      order by sender_id, person, reserved_at desc nulls first
      on conflict (sender_id, person) do update
      set status = ''permanent'', expires_at = null, at = excluded.at, source = excluded.source
      where (p.at, word_rank(p.status)) < (excluded.at, word_rank(''permanent''))
');
  becomes constant text := replace(dated,
    'p.source = ''refusal'' and p.at >= j.reserved_at',
    'p.source = ''refusal'' and p.at >= date_trunc(''second'', j.reserved_at)');
begin
  if position('coalesce(reserved_at, now)), ''refusal''' in becomes) = 0 or position('word_rank(''permanent'')' in becomes) = 0
    or becomes = dated
  then
    raise exception 'record_outcomes is not as it was expected';
  end if;
  execute becomes;
end $$;
