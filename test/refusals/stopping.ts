/** What the tests of stopped and resumed campaigns share, by the built program. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import pg from 'pg';
import type { Simulator } from '../../src/simulator/index.ts';
import { type Json, number, setUpWorkspace, type Workspace } from '../cli/workspace.ts';
import type { QueueGround } from '../support/queues.ts';

const RATE = 100;

/** People in each list, and the message at which something stops it. */
export const PEOPLE = 300;
export const STOPPED_AT = 150;
/**
 * What may be in flight when a refusal comes back: two answers' worth and what a stalled machine adds,
 * well under a second's worth.
 */
export const IN_FLIGHT = RATE / 2;
export const LATENCY = { kind: 'constant', ms: 40 } as const;
export const TEMPLATE = ['--template', 't', '--language', 'en'];

/** A workspace whose campaigns stop and go on. */
export interface StoppingWorkspace extends Workspace {
  /** Runs SQL against the ledger, past the program. */
  ledger<T extends pg.QueryResultRow>(sql: string): Promise<T[]>;
  /** The campaign once it is completed; looked for in the ledger, since a process a look is dear. */
  untilCompleted(id: string): Promise<Json>;
}

/** Sets one up. */
export function setUpStoppingWorkspace(
  ground: Pick<QueueGround, 'env' | 'databaseUrl'>,
): StoppingWorkspace {
  const workspace = setUpWorkspace(() => ({ ...ground.env, MESSAGES_PER_SECOND: String(RATE) }));
  const stopping: StoppingWorkspace = Object.create(workspace, {
    ledger: {
      value: async (sql: string) => {
        const client = new pg.Client({ connectionString: ground.databaseUrl });
        await client.connect();
        try {
          return (await client.query(sql)).rows;
        } finally {
          await client.end();
        }
      },
    },
    untilCompleted: {
      value: async (id: string) => {
        const done = `select from campaigns where id = '${id}' and state = 'completed'`;
        while ((await stopping.ledger(done)).length === 0) await sleep(200);
        return workspace.show(id);
      },
    },
  });
  return stopping;
}

/** Everybody of a list (`people(PEOPLE, from)`) was accepted exactly once. */
export function expectOneEach(simulator: Simulator, from: number): void {
  const { people } = simulator.stats();
  const accepted = Array.from(
    { length: PEOPLE },
    (_, i) => people?.[number(from + i).slice(1)]?.accepted,
  );
  expect(new Set(accepted)).toEqual(new Set([1]));
}
