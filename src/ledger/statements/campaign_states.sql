-- Campaigns that run, and those of the given ones that do not any more, with the state they are in.
-- $1 ids of campaigns that ran a moment ago
select id, state from campaigns where state = 'running'
union all
select id, state from campaigns where id = any($1) and state <> 'running'
