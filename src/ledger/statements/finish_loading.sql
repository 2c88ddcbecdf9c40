-- The list is in, where the loader still holds the campaign and each line is there. `more`: it is not yet, there may be
-- more doubles than are skipped at once; run it again. `asked_id`: it is not, another campaign had the list lately.
-- $1 campaign id  $2 loader  $3 sha256 of the list  $4 lines of the list  $5 not if another campaign had it lately
-- $6 columns that fill the header  $7 columns that fill the body; null: those of the campaign stay
select * from finish_list($1, $2, $3, $4, $5, $6, $7)
