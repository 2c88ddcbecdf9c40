/** What a call does to the allowance of requests: Meta counts anew from a connected one. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
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

test('a connected call that is told again of a later time, or of none that Meta gave, sets nothing back again', async () => {
  const { ask, call } = await asked();
  const connected = { isConnected: true, isOver: true, durationS: 5 };
  await call(connected);
  await bench.advance(MINUTE);
  expect(await ask()).toBe(1);
  await bench.advance(MINUTE);
  await call(connected);
  await bench.advance(MINUTE);
  await call({ ...connected, durationS: 6 });
  expect(await ask()).toBe(0);
});

test('where a call turns out to have been earlier, what was asked since counts again', async () => {
  const { ask, call } = await asked();
  const connected = { isConnected: true, isOver: true, durationS: 5 };
  const at = await call({});
  await bench.advance(MINUTE);
  await call(connected);
  await call({ ...connected, at: new Date(at.getTime() - 2 * MINUTE) });
  expect(await ask()).toBe(0);
});

test('any order of what is told of calls, and however often, gives the same allowance', async () => {
  const T0 = Date.UTC(2026, 10, 1, 12);
  const at = (minute: number) => new Date(T0 + minute * MINUTE);
  const minute = fc.integer({ min: 0, max: 9 });
  const telling = fc.record({
    which: fc.constantFrom('a', 'b'),
    minute,
    isConnected: fc.boolean(),
  });
  const told = async (
    tellings: readonly { which: string; minute: number; isConnected: boolean }[],
  ) => {
    const senderId = await bench.sender();
    const person = newNumber().slice(1);
    const asks = [2, 5, 8].map((n) => `row(null, ${n}, now_() + interval '${n} min')::ask`).join();
    await bench.rows(
      `insert into pairs (sender_id, person, asks) values ($1, $2, array[${asks}])`,
      [senderId, person],
    );
    const [clock] = await bench.rows<{ ms: number }>(
      `select extract(epoch from (asks[1]).at - interval '2 min')::float8 * 1000 - $2::float8 as ms from pairs where person = $1`,
      [person, T0],
    );
    const moved = (n: number) => new Date(at(n).getTime() + (clock?.ms ?? 0) + 1_000);
    for (const one of tellings)
      await bench.ledger.replies.bookCalls([
        {
          ...{ senderId, id: `wacid.${person}.${one.which}`, person, at: moved(one.minute) },
          ...{ byBusiness: true, isConnected: one.isConnected, isOver: true },
        },
      ]);
    const fences = 'array(select (a).fence from unnest';
    const [pair] = await bench.rows(
      `select ${fences}(asks) a) as asks, ${fences}(set_back) a) as set_back,
         round(extract(epoch from reset_at - $2::timestamptz))::int as reset_at from pairs where person = $1`,
      [person, moved(0)],
    );
    return pair;
  };
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(telling, { minLength: 1, maxLength: 6 })
        .chain((tellings) =>
          fc.tuple(
            fc.constant(tellings),
            fc.shuffledSubarray([...tellings, ...tellings], { minLength: tellings.length * 2 }),
          ),
        ),
      async ([tellings, shuffled]) => {
        const straight = await told(tellings);
        expect(await told(shuffled)).toEqual(straight);
        // Of each call the least time of those that say that both spoke; of both calls the later one.
        const times = ['a', 'b'].flatMap((which) => {
          const all = tellings.filter((one) => one.which === which && one.isConnected);
          return all.length > 0 ? [Math.min(...all.map((one) => one.minute))] : [];
        });
        const reset = times.length > 0 ? Math.max(...times) : undefined;
        expect(straight?.asks).toEqual([2, 5, 8].filter((n) => reset === undefined || n > reset));
        expect(straight?.reset_at).toBe(reset === undefined ? null : reset * 60);
      },
    ),
    { numRuns: 60 },
  );
});
