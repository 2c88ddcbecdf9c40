-- How many refused lines of a list are counted and not kept, where the loader still holds the campaign. Of the whole list:
-- a load that is begun again says it anew.
-- $1 campaign id  $2 loader  $3 lines
update campaigns set refused_unkept = $3 where id = $1 and loader = $2 and state = 'loading'
