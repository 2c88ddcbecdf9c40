/** Redis and Postgres go and come back in the middle: everybody is asked once anyway. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CampaignSummary } from '../../src/core/campaign.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/index.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const PEOPLE = 240;
/** Slow enough that some hundred POSTs are under way whenever something breaks. */
const SLOW = { latency: { kind: 'constant', ms: 500 } } as const;
const completed = (c: { readonly state: string }) => c.state === 'completed';

function expectEachOnce(system: OpenSystem, numbers: readonly string[]): void {
  expect(new Set(numbers.map((to) => system.posts(to)))).toEqual(new Set([1]));
}

describe('invariant 1: Redis killed in the middle, and back empty after some seconds', () => {
  let redis: TestRedis;
  let database: TestDatabase;
  let system: OpenSystem;

  beforeAll(async () => {
    [redis, database] = await Promise.all([startRedis(), createTestDatabase()]);
    const env = { DATABASE_URL: database.connectionString, REDIS_URL: redis.url };
    system = await openSystem({ env }, { profile: SLOW, env: { MESSAGES_PER_SECOND: '60' } });
  });
  afterAll(async () => {
    await system.close();
    await redis.stop();
    await database.drop();
  });

  test('the run finishes by the ledger, one POST each, and the outage is logged once', async () => {
    const numbers = newNumbers(PEOPLE);
    const id = await system.ask(numbers);
    await system.until(id, (c) => c.counts.accepted >= 40);
    await redis.kill9();
    // What this process held still goes out; then there is nothing left but to wait.
    await system.until(id, (c) => c.counts.sending === 0);
    const whileAway = await system.ask(newNumbers(10));
    await redis.restart();
    const ended = await system.until(id, completed);
    expect(ended.counts).toMatchObject({ accepted: PEOPLE, uncertain: 0 });
    expectEachOnce(system, numbers);
    // A list is taken while Redis is away: the ledger is there.
    await system.until(whileAway, completed);
    const said = system
      .warnings()
      .filter((w) => /queue (connection lost|out of reach)/.test(w.msg));
    expect(said.length).toBeGreaterThanOrEqual(1);
    expect(said.length).toBeLessThanOrEqual(2);
  });
});

describeOnBothQueues('invariant 2: Postgres killed in the middle, and back', (ground) => {
  let folder: string;
  let server: EmbeddedPostgres;
  let system: OpenSystem;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callpermit-outage-'));
    // The server of the run belongs to all tests: this one is killed. Its keeper must be compiled.
    const compiled = pathToFileURL(join(process.env.CALLPERMIT_TEST_RUN ?? '', 'compiled/'));
    const { startEmbeddedPostgres } = await import('../../src/embedded-postgres/index.ts');
    server = await startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      keeperEntry: new URL('workers/postgres-keeper.js', compiled).pathname,
    });
    system = await openSystem(ground, {
      profile: SLOW,
      env: { DATABASE_URL: server.connectionString, MESSAGES_PER_SECOND: '60' },
    });
  });
  afterAll(async () => {
    await system.close();
    await server.release();
    await rm(folder, { recursive: true, force: true });
  });

  async function kill(): Promise<void> {
    const file = join(folder, 'data/postgres/cluster/data/postmaster.pid');
    process.kill(Number((await readFile(file, 'utf8')).split('\n')[0]), 'SIGKILL');
  }

  test('outcomes of POSTs in flight wait in memory and are written when it is back', async () => {
    const numbers = newNumbers(PEOPLE);
    const id = await system.ask(numbers);
    await system.simulator.untilPosts(80);
    await kill();
    // Some thirty POSTs were under way; their answers come while nobody can write them down.
    const ended = await untilCompleted(system, id);
    expect(ended.counts).toMatchObject({ accepted: PEOPLE, uncertain: 0 });
    expectEachOnce(system, numbers);
    const said = system.warnings().filter((w) => w.msg.startsWith('database out of reach'));
    expect(said.length).toBeGreaterThanOrEqual(1);
    expect(said.length).toBeLessThanOrEqual(4);
  });
});

/** The campaign, once it is completed: the test's own look at the ledger fails while it is away, too. */
async function untilCompleted(system: OpenSystem, id: string): Promise<CampaignSummary> {
  for (;;) {
    try {
      return await system.until(id, completed);
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
