-- Names that people left for others, in the order of Meta's times.
-- $1 [{ key, what, before, after, at, senderId }]
select change_all_names($1)
