/** Wrong passwords over HTTP: who guesses is held up alone. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { deferred } from '../support/deferred.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { addUser, countedHashes, logIn, OURS } from './browser.ts';
import { type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
const hashes = countedHashes();
/** What a hash waits for. */
let gate: Promise<void> = Promise.resolve();

beforeAll(async () => {
  database = await createTestDatabase();
  const ground = { databaseUrl: database.connectionString };
  service = await startService(
    ground,
    { TRUST_PROXY: '127.0.0.1' },
    {
      async hash(...given) {
        await gate;
        return hashes.hash(...given);
      },
    },
  );
  for (const name of ['target', 'operator']) await addUser(service, name, 'operator');
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

/** From an address of its own, so that no test runs into the limit of another's. */
let addresses = 0;
const fromElsewhere = () => {
  addresses += 1;
  return { 'x-forwarded-for': `198.51.100.${addresses}` };
};

it('a thousand of one address cost ten hashes and ten looks into the ledger, and hold up neither others nor the user elsewhere', async () => {
  const attacker = fromElsewhere();
  const before = hashes.made();
  const asked = jest.spyOn(service.app.ledger.users, 'find');
  const began = performance.now();
  const url = `${service.http.url}/v1/session`;
  const statuses: number[] = [];
  const waits: number[] = [];
  const guess = async () => {
    // Past the check against the description, which would take longer than all else.
    const headers = { ...attacker, ...OURS, 'content-type': 'application/json' };
    const body = JSON.stringify({ user: 'target', password: 'guess after guess' });
    for (let i = 0; i < 25; i += 1) {
      const answer = await fetch(url, { method: 'POST', headers, body });
      await answer.arrayBuffer();
      statuses.push(answer.status);
      if (answer.status === 429) waits.push(Number(answer.headers.get('retry-after')));
    }
  };
  const tries = Array.from({ length: 40 }, guess);
  const meanwhile = [
    service.call('GET', '/v1/campaigns'),
    logIn(service, 'target', { headers: fromElsewhere() }),
    logIn(service, 'operator', { headers: fromElsewhere() }),
  ];
  const answered = (await Promise.all(meanwhile)).map(({ status }) => status);
  expect(answered).toEqual([200, 200, 200]);
  await Promise.all(tries);
  expect(statuses).toHaveLength(1_000);
  const looked = statuses.filter((status) => status === 401).length;
  expect(looked).toBeGreaterThanOrEqual(10);
  // Four more a minute, on a machine that takes one for it.
  expect(looked).toBeLessThanOrEqual(10 + Math.ceil(((performance.now() - began) / 60_000) * 4));
  expect(statuses.filter((status) => status === 429)).toHaveLength(1_000 - looked);
  expect(hashes.made() - before).toBe(looked + 2);
  // Nor does the ledger hear of the others, though they come at once.
  expect(asked).toHaveBeenCalledTimes(looked + 2);
  asked.mockRestore();
  expect(Math.min(...waits)).toBeGreaterThan(0);
  expect(Math.max(...waits)).toBeLessThanOrEqual(15);
  expect((await logIn(service, 'target', { headers: fromElsewhere() })).status).toBe(200);
});

it('strangers of many addresses do not keep a user out of an address of theirs', async () => {
  const own = fromElsewhere();
  expect((await logIn(service, 'operator', { headers: own })).status).toBe(200);
  const held = deferred();
  gate = held.promise;
  const guesses = Array.from({ length: 40 }, (_, i) =>
    logIn(service, `nobody${i}`, { password: 'guess after guess', headers: fromElsewhere() }),
  );
  // Two are hashed and twenty wait: the other eighteen hear that there is no room.
  let busy = 0;
  await new Promise<void>((resolve) => {
    for (const guess of guesses)
      void guess.then(({ status }) => {
        busy += status === 429 ? 1 : 0;
        if (busy === 18) resolve();
      });
  });
  const stranger = await logIn(service, 'operator', { headers: fromElsewhere() });
  expect([stranger.status, stranger.headers.get('retry-after')]).toEqual([429, '2']);
  const { users } = service.app.ledger;
  const find = users.find.bind(users);
  const found = deferred();
  const spy = jest.spyOn(users, 'find').mockImplementation(async (...given) => {
    const user = await find(...given);
    // By then it is in the queue, or was refused.
    setImmediate(found.resolve);
    return user;
  });
  const user = logIn(service, 'operator', { headers: own });
  await found.promise;
  spy.mockRestore();
  held.resolve();
  expect((await user).status).toBe(200);
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(22);
});
