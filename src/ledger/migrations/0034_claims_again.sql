-- What a sender claims again is looked up one by one. As a join all claims under way were read, and the dead entries of their index
-- with them: 30 ms a claim after half a minute at 1,000 a second.
do $$
declare
  was constant text := pg_get_functiondef('claim_batches'::regproc);
  now constant text := replace(was,
    'left join requests r on r.id = a.id and r.fence = a.fence and r.state = ''sending'' and r.lease_until > clock',
    'left join lateral (
        select q.* from requests q
        where q.id = a.id and q.fence = a.fence and q.state || '''' = ''sending'' and q.lease_until > clock limit 1) r on true');
begin
  if now = was then raise exception 'claim_batches is another one'; end if;
  execute now;
end $$;
