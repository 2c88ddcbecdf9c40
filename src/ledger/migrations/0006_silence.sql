-- Why a process sends nothing although people are due, for `callpermit senders` and the probes of others.
alter table workers
  add silent_since timestamptz,
  add silent_why text;
