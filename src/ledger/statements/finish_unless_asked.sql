-- The list is in, unless another campaign had it lately (`asked_id`). Else as `finish_loading.sql`.
-- $1 campaign id  $2 loader  $3 sha256 of the list  $4 lines of the list
select * from finish_unless_asked($1, $2, $3, $4)
