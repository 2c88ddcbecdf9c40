-- Other processes are told of each change of a campaign's state by the table itself, whichever statement makes it: a
-- pause that is not told is felt by them seconds later, with their next claim. `retry_part` tells it too, for a campaign
-- that runs already: of two equal words in one transaction Postgres drops the second.
create function tell_campaign() returns trigger language plpgsql as $$
begin
  perform pg_notify('callpermit', json_build_object('kind', 'campaign', 'id', new.id, 'state', new.state)::text);
  return null;
end $$;

create trigger tell_campaign after update of state on campaigns for each row
when (old.state is distinct from new.state and new.state in ('running', 'paused', 'completed', 'cancelled'))
execute function tell_campaign();
