-- Writes one batch of a list's lines, where the loader still holds the campaign. COPY takes no values: those
-- below are written into the text. Not synced: until its end is, a list binds nothing, and that syncs all before it.
-- The look at who was forgotten comes first: who forgets waits for the lines, and locks campaigns afterwards.
-- $1 campaign id  $2 loader  $3 generation of those who were forgotten
select set_config('synchronous_commit', 'off', true);
select need_generation($3::bigint);
select need_hold($1, $2);
copy requests (campaign_id, sender_id, row, reference, to_number, language, parameters, zones, not_after, due_at)
  from stdin;
copy refused_lines (campaign_id, row, column_name, value, code, message) from stdin
