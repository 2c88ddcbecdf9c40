/** Lists that are read whole come in pages as the long ones do. */
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { pageOfAll } from '../../src/http/pages.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Service, startService } from './support.ts';

test('each item comes once, in both orders, also where the last one of a page is gone by then', () => {
  const items = fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 30 });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 7 }), fc.boolean(), (all, limit, isDown) => {
      const seen: string[] = [];
      let left = all;
      let after: string | undefined;
      do {
        const page = pageOfAll(left, { limit, after }, (one) => one, isDown ? 'down' : 'up');
        seen.push(...page.items);
        after = page.next ?? undefined;
        left = left.filter((one) => one !== page.items.at(-1));
      } while (after !== undefined);
      const sorted = [...all].sort();
      expect(seen).toEqual(isDown ? sorted.reverse() : sorted);
    }),
  );
});

describe('over HTTP', () => {
  let database: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    database = await createTestDatabase();
    service = await startService(
      { databaseUrl: database.connectionString },
      { EVENTS_KEY: 'k'.repeat(32) },
    );
    const { keys, users } = service.app.ledger;
    for (let i = 0; i < 5; i += 1) {
      await keys.create({ name: `k${i}`, scope: 'read' });
      const made = await users.create({ name: `u${i}`, role: 'viewer', passwordHash: 'none' });
      for (let n = 0; i === 0 && n < 5; n += 1)
        await users.begin({ user: { id: made?.id ?? '', passwordHash: 'none' }, address: `${n}` });
      const body = { url: `https://example.com/${i}` };
      await service.call('POST', '/v1/events/subscriptions', { body });
    }
  });
  afterAll(async () => {
    await service?.close();
    await database?.drop();
  });

  it.each([
    ['/v1/keys', 'keys'],
    ['/v1/users', 'users'],
    ['/v1/users/u0/sessions', 'sessions'],
    ['/v1/events/subscriptions', 'subscriptions'],
  ])('%s goes page by page', async (path, field) => {
    const whole = (await service.call('GET', path)).body;
    expect([whole[field].length, whole.next]).toEqual([5, null]);
    const found: unknown[] = [];
    for (let after = ''; after !== undefined; ) {
      const { status, body } = await service.call('GET', `${path}?limit=2${after}`);
      expect(status).toBe(200);
      found.push(...body[field]);
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(found).toEqual(whole[field]);
    expect((await service.call('GET', `${path}?after=nonsense`)).status).toBe(400);
  });
});
