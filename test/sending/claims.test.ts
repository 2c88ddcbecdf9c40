/** Claims in hand: how long each may go out, and what is withheld. */
import { describe, expect, test } from '@jest/globals';
import { Batches } from '../../src/sending/batches.ts';
import { Claims } from '../../src/sending/claims.ts';
import { claim } from '../campaign/support.ts';

const ANSWER_MS = 40_000;

function bench() {
  const claims = new Claims(ANSWER_MS);
  const batches = new Batches({ now: () => 0 }, () => undefined);
  const take = (more = {}) => {
    const one = claim(more);
    const asked = { now: 1_000, wall: 9_000 };
    return claims.take({ claim: one, batch: batches.claimed(one), asked, slot: 1_234 });
  };
  return { claims, take };
}

test.each([
  ['its lease holds the answer', {}, 6_000],
  ['its `not_after` comes, where that is earlier', { expiresMs: 300 }, 1_300],
  ['its lease holds the answer, where its `not_after` is later', { expiresMs: 5_001 }, 6_000],
])('a claim may go out as long as %s', (_, more, lastMs) => {
  expect(bench().take(more)).toMatchObject({
    ...{ lastMs, slot: 1_234, wallOffset: 8_000 },
    ...{ withheld: false, countedAt: undefined },
  });
});

describe('what is withheld', () => {
  const ofC2 = ({ campaignId }: { readonly campaignId: string }) => campaignId === 'c2';

  test('are those in hand that are meant, and no other', () => {
    const { claims, take } = bench();
    const [one, two] = [take(), take({ campaignId: 'c2' })];
    claims.withhold(ofC2);
    expect([one.withheld, two.withheld]).toEqual([false, true]);
  });

  test('are those of a claim under way too, and of no later one', () => {
    const { claims, take } = bench();
    claims.begin();
    claims.withhold(() => false);
    claims.withhold(ofC2);
    expect([take().withheld, take({ campaignId: 'c2' }).withheld]).toEqual([false, true]);
    claims.begin();
    expect(take({ campaignId: 'c2' }).withheld).toBe(false);
  });

  test('is no claim that is done with', () => {
    const { claims, take } = bench();
    const [one, two] = [take(), take()];
    expect(claims.size).toBe(2);
    claims.drop(one);
    claims.withhold(() => true);
    expect([claims.size, one.withheld, two.withheld]).toEqual([1, false, true]);
  });
});
