-- Requests are looked up by number and by reference. At a million requests both read the whole table: 1.1 s on two cores,
-- half a second of it each time on both. Now it is a page of an index, 0.1 ms.
--
-- Only of requests that ended. An entry for each line of a list, by something that comes in no order, took a load
-- from 1.5 to 2.5 s of processor time a 100,000 lines for both, and would be written again with each step of a request: fed,
-- claimed, recorded. So it is written once, at the end. Who still waits is looked through by `requests_waiting`
-- (requests_still_waiting.sql), who is in the queue or is being sent by the indexes of those.

-- In place of `requests_number`, which had those with a wa_id: those it still has, for who asks whether one is known.
create index requests_asked on requests (to_number)
  where wa_id is not null or state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled');
-- By the hash, since a reference may have 255 characters; then by id, since a whole list may have the same.
create index requests_reference on requests (hashtextextended(reference, 0), id)
  where reference is not null and state in ('accepted', 'already-granted', 'rejected', 'uncertain', 'skipped', 'expired', 'cancelled');
-- Last: all others wait for this lock.
drop index requests_number;
