-- Removes a campaign whose list was refused whole, where the loader still holds it.
-- $1 campaign id  $2 loader
delete from campaigns where id = $1 and loader = $2 and state = 'loading'
