/**
 * What feeding, claiming, recording and applying do grows with the rows they are given, and with nothing else, where the
 * statistics of a table that fills are still those of an empty one. Postgres itself says how many rows each step of each statement
 * handled, those of statements in functions too.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { accepted, newClaimId, rejected, unsent, useLedger } from './support.ts';

/** Rows of one call; and of a large one, where what grows with the square of them would be 64 times as much. */
const FEW = 25;
const MANY = 200;
/** Plans are kept from the sixth call of a connection on: the tables are empty still. */
const KEPT = 7;

/** What Meta said: yes, and the person goes by another name there; no; nothing was written. */
const WORDS = [
  accepted,
  (one: ClaimedRequest) => ({ ...accepted(one), waId: `9${one.to.slice(1)}` }),
  (one: ClaimedRequest) => rejected(one),
  unsent,
] as const;

interface Node {
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly Node[];
}

/** Rows that a step and those below it handled, in all their runs. */
function handled(node: Node): number {
  const each =
    (node['Actual Rows'] ?? 0) +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Join Filter'] ?? 0);
  const below = (node.Plans ?? []).map(handled).reduce((a, b) => a + b, 0);
  return each * (node['Actual Loops'] ?? 0) + below;
}

describe('on a ledger that fills', () => {
  const bench = useLedger();
  const senders: string[] = [];
  let database: Database;
  let ledger: Ledger;
  /** Of all statements since it was last set to 0. */
  let sum = 0;
  let plans: Node[] = [];

  beforeAll(async () => {
    for (const table of [
      ...['requests', 'pairs', 'campaigns', 'wa_ids', 'name_links', 'name_changes', 'name_spans'],
      ...['permission_events', 'permissions', 'permission_checks', 'calls', 'preferences'],
      'suppressions',
    ])
      await bench.rows(`alter table ${table} set (autovacuum_enabled = off)`);
    // From now on Postgres holds them for empty.
    await bench.rows('vacuum analyze');
    for (const code of ['1650', '5255', '1707']) {
      const senderId = await bench.sender(1_000);
      const numbers = Array.from({ length: 2_000 }, (_, i) => `+${code}${20_000_000 + i}`);
      await bench.campaign(senderId, numbers);
      senders.push(senderId);
    }
    database = openDatabase(bench.database.connectionString, { max: 1 });
    ledger = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
    database.pool.on('connect', (client) => {
      client.on('notice', ({ message = '' }) => {
        const plan = /plan:\n([\s\S]*)$/.exec(message)?.[1];
        if (plan === undefined) return;
        const { Plan } = JSON.parse(plan) as { readonly Plan: Node };
        sum += handled(Plan);
        plans.push(Plan);
      });
    });
    await database.pool.query(`load 'auto_explain'`);
    for (const [name, value] of [
      ['client_min_messages', 'log'],
      ['auto_explain.log_min_duration', '0'],
      ['auto_explain.log_nested_statements', 'on'],
      ['auto_explain.log_analyze', 'on'],
      ['auto_explain.log_timing', 'off'],
      ['auto_explain.log_format', 'json'],
    ])
      await database.pool.query(`set ${name} = ${value}`);
    for (const senderId of senders)
      for (let i = 0; i < KEPT; i += 1)
        await record(
          (await claim(senderId, await feed(senderId, 1))).map(WORDS[i % WORDS.length] ?? unsent),
        );
    for (let i = 0; i < KEPT - 1; i += 1)
      for (const senderId of senders) await claim(senderId, await feed(senderId, MANY));
  });
  afterAll(() => database.close());

  async function feed(senderId: string, limit: number): Promise<readonly number[]> {
    sum = 0;
    const fed = await ledger.sending.feed({ senderId, limit, batchSize: Math.max(1, limit / 5) });
    return fed.map(({ batch }) => batch);
  }

  async function claim(
    senderId: string,
    batches: readonly number[],
    again: readonly ClaimedRequest[] = [],
  ): Promise<readonly ClaimedRequest[]> {
    await bench.rows(`update senders set next_slot = '-infinity', shared_slot = '-infinity'`);
    sum = 0;
    const { claimed } = await ledger.sending.claim({
      ...{ senderId, worker: 'w', leaseMs: 600_000, claimId: newClaimId(), horizonMs: 1_000 },
      batches: batches.map((batch) => ({ batch, served: 0 })),
      again: again.map(({ request, fence }) => ({ request, fence })),
    });
    return claimed;
  }

  async function record(entries: Parameters<Ledger['sending']['record']>[0]): Promise<void> {
    sum = 0;
    await ledger.sending.record(entries);
  }

  /** Rows handled for each that was fed, claimed, and recorded in these ways. */
  async function work(senderId: string, rows: number) {
    const batches = await feed(senderId, rows);
    const fed = sum / rows;
    const claims = await claim(senderId, batches);
    expect(claims).toHaveLength(rows);
    const claimed = sum / rows;
    const recorded: number[] = [];
    for (const [i, as] of WORDS.entries()) {
      const part = claims.filter((_, n) => n % WORDS.length === i);
      await record(part.map(as));
      recorded.push(sum / part.length);
    }
    return { fed, claimed, recorded: Math.max(...recorded) };
  }

  test.each([
    ['one name each', 0],
    ['several spellings of their numbers', 1],
  ])('eight times as many people take no more for each: people with %s', async (_who, at) => {
    const few = await work(senders[at] as string, FEW);
    const many = await work(senders[at] as string, MANY);
    for (const kind of ['fed', 'claimed', 'recorded'] as const) {
      expect(few[kind]).toBeGreaterThan(1);
      expect(many[kind]).toBeLessThanOrEqual(1.5 * few[kind]);
    }
  });

  /** What may be told of some people, one kind after the other. */
  const TOLD: Record<string, (claims: readonly ClaimedRequest[]) => Promise<unknown>> = {
    names: (claims) =>
      ledger.replies.learnNames(claims.map(({ to }) => ({ ...idOf(to), at: new Date() }))),
    statuses: (claims) =>
      ledger.evidence.applyStatuses(
        claims.map(({ request, fence }) => ({
          ...{ request, fence, wamid: `wamid.${request}.${fence}` },
          ...{ status: 'delivered', at: new Date() },
        })),
      ),
    answers: (claims) =>
      ledger.replies.bookAnswers(
        claims.map((claim) => ({
          ...{ senderId: senders[2] ?? '', key: `answer-${claim.to}`, person: claim.to.slice(1) },
          ...{ status: 'permanent', source: 'answer', at: new Date() },
          context: `wamid.${claim.request}.${claim.fence}`,
        })),
      ),
    'answers by user id': (claims) =>
      ledger.replies.bookAnswers(
        claims.map(({ to }) => ({
          ...{ senderId: senders[2] ?? '', key: `id-${to}`, person: idOf(to).a },
          ...{ status: 'declined', source: 'answer', at: new Date() },
        })),
      ),
    calls: (claims) =>
      ledger.replies.bookCalls(
        claims.map(({ to }) => ({
          ...{ senderId: senders[2] ?? '', id: `call-${to}`, person: to.slice(1), at: new Date() },
          ...{ byBusiness: true, isConnected: true, isOver: true, durationS: 9 },
        })),
      ),
    preferences: (claims) =>
      ledger.replies.setPreferences(
        claims.map(({ to }) => ({
          ...{ person: to.slice(1), category: 'marketing', value: 'stop', at: new Date() },
        })),
      ),
    'other numbers': (claims) =>
      ledger.replies.changeNames(
        claims.map(({ to }) => ({
          ...{ key: `change-${to}`, what: 'number', at: new Date() },
          ...{ before: [to.slice(1)], after: [`9${to.slice(1)}`] },
        })),
      ),
  };
  const idOf = (to: string) => ({ a: `US.${to.slice(1)}`, b: to.slice(1) });

  test('what is told of messages and persons is found by looks, however many are known', async () => {
    const [, , senderId = ''] = senders;
    const claims = await claim(senderId, await feed(senderId, 2 * FEW));
    await record(claims.map(accepted));
    const handledFor = async (some: readonly ClaimedRequest[]) => {
      const each: Record<string, number> = {};
      for (const [kind, tell] of Object.entries(TOLD)) {
        sum = 0;
        await tell(some);
        each[kind] = sum / some.length;
      }
      return each;
    };
    const few = await handledFor(claims.slice(0, FEW));
    const strangers = Array.from({ length: 500 }, (_, i) => ({
      ...(claims[0] as ClaimedRequest),
      to: `+1808${2_000_000 + i}`,
    }));
    const { statuses: _, 'other numbers': change, ...quick } = TOLD;
    for (let at = 0; at < strangers.length; at += FEW) {
      const some = strangers.slice(at, at + FEW);
      for (const tell of Object.values(quick)) await tell(some);
      if (at < 100) await change?.(some);
    }
    const many = await handledFor(claims.slice(FEW));
    for (const kind of Object.keys(TOLD)) {
      expect(few[kind]).toBeGreaterThan(1);
      // 21 times as many are known.
      expect([kind, Math.max(2, (many[kind] ?? 0) / (few[kind] ?? 1))]).toEqual([kind, 2]);
    }
  });

  /** Changes of one person, told in one go: from number to number, or to and fro. */
  const changesOf = (first: number, n: number, isToAndFro: boolean) =>
    Array.from({ length: n }, (_, i) => {
      const names = (turn: number) => {
        const number = `1909${first + (isToAndFro ? turn % 2 : turn)}`;
        return [number, `US.${first}${turn}`];
      };
      return {
        ...{
          key: `${first}.${i}`,
          what: 'number' as const,
          at: new Date(1_790_000_000_000 + i * 60_000),
        },
        ...{ before: names(i), after: names(i + 1) },
      };
    });

  test.each([
    ['from number to number', false],
    ['to and fro between two numbers', true],
  ])(
    'changes of one person take no more for each, however many are told at once: %s',
    async (_, isToAndFro) => {
      const first = isToAndFro ? 2_000_000 : 3_000_000;
      const each: number[] = [];
      for (const n of [FEW, 20 * FEW]) {
        const changes = changesOf(first + n * 1_000, n, isToAndFro);
        sum = 0;
        await ledger.replies.changeNames(changes);
        each.push(sum / n);
        const [last] = await bench.rows<{ n: number }>('select cardinality(names_of($1)) as n', [
          changes.at(-1)?.after[0],
        ]);
        expect(last?.n).toBeGreaterThanOrEqual(n);
      }
      const [few = 0, many = 0] = each;
      expect(few).toBeGreaterThan(1);
      expect(many).toBeLessThanOrEqual(1.5 * few);
    },
  );

  test('claims that missed their time are looked up one by one, however many are under way', async () => {
    const [, , senderId = ''] = senders;
    const others = await claim(senderId, await feed(senderId, FEW));
    const first = sum / FEW;
    for (let i = 0; i < 3; i += 1) await claim(senderId, await feed(senderId, MANY));
    await claim(senderId, [], others);
    expect(sum / FEW).toBeGreaterThan(1);
    expect(sum / FEW).toBeLessThanOrEqual(first);
  });

  test.each(['claim', 'record'] as const)(
    'a %s is not planned anew: no plan of it knows the values',
    async (kind) => {
      const [senderId = ''] = senders;
      const batches = await feed(senderId, FEW);
      plans = [];
      const claims = await claim(senderId, batches);
      if (kind === 'record') {
        plans = [];
        await record(claims.map((one, i) => (WORDS[i % WORDS.length] ?? unsent)(one)));
      }
      const values = [senderId, ...claims.map(({ request }) => request)];
      expect(plans.length).toBeGreaterThan(3);
      const text = JSON.stringify(plans, (key, value) =>
        key.startsWith('Actual') ? undefined : value,
      );
      expect(values.filter((value) => text.includes(`'${value}'`))).toEqual([]);
    },
  );
});
