-- Gives the hold of a campaign's list up.
-- $1 campaign id  $2 loader
update campaigns set loader = null where id = $1 and loader = $2
