-- People by when they were asked last, and by nothing else: where no statistics are, an index that has the sender too is
-- taken for as good as the one of sender and person, and all whom the sender ever asked are read for each of them.
--
-- Who asks waits until it is there; who reads does not.
set local maintenance_work_mem = '256MB';
create index pairs_asked on pairs (((asks[cardinality(asks)]).at));

-- As before, but all senders at once: the index has their times together.
create or replace function asked_between(portfolio_ text, from_ timestamptz, to_ timestamptz) returns table (last timestamptz)
language plpgsql stable as $$
declare
  ids constant text[] := array(select s.id from senders s where s.portfolio = portfolio_);
begin
  return query
  select max((p.asks[cardinality(p.asks)]).at) as last
  from pairs p
  where p.sender_id = any(ids) and (p.asks[cardinality(p.asks)]).at >= from_ and (p.asks[cardinality(p.asks)]).at < to_
    and (cardinality(ids) = 1 or not exists (
      select from pairs q where q.sender_id = any(ids) and q.person = p.person and (q.asks[cardinality(q.asks)]).at >= to_))
  group by p.person
  order by 1;
end $$;
