-- A refusal that tells of a permission (138017) is a word of the time at which Meta was asked, in the whole seconds in which
-- Meta tells of answers, and not of when its answer came: who took the permission back meanwhile, and whose "no" stood in the
-- book already, could be called.
--
-- Where a newer word stands, that of the refusal is in the history alone, and goes from there if it was perhaps somebody else's.
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
    'p.source = ''refusal'' and p.at >= j.reserved_at
    ), applied as (',
    'p.source = ''refusal'' and p.at >= date_trunc(''second'', j.reserved_at)
    ), unsaid as (
      -- Where it stands, its word goes with it (`take_back_word`).
      delete from permission_events e
      where (e.sender_id, e.key) in (
        select x.sender_id, x.key from judged j
        -- By person, however many words the planner takes the table to hold.
        cross join lateral (
          select w.* from permission_events w
          where w.person = j.person and w.sender_id = j.sender_id and w.source = ''refusal''
            and w.at >= date_trunc(''second'', j.reserved_at) offset 0) x
        where j.applies and j.outcome = ''doubted''
          and not exists (select from permissions p where p.sender_id = x.sender_id and p.person = x.person and p.key = x.key))
    ), applied as (');
begin
  if position('coalesce(reserved_at, now)), ''refusal''' in becomes) = 0 or position('word_rank(''permanent'')' in becomes) = 0
    or position('unsaid as' in becomes) = 0
  then
    raise exception 'record_outcomes is not as it was expected';
  end if;
  execute becomes;
end $$;
