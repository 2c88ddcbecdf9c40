-- What stands on the opt-out list of one person, under all names. A statement of its own, as `campaign` is.
-- $1 number without plus, or wa_id
select person, reason, source, added_at from suppressions
where person = any(names_of($1)) order by person
