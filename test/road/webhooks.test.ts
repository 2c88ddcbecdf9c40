/**
 * Everything that comes back, over real HTTP: whatever its order, doubles and broken parts, book, export and funnel agree
 * with the server's own book to a person.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BookEntry } from '../../src/core/ports/index.ts';
import type { RequestResult } from '../../src/core/request.ts';
import { type RunningHttp, startHttp } from '../../src/http/server.ts';
import type { RunningReplies } from '../../src/replies/run-replies.ts';
import type { PersonStanding, SimulatorProfileInput } from '../../src/simulator/index.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const SECRET = 'a secret of the app';
const PEOPLE = 300;

const UNKIND: SimulatorProfileInput = {
  webhooks: {
    appSecret: SECRET,
    connections: 8,
    delayMs: { kind: 'uniform', minMs: 0, maxMs: 50 },
    spreadMs: 50,
    doubles: 0.3,
    reorder: 0.3,
    batch: { max: 7, lingerMs: 10 },
    brokenParts: 0.1,
    unknownParts: 0.1,
    strangePosts: 0.1,
    wrongSignature: 0.1,
    beforeAnswer: 0.2,
    withheld: 0.3,
    parentUserIds: true,
    expiry: 'mixed',
    bare: 0.3,
    retryMs: 10,
    opaque: 0.8,
  },
  deliveries: {
    delivered: 0.9,
    read: 0.5,
    readOnly: 0.3,
    failed: { 131049: 0.05, 131026: 0.05 },
    deliveredAndFailed: 0.1,
  },
  answers: {
    accept: 0.2,
    acceptForGood: 0.1,
    decline: 0.1,
    changeMind: 0.15,
    revoke: 0.1,
    callBack: 0.1,
    profileGrant: 0.1,
    changeNumber: 0.1,
    afterMs: { kind: 'uniform', minMs: 0, maxMs: 100 },
  },
};

describe.each([1, 2, 3])('a story of %d', (seed) => {
  let database: TestDatabase;
  let system: OpenSystem;
  let http: RunningHttp;
  let replies: RunningReplies;
  let campaign: string;
  let people: readonly PersonStanding[];

  beforeAll(async () => {
    database = await createTestDatabase();
    system = await openSystem(
      { env: { DATABASE_URL: database.connectionString, WHATSAPP_APP_SECRET: SECRET } },
      { profile: { ...UNKIND, seed } },
    );
    http = await startHttp(system.app, { port: 0 });
    replies = await system.app.runReplies([]);
    system.simulator.setWebhookTarget(`${http.url}/webhooks/whatsapp`, SECRET);
    campaign = await system.ask(newNumbers(PEOPLE));
    await system.until(campaign, ({ state }) => state === 'completed');
    await system.simulator.untilWebhooksQuiet();
    await untilApplied();
    people = system.simulator.people();
  }, 200_000);
  afterAll(async () => {
    await replies?.close();
    await http?.close();
    await system?.close();
    await database?.drop();
  });

  /** Resolves once nothing is stored that is not applied, and what came too early was found. */
  async function untilApplied() {
    const ends = performance.now() + 60_000;
    for (;;) {
      const [left] = await system.rows<{ n: number }>(
        `select (select count(*) from webhook_queue)
          + (select count(*) from waiting_statuses)
          + (select count(*) from permission_events where next_at is not null and context is not null)::int as n`,
      );
      if (Number(left?.n) === 0) return;
      if (performance.now() > ends) throw new Error(JSON.stringify(await leftOver()));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const leftOver = () =>
    system.rows(
      `select 'delivery' as what, id::text as text, tries from webhook_queue
       union all select 'status', entry::text, tries from waiting_statuses
       union all select 'answer', row_to_json(e)::text, tries from permission_events e where next_at is not null and context is not null
       limit 5`,
    );

  const entryOf = async (to: string): Promise<BookEntry | undefined> => {
    for await (const entry of system.app.ledger.book.entries({ to })) return entry;
    return undefined;
  };

  test('delivery and reason are those of the server', async () => {
    const ours = new Map((await system.results(campaign)).map((row) => [row.to, row]));
    expect(people).toHaveLength(PEOPLE);
    for (const one of people) {
      const found = ours.get(one.to ?? '');
      expect({ to: one.to, wamid: found?.wamid, ...toldOf(found) }).toEqual({
        ...{ to: one.to, wamid: one.wamid, delivery: one.delivery, code: one.code },
      });
    }
  });

  test("the permission book is the server's, by number, user id and parent id", async () => {
    for (const one of people) {
      const expected = stateOf(one);
      for (const name of [one.to ?? '', one.userId, one.movedTo ?? one.to ?? '']) {
        const entry = await entryOf(name);
        expect({ name, person: one, state: entry?.state ?? 'none', until: seconds(entry) }).toEqual(
          {
            ...{ name, person: one, ...expected },
          },
        );
      }
    }
  });

  test('nothing that came signed was lost, and nothing else was kept', async () => {
    const standing = await system.app.ledger.webhooks.standing();
    expect(standing.waiting).toBe(0);
    const { answered200 } = system.simulator.webhookStats() as unknown as { answered200: number };
    expect(answered200).toBeGreaterThan(0);
    const unread = await system.app.ledger.webhooks.unreadParts({ most: 1_000 });
    expect(unread.every(({ why }) => !why.includes('error:'))).toBe(true);
    expect(standing.tallies.find(({ what }) => what === 'wrong-signature')?.n).toBeGreaterThan(0);
  });
});

const toldOf = (row: RequestResult | undefined) => ({
  delivery: row?.delivery ?? null,
  code: row?.error_code ?? null,
});

/** What the book must say of a person of the server's. */
function stateOf({ answer, delivery, movedTo }: PersonStanding) {
  const { status, until } = answer;
  if (movedTo !== null && (status === 'temporary' || status === 'permanent'))
    return { state: 'none', until: null };
  if (status !== 'none')
    return { state: status, until: until === null ? null : Date.parse(until) / 1_000 };
  return { state: delivery === 'failed' ? 'none' : 'requested', until: null };
}

/** The end of a permission; other states have ends of their own. */
function seconds(entry: BookEntry | undefined): number | null {
  if (entry?.state !== 'temporary' || entry.until === null) return null;
  return entry.until.getTime() / 1_000;
}
