-- The list is in, where the loader still holds the campaign and each line is there. `more`: it is not yet, there may be
-- more doubles than are skipped at once; run it again.
-- $1 campaign id  $2 loader  $3 sha256 of the list  $4 lines of the list
select * from finish_loading($1, $2, $3, $4)
