/** Claims whose answer was never read. */
import { expect, test } from '@jest/globals';
import type { ClaimAnswer } from '../../src/core/ports/index.ts';
import { createUnreadClaims } from '../../src/sending/unread-claims.ts';
import { SteppedClock, settled } from './stepped-clock.ts';

type Ask = Parameters<ReturnType<typeof createUnreadClaims>['claim']>[0];

/** A ledger whose claims do what `claim` does, and which takes the word of some only at a later try. */
function bench(claim: () => Promise<ClaimAnswer>, refusals = 0) {
  const clock = new SteppedClock();
  const released: unknown[] = [];
  const outages: unknown[] = [];
  let left = refusals;
  const unread = createUnreadClaims({
    clock,
    senderId: '1065',
    sending: {
      claim,
      releaseClaim: async (given) => {
        if (left > 0) {
          left -= 1;
          throw new Error('still away');
        }
        released.push(given);
        return 0;
      },
    },
    onOutage: (error) => void outages.push(error),
  });
  const ask = (claimId: string) => unread.claim({ claimId } as Ask);
  return { clock, unread, ask, released, outages };
}

const lost = () => Promise.reject(new Error('lost'));
const ANSWER = { claimed: [] } as unknown as ClaimAnswer;

test('one that is answered is open only until then, and the ledger hears nothing of it', async () => {
  const { unread, ask, released } = bench(async () => ANSWER);
  const asked = ask('a');
  expect(unread.open()).toBe(1);
  expect(await asked).toBe(ANSWER);
  expect([unread.open(), unread.isTelling(), released]).toEqual([0, false, []]);
});

test('one that failed is named to the ledger, and open until that knows', async () => {
  const { unread, ask, released } = bench(lost);
  await expect(ask('a')).rejects.toThrow('lost');
  await settled();
  expect(released).toEqual([{ senderId: '1065', claimId: 'a' }]);
  expect([unread.open(), unread.isTelling()]).toEqual([0, false]);
});

test('what the ledger does not take is told again each half second, by one who tells for all', async () => {
  const { clock, unread, ask, released, outages } = bench(lost, 2);
  for (const id of ['a', 'b']) await ask(id).catch(() => undefined);
  await clock.advance(999);
  expect([released, outages.length, unread.open()]).toEqual([[], 2, 2]);
  expect(unread.isTelling()).toBe(true);
  await clock.advance(1);
  expect(released).toEqual(['a', 'b'].map((claimId) => ({ senderId: '1065', claimId })));
  expect([unread.open(), unread.isTelling()]).toEqual([0, false]);
});

test('a later one is told too', async () => {
  const { ask, released } = bench(lost);
  await ask('a').catch(() => undefined);
  await settled();
  await ask('b').catch(() => undefined);
  await settled();
  expect(released).toHaveLength(2);
});

test('given up, those that wait for an answer and those not told go to the caller, and nobody is told', async () => {
  let calls = 0;
  const never = new Promise<never>(() => undefined);
  const { clock, unread, ask, released } = bench(() => (++calls === 1 ? lost() : never), 1);
  await ask('failed').catch(() => undefined);
  void ask('open');
  await settled();
  expect(unread.open()).toBe(2);
  expect(unread.abandon()).toEqual(['open', 'failed']);
  await clock.advance(2_000);
  expect(released).toEqual([]);
});
