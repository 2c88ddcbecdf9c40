-- The list is in: loading -> draft, with its fingerprint. The first of two loads of one list decides;
-- the row is written in any case, so that the second one waits for it and reads what it wrote.
-- $1 campaign id  $2 sha256 of the list
update campaigns
set state = case when state = 'loading' then 'draft' else state end,
  list_sha256 = coalesce(list_sha256, $2)
where id = $1
returning list_sha256
