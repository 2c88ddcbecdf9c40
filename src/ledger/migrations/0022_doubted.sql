-- A refusal that may be somebody else's is taken back whatever it led to: "already granted" was not, nor a request that went
-- back to be asked again and was skipped, expired or cancelled since. As before, but for `doubted`.
create or replace function guard_request() returns trigger language plpgsql as $$
declare
  word text := case when new.cause like '%.' || old.fence then split_part(new.cause, '.', 1) else '' end;
  lawful boolean := new.fence >= old.fence and case new.state
    when old.state then true
    when 'queued' then old.state = 'pending' and new.batch is not null and new.batch is distinct from old.batch
    when 'sending' then old.state = 'queued' and new.fence = old.fence + 1
      and new.claim_id is not null and new.claim_id is distinct from old.claim_id
    when 'uncertain' then old.state = 'sending'
      or (word = 'doubted' and old.state not in ('uncertain', 'accepted'))
    when 'rejected' then old.state in ('sending', 'uncertain')
    when 'already-granted' then old.state in ('sending', 'uncertain')
    when 'skipped' then old.state in ('pending', 'queued')
    when 'expired' then old.state in ('pending', 'queued')
    when 'accepted' then true
    -- Back to be asked, or as its campaign ended: what was written only with proof or an operator's word.
    else case old.state
      when 'sending' then word in ('unsent', 'refused')
      when 'uncertain' then word in ('unsent', 'refused', 'check', 'retry')
      when 'rejected' then word in ('streak', 'retry')
      when 'skipped' then word = 'retry'
      when 'expired' then word = 'retry'
      -- An acceptance absorbs everything but an operator's new epoch.
      when 'accepted' then new.state = 'pending' and word = 'retry' and new.epoch > old.epoch and new.epoch_fence = old.fence
      else old.state in ('pending', 'queued') end
    end;
begin
  if not lawful then return null; end if;
  new.cause := null;
  if new.state not in ('sending', 'uncertain') then new.claim_id := null; end if;
  if new.proof_fence > new.epoch_fence and new.state not in ('sending', 'accepted') then
    -- Meta took an earlier attempt of this epoch: there is nothing left to ask.
    new.state := 'accepted';
    new.accepted_at := coalesce(new.accepted_at, now_());
    new.check_at := null; new.lease_until := null; new.uncertain_at := null;
    new.error_code := null; new.error_message := null; new.reason := null;
  end if;
  return new;
end $$;
