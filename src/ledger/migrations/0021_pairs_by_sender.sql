-- `pairs_asked` has replaced it.
drop index pairs_last;
