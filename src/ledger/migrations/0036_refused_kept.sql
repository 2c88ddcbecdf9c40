-- Of a list's refused lines the first 100,000 are kept, and all are counted: a small gzip of nothing but bad lines filled the
-- database. How many are counted and not kept stands beside the campaign.
alter table campaigns add column refused_unkept integer not null default 0;
