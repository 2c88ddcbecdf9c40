-- All changes that were told up to here, put together once. By itself, so that claims go on beside it.
do $$
declare
  c record;
begin
  create temp table settled_names (name text primary key) on commit drop;
  for c in select distinct d.after as name from name_changes d order by 1
  loop
    continue when exists (select from settled_names s where s.name = c.name);
    perform keep_links(array[c.name]);
    insert into settled_names select n from unnest(settle(array[c.name])) n on conflict do nothing;
  end loop;
  drop table settled_names;
end $$;
