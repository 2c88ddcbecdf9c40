/** Passwords: how they are kept, and how many are hashed at once. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BUSY, passwordHashes } from '../../src/users/hash-queue.ts';
import { deferred } from '../support/deferred.ts';

const STRANGER = { isFirst: false } as const;

describe('a password', () => {
  test('is kept as scrypt with its cost and a salt of its own, and is right again', async () => {
    const hashes = passwordHashes();
    const kept = String(await hashes.make('correct horse battery'));
    expect(kept).toMatch(/^scrypt\$32768\$8\$3\$[\w+/]{22}==\$[\w+/]{43}=$/);
    expect(await hashes.make('correct horse battery')).not.toBe(kept);
    expect(await hashes.check('correct horse battery', kept, STRANGER)).toBe(true);
    expect(await hashes.check('correct horse batterz', kept, STRANGER)).toBe(false);
    expect(await hashes.check('', kept, STRANGER)).toBe(false);
  });

  test('that was kept with another cost is held against that cost', async () => {
    const costs: number[] = [];
    const hashes = passwordHashes({
      hash: async (_password, _salt, { N }) => {
        costs.push(N);
        return Buffer.alloc(32);
      },
    });
    const zeros = Buffer.alloc(32).toString('base64');
    expect(await hashes.check('x', `scrypt$65536$8$1$AAAA$${zeros}`, STRANGER)).toBe(true);
    await hashes.check('x', undefined, STRANGER);
    expect(costs).toEqual([65_536, 32_768]);
  });

  test('of nobody is never right', async () => {
    const hashes = passwordHashes({ hash: async () => Buffer.alloc(32) });
    expect(await hashes.check('x', undefined, STRANGER)).toBe(false);
  });
});

describe('the queue', () => {
  test('hashes two at once, lets twenty wait, and refuses what is more at once', async () => {
    const gates = Array.from({ length: 40 }, () => deferred());
    let running = 0;
    let most = 0;
    let begun = 0;
    const hashes = passwordHashes({
      async hash() {
        const gate = gates[begun];
        begun += 1;
        running += 1;
        most = Math.max(most, running);
        await gate?.promise;
        running -= 1;
        return Buffer.alloc(32);
      },
    });
    const all = Array.from({ length: 30 }, () => hashes.check('x', undefined, STRANGER));
    const refused = await Promise.all(all.slice(22));
    expect(refused).toEqual(Array.from({ length: 8 }, () => BUSY));
    expect(begun).toBe(2);
    for (const gate of gates) gate.resolve();
    expect(await Promise.all(all.slice(0, 22))).toEqual(Array.from({ length: 22 }, () => false));
    expect([begun, most]).toEqual([22, 2]);
    expect(await hashes.check('x', undefined, STRANGER)).toBe(false);
  });

  test('lets those in who go first, however many strangers wait, and before them', async () => {
    const gate = deferred();
    const done: string[] = [];
    const hashes = passwordHashes({
      async hash(password) {
        await gate.promise;
        done.push(password);
        return Buffer.alloc(32);
      },
    });
    const strangers = Array.from({ length: 30 }, () =>
      hashes.check('stranger', undefined, STRANGER),
    );
    const first = [hashes.check('user', undefined, { isFirst: true }), hashes.make('admin')];
    gate.resolve();
    expect(await Promise.all(first)).toEqual([false, expect.stringMatching(/^scrypt/)]);
    const answers = await Promise.all(strangers);
    expect(answers.filter((one) => one === BUSY)).toHaveLength(8);
    expect(done.slice(0, 5)).toEqual(['stranger', 'stranger', 'user', 'admin', 'stranger']);
  });

  test('goes on where a hash fails', async () => {
    let n = 0;
    const hashes = passwordHashes({
      async hash() {
        n += 1;
        if (n <= 2) throw new Error('no memory');
        return Buffer.alloc(32);
      },
    });
    const all = await Promise.allSettled(
      Array.from({ length: 6 }, () => hashes.check('x', undefined, STRANGER)),
    );
    expect(all.map(({ status }) => status)).toEqual([
      ...['rejected', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
    ]);
  });

  test('never runs more than two, however they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 15 }), async (turns) => {
        let running = 0;
        const hashes = passwordHashes({
          async hash() {
            running += 1;
            expect(running).toBeLessThanOrEqual(2);
            await Promise.resolve();
            running -= 1;
            return Buffer.alloc(32);
          },
        });
        const all: Promise<unknown>[] = [];
        for (const n of turns) {
          for (let i = 0; i < n; i += 1) all.push(hashes.check('x', undefined, STRANGER));
          await Promise.resolve();
        }
        await Promise.all(all);
      }),
    );
  });
});
