/** What a call does to the allowance of requests: Meta counts anew from a connected one. */
import { expect, test } from '@jest/globals';
import type { CallFact } from '../../src/core/ports/index.ts';
import { accepted, newNumber, useLedger } from './support.ts';

const bench = useLedger();
const MINUTE = 60_000;

/** A person who was just asked, and calls with them. */
async function asked() {
  const senderId = await bench.sender();
  const to = newNumber();
  const ask = async () => {
    await bench.campaign(senderId, [to]);
    const claims = await bench.claim(senderId);
    await bench.ledger.sending.record(claims.map((claim) => accepted(claim)));
    return claims.length;
  };
  const call = async (more: Partial<CallFact>) => {
    const [clock] = await bench.rows<{ at: Date }>('select now_() as at');
    const at = clock?.at ?? new Date();
    const fact = { senderId, id: `wacid.${to}`, person: to.slice(1), byBusiness: true };
    await bench.ledger.replies.bookCalls([
      { ...fact, at, isConnected: false, isOver: false, ...more },
    ]);
    return at;
  };
  expect(await ask()).toBe(1);
  await bench.advance(MINUTE);
  return { ask, call };
}

test('a connected call sets it back', async () => {
  const { ask, call } = await asked();
  await call({ isConnected: true, isOver: true, durationS: 5 });
  expect(await ask()).toBe(1);
});

test('a call that nobody took does not', async () => {
  const { ask, call } = await asked();
  await call({});
  await call({ isOver: true });
  expect(await ask()).toBe(0);
});

test('what was asked after it counts, whatever is told late of the same call', async () => {
  const { ask, call } = await asked();
  const connected = { isConnected: true, isOver: true, durationS: 5 };
  const at = await call(connected);
  await bench.advance(MINUTE);
  expect(await ask()).toBe(1);
  await bench.advance(MINUTE);
  await call({});
  await call({ ...connected, at });
  expect(await ask()).toBe(0);
});
