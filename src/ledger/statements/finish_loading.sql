-- The list is in: loading -> draft, with its fingerprint. Of two loads of one list the first moves it.
-- $1 campaign id  $2 sha256 of the list
with moved as (
  update campaigns set state = 'draft', list_sha256 = $2
  where id = $1 and state = 'loading'
  returning list_sha256
)
select coalesce((select list_sha256 from moved), (select list_sha256 from campaigns where id = $1)) as list_sha256
