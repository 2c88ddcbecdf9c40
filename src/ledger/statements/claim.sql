-- The claim: queued -> sending, in one committed statement. The function is in the migrations.
-- $1 sender id      $2 batch numbers      $3 how many of each one's campaign this process has claimed of late
-- $4 worker         $5 the claim's own name                       $6 horizon, ms    $7 lease beyond the send time, ms
-- $8 pair limit per day                   $9 per week             $10 how much longer than 1/rate a step is (1.02)
-- $11, $12 requests and fences of held claims that missed their send time
-- $13 messages a second from which on processes have a share each; with fewer, single requests have the next send time
-- $14 how far back, ms, a claim of a share may reach (negative: begins later)   $15 as $10, of a share (1.008)
-- $16 ms after which a send time is surely forfeited
select claim_batches($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) as answer
