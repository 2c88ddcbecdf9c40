-- Requests are looked up by number and by reference. At a million requests each read the whole table (a parallel scan of
-- 25,400 pages, 0.8 s on two busy cores); now it is an index scan of a few pages (0.2 to 0.8 ms).
--
-- Only of requests that ended. An entry for each line of a list, by something that comes in no order, took 100,000
-- lines from 1.5 s of processor time to 2.5 s (reference) and 4.9 s (number too), and would be written again with each
-- step of a request: fed, claimed, recorded. So it is written once, at the end. Who still waits is looked through by
-- `requests_waiting` (requests_still_waiting.sql), who is in the queue or being sent by the indexes of those.

-- In place of `requests_number`, which had those with a wa_id: those it still has, for who asks whether one is known.
create index requests_asked on requests (to_number)
  where wa_id is not null or state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled');
-- By the hash, since a reference may have 255 characters; then by id, since a whole list may have the same.
create index requests_reference on requests (hashtextextended(reference, 0), id)
  where reference is not null and state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled');
-- Last: all others wait for this lock.
drop index requests_number;
