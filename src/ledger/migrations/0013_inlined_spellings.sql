-- Postgres writes a function of one SELECT into the statement that calls it, unless STRICT says that it must not look at
-- null. As calls these two took 5 us a row, five sixths of the look for doubles in a list of a million. Null still gives null.

create or replace function spelled(digits text) returns text
language sql immutable parallel safe called on null input as $$
  select case when left(digits, 2) in ('52', '54', '55', '22') then (spellings_of(digits))[1] else digits end
$$;

create or replace function spelled_number(number_ text) returns text
language sql immutable parallel safe called on null input as $$
  select case when substr(number_, 2, 2) in ('52', '54', '55', '22')
    then '+' || (spellings_of(substr(number_, 2)))[1] else number_ end
$$;

-- As `doubles_of` has it: sorted in memory a forecast of a million takes 1.1 s, on disk 2.4 s.
alter function forecast_of(text, integer, integer) set work_mem = '64MB';
