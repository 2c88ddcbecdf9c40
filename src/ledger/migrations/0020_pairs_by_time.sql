-- People by when they were asked last, then by sender: where no statistics are, an index that begins with the sender is
-- taken for as good as the one that has the person, and all whom the sender ever asked are read for each of them.
create index pairs_asked on pairs (((asks[cardinality(asks)]).at), sender_id);
