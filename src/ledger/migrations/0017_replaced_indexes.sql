-- What takes a moment under locks that all others wait for: the index of lists, since whoever changes requests may hold a
-- campaign, and the indexes that `requests_waiting`, `requests_doubted` and `requests_message` have replaced.
create index campaigns_lists on campaigns (created_at desc, id) where not single;
drop index requests_pending;
drop index requests_check;
drop index requests_wamid;
