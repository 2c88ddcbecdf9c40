-- Writes one batch of a list's lines. Rows that are there already (a load that goes on where it died,
-- or two loads of one list at once) stay as they are; a number seen before in this campaign becomes a
-- skipped row that names the row it doubles; a row that holds another number is another list.
-- Only a `loading` campaign takes lines.
-- Of several senders a person belongs to the one that asked before, else to the one the line names.
-- $1 campaign id  $2 sender ids  $3 language  $4 lines, a JSON array of
--   { row, to, sender, reference, language, not_before, not_after, parameters, zones }
with campaign as materialized (
  select state, single, start_at, expire_at from campaigns where id = $1
), line as materialized (
  select * from jsonb_to_recordset($4::jsonb) as l(
    row int, "to" text, sender text, reference text, language text, not_before timestamptz,
    not_after timestamptz, parameters jsonb, zones text[])
), here as materialized (
  select r.row, r.to_number from requests r join line l on r.row = l.row where r.campaign_id = $1
), fresh as materialized (
  select l.* from line l
  where not exists (select from here where here.row = l.row)
    and exists (select from campaign where state = 'loading')
), first as materialized (
  select distinct on ("to") * from fresh order by "to", row
), inserted as (
  insert into requests (campaign_id, sender_id, row, lane, reference, to_number, language, parameters, zones, not_after, due_at)
  select $1, coalesce(before.sender_id, f.sender), f.row, case when c.single then 0 else 1 end, f.reference, f."to",
    coalesce(f.language, $3), f.parameters, f.zones,
    least(f.not_after, c.expire_at, 'infinity'), greatest(f.not_before, c.start_at, '-infinity')
  from first f
  cross join campaign c
  left join lateral (
    select p.sender_id from pairs p
    where cardinality($2::text[]) > 1 and p.sender_id = any($2)
      and p.person = coalesce((select w.wa_id from wa_ids w where w.number = f."to"), ltrim(f."to", '+'))
    order by (p.asks[cardinality(p.asks)]).at desc nulls last limit 1
  ) before on true
  order by f."to"
  on conflict do nothing
  returning row
), doubles as (
  insert into requests (campaign_id, sender_id, row, reference, to_number, language, parameters, state, reason, double_of)
  select $1, f.sender, f.row, f.reference, f."to", coalesce(f.language, $3), f.parameters, 'skipped', 'duplicate',
    coalesce(original.row, first.row)
  from fresh f
  join first on first."to" = f."to"
  left join requests original
    on original.campaign_id = $1 and original.to_number = f."to" and original.double_of is null
  where f.row not in (select row from inserted)
  order by f.row
  on conflict do nothing
  returning row
)
select
  (select count(*)::int from inserted) as added,
  (select count(*)::int from doubles) as doubles,
  (select min(here.row) from here join line using (row) where here.to_number <> line."to") as mismatch
