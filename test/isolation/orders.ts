/**
 * Two statements beside each other, in every order that Postgres allows: one after the other, one
 * while the other is not committed, one while the other waits for a lock, and one after the other
 * has taken its snapshot. What is right in all of them does not rest on luck with timing.
 *
 * Nothing here is timed: a statement is let go on only when the other has ended or is seen waiting
 * for a lock in `pg_stat_activity`.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import pg from 'pg';
import { PATIENT_LIMITS } from '../../src/ledger/bounded-query.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { type TestLedger, useLedger } from '../ledger/support.ts';
import { HELD_UP } from '../support/held-up.ts';

/** What one of two processes does. */
export interface Act<T> {
  readonly run: (ledger: Ledger) => Promise<T>;
  /** A statement that takes the lock at which it is held. */
  readonly lock: readonly [sql: string, ...values: unknown[]];
}

/** Which of two acts comes first, and how far it is when the other begins. */
export interface Order {
  readonly first: 'a' | 'b';
  readonly way: 'ended' | 'uncommitted' | 'waiting' | 'snapshot';
}

/** A transaction that stays open. */
interface Held {
  /** Its statements belong to the transaction. */
  readonly ledger: Ledger;
  query(sql: string, ...values: readonly unknown[]): Promise<void>;
  commit(): Promise<void>;
}

/** A ledger, and two processes beside each other on it. */
export interface Isolation extends TestLedger {
  /**
   * Runs both in this order; gives what they gave.
   * @param acts.between what a third looks at when the first has ended, or both are as far as they come
   */
  inOrder<A, B, C = undefined>(
    order: Order,
    acts: { a: Act<A>; b: Act<B>; between?: () => Promise<C> },
  ): Promise<{ a: A; b: B; between: C | undefined }>;
  /** Begins a transaction of a third. */
  hold(): Promise<Held>;
  /** Begins an act of process `who`; resolves once it has ended or waits for a lock. */
  begin<T>(who: 'a' | 'b', run: (ledger: Ledger) => Promise<T>): Promise<{ ended: Promise<T> }>;
}

/** All orders of two acts with these names, as rows for `test.each`. */
export function ordersOf(a: string, b: string): [title: string, order: Order][] {
  const names = { a, b };
  return (['a', 'b'] as const).flatMap((first) => {
    const [one, other] = [names[first], names[first === 'a' ? 'b' : 'a']];
    return [
      [`${one}, then ${other}`, { first, way: 'ended' }],
      [`${other} beside ${one} that is not committed`, { first, way: 'uncommitted' }],
      [`${other} while ${one} waits for its lock`, { first, way: 'waiting' }],
      [`${other} after ${one} has taken its snapshot`, { first, way: 'snapshot' }],
    ] as [string, Order][];
  });
}

const NAMES = { a: 'isolation_a', b: 'isolation_b' } as const;
const LOOK_MS = 5;

const WAITS = `${HELD_UP} and a.application_name = $1`;

// The ledger's clock, in which a process can be held: that is after its statement's snapshot. Volatile,
// or the planner would ask it too, and that is before.
const CLOCK = `
create or replace function now_() returns timestamptz language plpgsql volatile as $$
begin
  if current_setting('application_name') = '${NAMES.a}' then perform pg_advisory_xact_lock_shared(1); end if;
  if current_setting('application_name') = '${NAMES.b}' then perform pg_advisory_xact_lock_shared(2); end if;
  return statement_timestamp() + (select ahead from ledger_clock);
end $$`;
const CLOCK_HELD = { a: 'select pg_advisory_xact_lock(1)', b: 'select pg_advisory_xact_lock(2)' };

/** {@link useLedger}, with two processes. */
export function useIsolation(): Isolation {
  const settings = { pairLimit: { perDay: 1, perWeek: 2 } };
  const bench = useLedger(settings);
  const open = new Map<'a' | 'b', Database>();
  const ledgers = new Map<'a' | 'b', Ledger>();

  beforeAll(async () => {
    await bench.rows(CLOCK);
    for (const who of ['a', 'b'] as const) {
      const url = new URL(bench.database.connectionString);
      url.searchParams.set('application_name', NAMES[who]);
      // As long as a test may wait: what a sender's loop waits, 5 s, is over where the machine is busy, while the other
      // act is still on its way.
      const database = openDatabase(url.href, { max: 1, limits: PATIENT_LIMITS });
      open.set(who, database);
      ledgers.set(who, createLedger(database, settings));
    }
  });
  afterAll(() => Promise.all([...open.values()].map((database) => database.close())));

  async function hold(): Promise<Held> {
    const client = new pg.Client({ connectionString: bench.database.connectionString });
    await client.connect();
    await client.query('begin');
    const inside: Database = {
      ...bench.database,
      run: async (statement, values) =>
        (await client.query({ ...statement, values: [...values] })).rows,
    };
    return {
      ledger: createLedger(inside, settings),
      query: async (sql, ...values) => {
        await client.query(sql, [...values]);
      },
      commit: async () => {
        await client.query('commit');
        await client.end();
      },
    };
  }

  async function begin<T>(who: 'a' | 'b', run: (ledger: Ledger) => Promise<T>) {
    const ledger = ledgers.get(who);
    if (ledger === undefined) throw new Error('the processes are there only once the tests run');
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    const ended = run(ledger);
    ended.then(over, over);
    while (!isOver) {
      const waiting = await bench.rows(WAITS, [NAMES[who]]);
      if (waiting.length > 0) break;
      await sleep(LOOK_MS);
    }
    return { ended };
  }

  const inOrder: Isolation['inOrder'] = async <A, B, C>(
    { first, way }: Order,
    acts: { a: Act<A>; b: Act<B>; between?: () => Promise<C> },
  ) => {
    const other = first === 'a' ? 'b' : 'a';
    const both: Record<'a' | 'b', Act<unknown>> = acts;
    const ends: Partial<Record<'a' | 'b', Promise<unknown>>> = {};
    let between: C | undefined;
    const start = async (who: 'a' | 'b') => {
      ends[who] = (await begin(who, both[who].run)).ended;
    };
    if (way === 'ended') {
      await start(first);
      await ends[first];
      between = await acts.between?.();
      await start(other);
    } else {
      const third = await hold();
      if (way === 'uncommitted') ends[first] = Promise.resolve(await both[first].run(third.ledger));
      if (way === 'waiting') await third.query(...both[first].lock);
      if (way === 'snapshot') await third.query(CLOCK_HELD[first]);
      if (way !== 'uncommitted') await start(first);
      await start(other);
      between = await acts.between?.();
      await third.commit();
    }
    return { a: (await ends.a) as A, b: (await ends.b) as B, between };
  };

  return Object.defineProperties(bench, {
    inOrder: { value: inOrder },
    hold: { value: hold },
    begin: { value: begin },
  }) as Isolation;
}

/** The lock of one request. */
export function lockOfRequest(request: string): Act<unknown>['lock'] {
  return ['select from requests where id = $1 for update', request];
}

/** The lock of one campaign. */
export function lockOfCampaign(id: string): Act<unknown>['lock'] {
  return ['select from campaigns where id = $1 for update', id];
}

/** The lock of one sender. */
export function lockOfSender(senderId: string): Act<unknown>['lock'] {
  return ['select from senders where id = $1 for update', senderId];
}
