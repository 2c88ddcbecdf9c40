import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import {
  accepted,
  LEASE_MS,
  NO_LEASE_MS,
  newClaimId,
  newNumber,
  only,
  rejected,
  uncertain,
  unsent,
  useLedger,
} from './support.ts';

const bench = useLedger();

async function claimed(people = 1, leaseMs = LEASE_MS, claimId = newClaimId()) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, people);
  const claims = await bench.claim(senderId, { leaseMs, claimId });
  expect(claims).toHaveLength(people);
  return { senderId, id, claims };
}

async function attempts(claim: ClaimedRequest) {
  return bench.rows<{ outcome: string; applied: boolean }>(
    'select outcome, applied from attempts where request_id = $1 order by id',
    [claim.request],
  );
}

const sweep = () => bench.ledger.sending.sweepLeases({ checkAfterMs: 60_000 });

describe('releasing an unsent claim', () => {
  test('puts the row back, uncounted, and gives the allowance back', async () => {
    const { senderId, id, claims } = await claimed(2);
    await bench.ledger.sending.record(claims.map(unsent));
    expect(await bench.states(id)).toEqual(['pending', 'pending']);
    for (const claim of claims) expect(await bench.asked(senderId, claim.to)).toBe(0);
    const again = await bench.claim(senderId);
    expect(again.map((c) => [c.fence, c.attempts])).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  test('twice gives back once', async () => {
    const { senderId, id, claims } = await claimed();
    const release = () => bench.ledger.sending.record(claims.map(unsent));
    await Promise.all([release(), release()]);
    const again = only(await bench.claim(senderId));
    await release();
    expect(await bench.states(id)).toEqual(['sending']);
    expect(again.attempts).toBe(1);
    expect(await bench.asked(senderId, again.to)).toBe(1);
  });

  test.each([
    ['an older fence', -1],
    ['a newer fence', 1],
  ])('by %s changes nothing', async (_, off) => {
    const { id, claims } = await claimed();
    const claim = only(claims);
    const [answer] = await bench.ledger.sending.record([
      unsent({ request: claim.request, fence: claim.fence + off }),
    ]);
    expect(answer).toMatchObject({ applied: false, state: 'sending' });
    expect(await bench.states(id)).toEqual(['sending']);
  });

  test('of a claim the sweep made uncertain meanwhile comes back too: only its holder knows that nothing was sent', async () => {
    const { senderId, id, claims } = await claimed(1, NO_LEASE_MS);
    await sweep();
    expect(await bench.states(id)).toEqual(['uncertain']);
    await bench.ledger.sending.record(claims.map(unsent));
    expect(await bench.states(id)).toEqual(['pending']);
    expect(await bench.asked(senderId, only(claims).to)).toBe(0);
  });

  test('of one whose own outcome is uncertain changes nothing: that was sent', async () => {
    const { id, claims } = await claimed();
    await bench.ledger.sending.record([uncertain(only(claims))]);
    await bench.ledger.sending.record(claims.map(unsent));
    expect(await bench.states(id)).toEqual(['uncertain']);
  });
});

describe('a claim whose answer was never read', () => {
  test('gives back all that it claimed and nothing else, once', async () => {
    const claimId = newClaimId();
    const { senderId, id, claims } = await claimed(3, undefined, claimId);
    const other = await bench.campaign(senderId, 1);
    await bench.claim(senderId);
    const release = () => bench.ledger.sending.releaseClaim({ senderId, claimId });
    const given = await Promise.all([release(), release()]);
    expect(given.reduce((sum, n) => sum + n, 0)).toBe(3);
    expect(await bench.states(id)).toEqual(['pending', 'pending', 'pending']);
    expect(await bench.states(other)).toEqual(['sending']);
    for (const claim of claims) expect(await bench.asked(senderId, claim.to)).toBe(0);
  });

  test('leaves what was recorded of it anyway', async () => {
    const claimId = newClaimId();
    const { senderId, id, claims } = await claimed(3, undefined, claimId);
    const [a, b] = claims as [ClaimedRequest, ClaimedRequest];
    await bench.ledger.sending.record([accepted(a), uncertain(b)]);
    expect(await bench.ledger.sending.releaseClaim({ senderId, claimId })).toBe(1);
    expect(await bench.states(id)).toEqual(['accepted', 'uncertain', 'pending']);
  });

  test('takes those back that the sweep has made uncertain', async () => {
    const claimId = newClaimId();
    const { senderId, id } = await claimed(2, NO_LEASE_MS, claimId);
    await sweep();
    expect(await bench.ledger.sending.releaseClaim({ senderId, claimId })).toBe(2);
    expect(await bench.states(id)).toEqual(['pending', 'pending']);
  });

  test('claims nothing if it commits only now, however late', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 2);
    const claimId = newClaimId();
    expect(await bench.ledger.sending.releaseClaim({ senderId, claimId })).toBe(0);
    expect(await bench.claim(senderId, { claimId })).toEqual([]);
    expect(await bench.states(id)).toEqual(['queued', 'queued']);
  });

  test('is forgotten after a day', async () => {
    const senderId = await bench.sender();
    const claimId = newClaimId();
    await bench.ledger.sending.releaseClaim({ senderId, claimId });
    const known = () =>
      bench.rows('select from dead_claims where claim_id = $1', [claimId]).then((r) => r.length);
    await bench.ledger.sending.completeCampaigns();
    expect(await known()).toBe(1);
    await bench.rows(`update dead_claims set at = at - interval '25 hours' where claim_id = $1`, [
      claimId,
    ]);
    await bench.ledger.sending.completeCampaigns();
    expect(await known()).toBe(0);
  });
});

describe('the sweep of leases', () => {
  test('makes claims uncertain whose lease ended, with a check to come, and leaves the others', async () => {
    const { senderId, id, claims } = await claimed(2, NO_LEASE_MS);
    const living = await claimed(1);
    await sweep();
    expect(await bench.states(id)).toEqual(['uncertain', 'uncertain']);
    expect(await bench.states(living.id)).toEqual(['sending']);
    const [row] = await bench.rows(
      'select reason, check_at > now_() as checked_later from requests where campaign_id = $1',
      [id],
    );
    expect(row).toEqual({ reason: 'lease-ended', checked_later: true });
    // It may have gone out: the allowance stays used, and there is a line of evidence.
    expect(await bench.asked(senderId, (claims[0] as ClaimedRequest).to)).toBe(1);
    expect(await attempts(claims[0] as ClaimedRequest)).toEqual([
      { outcome: 'uncertain', applied: true },
    ]);
  });

  test('many at once sweep each claim once', async () => {
    const { claims } = await claimed(60, NO_LEASE_MS);
    const swept = await Promise.all([sweep(), sweep(), sweep()]);
    expect(swept.reduce((sum, n) => sum + n, 0)).toBe(60);
    for (const claim of claims) expect(await attempts(claim)).toHaveLength(1);
  });

  test('beside the record of the same claims: each row ends as one of both says', async () => {
    const { id, claims } = await claimed(40, NO_LEASE_MS);
    await Promise.all([sweep(), bench.ledger.sending.record(claims.map(accepted))]);
    // A record settles what the sweep made uncertain a moment before.
    expect(new Set(await bench.states(id))).toEqual(new Set(['accepted']));
  });

  test('what it made uncertain is never fed or claimed again', async () => {
    const { senderId } = await claimed(3, NO_LEASE_MS);
    await sweep();
    expect(await bench.ledger.sending.feed({ senderId, limit: 9, batchSize: 250 })).toEqual([]);
  });
});

describe('a batch with the same person twice', () => {
  async function twice() {
    const senderId = await bench.sender();
    const to = newNumber();
    const ledger = bench.with({ pairLimit: { perDay: 25, perWeek: 100 } });
    const claims: ClaimedRequest[] = [];
    for (let i = 0; i < 3; i += 1) {
      await bench.campaign(senderId, [to]);
      claims.push(only(await bench.claim(senderId, { ledger })));
    }
    expect(await bench.asked(senderId, to)).toBe(3);
    return { asked: () => bench.asked(senderId, to), claims };
  }

  test('gives back each of the claims released', async () => {
    const { asked, claims } = await twice();
    await bench.ledger.sending.record(claims.slice(0, 2).map(unsent));
    expect(await asked()).toBe(1);
  });

  test('gives back each of the refusals recorded, and keeps the acceptance', async () => {
    const { asked, claims } = await twice();
    const [a, b, c] = claims as [ClaimedRequest, ClaimedRequest, ClaimedRequest];
    await bench.ledger.sending.record([rejected(a), accepted(b), rejected(c)]);
    expect(await asked()).toBe(1);
  });
});
