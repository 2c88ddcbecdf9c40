/**
 * A person is erased from the ledger: all that waits of theirs is skipped, what is under way is waited for, the deliveries that
 * were applied are looked through, and the rest is one transaction. It goes by the one row of `forgetting`, which it locks: no
 * line of a list is written meanwhile. Nor does anybody take a delivery, or learn names, while that last one erases: what Meta
 * tells of the person meanwhile is applied whole, under all names that it tells, before or after.
 */
import type pg from 'pg';
import type { Secret } from '../config/config.ts';
import type { ForgetOptions, ForgettingStore, Forgotten } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok } from '../core/result.ts';
import { type Database, untilDone } from './database.ts';
import {
  cutOut,
  cutOutOfApplied,
  isBeingApplied,
  type Since,
  type Sought,
  sought,
} from './forget-texts.ts';
import { otherKey } from './forgotten.ts';
import { keyProof, nameHash } from './name-hash.ts';
import { LOCK_NOT_AVAILABLE, sqlState } from './sqlstate.ts';

/** Between two looks at a request that is being sent: it takes a second as a rule. */
const LOOK_MS = 250;
/** As long as a loader's batch may take, and a claim. */
const LOCK_MS = 30_000;
/** What was taken is applied within a second, as a rule; nobody takes another one for so long. */
const HOLD_MS = 10_000;

const TURN = `update forgetting set generation = generation + 1, proof = coalesce(proof, $1)
  where proof is null or proof = $1 returning generation`;
const NAMES = 'select all_names_of($1) as v';
const WAITING = 'select id::text as id, state, skipped from forget_waiting($1)';
const IDS = 'select ids_of_person($1, $2::bigint[]) as v';
const KEEP = 'select keep_forgotten($1, $2) as v';
// What this transaction changed; of the connection's one before some may still be counted, so it is looked at twice.
const CHANGED = `select coalesce(sum(n_tup_upd + n_tup_del), 0)::int as v from pg_stat_xact_user_tables
  where relname not in ('forgetting', 'forgotten')`;
// Never waited for: who has it may wait for rows that are held here.
const LEARN_NAMES =
  "select pg_try_advisory_xact_lock(hashtextextended('callpermit names', 0)) as v";
// Waits only for those who take some at this moment (`take_webhooks`): others take none from then on.
const HOLD_DELIVERIES = "select pg_advisory_xact_lock(hashtextextended('callpermit applying', 0))";
// Never waited for once the turn is had: whoever holds them waits for the turn.
const TRY_DELIVERIES =
  "select pg_try_advisory_xact_lock(hashtextextended('callpermit applying', 0)) as v";
const LEFT = { name: 'names_left', text: 'select names_left($1) as v' };
const ERASE = 'select erase_person($1, $2::bigint[])';
// Nobody moves events from one table to the other meanwhile.
const HOLD_EVENTS = "select pg_advisory_xact_lock(hashtextextended('callpermit events', 0))";
const IS_TOLD = 'select events_being_told($1, $2::bigint[]) as v';
// Last: that somebody who waited is skipped is an event, too.
const ERASE_EVENTS = 'select erase_events($1, $2::bigint[])';
const ERASE_AUDIT = 'select erase_audit($1)';

interface Waiting {
  readonly id: string;
  readonly state: string;
  readonly skipped: boolean;
}

/** What one try came to. */
interface Try {
  readonly end: 'other key' | 'sending' | 'telling' | 'busy' | Applying | Looked | Erased;
  readonly skipped: number;
}

type Erased = Omit<Forgotten, 'skipped' | 'left'>;

/** Somebody is applying what Meta told of them. */
interface Applying {
  readonly applying: Sought;
}

/** Deliveries before `since` were looked through and are without these names, so many of them since now. */
interface Looked {
  readonly names: readonly string[];
  readonly since: Since;
  readonly cut: number;
}

/**
 * Makes the {@link ForgettingStore} over a database.
 *
 * @param lockMs how long each lock is waited for before it is asked for again
 */
export function forgettingStore(
  database: Database,
  key: Secret | undefined,
  lockMs = LOCK_MS,
): ForgettingStore {
  return {
    async forget(p) {
      if (key === undefined) return err(keyMissing());
      let skipped = 0;
      let looked: Looked | undefined;
      let applying: Sought | undefined;
      for (;;) {
        p.signal?.throwIfAborted();
        const tried = await untilDone(() =>
          inTransaction(database, lockMs, async (client) => {
            if (applying !== undefined) await holdDeliveries(client, applying, p);
            return tryOnce(client, key, p, looked);
          }).catch(busyWhereLocked),
        );
        skipped += tried.skipped;
        applying = undefined;
        if (tried.end === 'other key') return err(otherKey());
        if (typeof tried.end === 'string' || 'applying' in tried.end) {
          if (typeof tried.end === 'object') ({ applying } = tried.end);
          await p.onWait?.(typeof tried.end === 'string' ? tried.end : 'applying');
          await p.clock.sleep(LOOK_MS);
        } else if ('since' in tried.end) looked = tried.end;
        else {
          const [row] = await database.run<{ v: number }>(LEFT, [looked?.names]);
          return ok({ ...tried.end, skipped, left: row?.v ?? 0 });
        }
      }
    },
  };
}

/** Of whom Meta tells all the time there would be one that is being applied at each look. */
async function holdDeliveries(
  client: pg.PoolClient,
  person: Sought,
  { clock, signal }: Pick<ForgetOptions, 'clock' | 'signal'>,
): Promise<void> {
  await client.query(HOLD_DELIVERIES);
  for (let waited = 0; waited < HOLD_MS; waited += LOOK_MS) {
    if (!(await isBeingApplied(client, person))) return;
    signal?.throwIfAborted();
    await clock.sleep(LOOK_MS);
  }
}

async function tryOnce(
  client: pg.PoolClient,
  key: Secret,
  { name, onErase }: Pick<ForgetOptions, 'name' | 'onErase'>,
  looked: Looked | undefined,
): Promise<Try> {
  const turn = await client.query(TURN, [keyProof(key)]);
  if (turn.rowCount !== 1) return { end: 'other key', skipped: 0 };
  const before = await one<number>(client, CHANGED, []);
  const names = await one<string[]>(client, NAMES, [name.replace(/^\+/, '')]);
  const { rows } = await client.query<Waiting>(WAITING, [names]);
  const skipped = rows.filter((row) => row.skipped).length;
  // What was skipped so far stays so: it would be the next to be sent.
  if (rows.some(({ state }) => state === 'sending')) return { end: 'sending', skipped };
  const requests = rows.map(({ id }) => id);
  const ids = (await one<string[] | null>(client, IDS, [names, requests])) ?? [];
  const person = sought({ names, ids, requests });
  const theirs = { requests: new Set(requests), mentions: person.mentions };
  if (looked === undefined || names.some((each) => !looked.names.includes(each))) {
    await onErase?.(theirs);
    const { n, since } = await cutOutOfApplied(client, person);
    return { end: { names, since, cut: n + (looked?.cut ?? 0) }, skipped };
  }
  // Not before that look, which may take long: whoever is waited for holds up all deliveries the next time.
  const waits: Try = { end: { applying: person }, skipped };
  if (await isBeingApplied(client, person)) return waits;
  await client.query(HOLD_EVENTS);
  if (await one<boolean>(client, IS_TOLD, [names, requests])) return { end: 'telling', skipped };
  await onErase?.(theirs);
  if (!(await one<boolean>(client, LEARN_NAMES, []))) return waits;
  if (!(await one<boolean>(client, TRY_DELIVERIES, []))) return waits;
  // One that was taken since.
  if (await isBeingApplied(client, person)) return waits;
  const hashes = names.map((each) => nameHash(key, each));
  const optedOut = await one<boolean>(client, KEEP, [names, hashes]);
  await client.query(ERASE, [names, requests]);
  const deliveries = looked.cut + (await cutOut(client, person, looked.since));
  await client.query(ERASE_EVENTS, [names, requests]);
  await client.query(ERASE_AUDIT, [names]);
  const known =
    requests.length > 0 || looked.cut > 0 || (await one<number>(client, CHANGED, [])) > before;
  return { end: { known, requests: requests.length, deliveries, optedOut, theirs }, skipped };
}

/** Whoever has what it needs, a list that comes in or another person who is forgotten, is no database out of reach. */
function busyWhereLocked(error: unknown): Try {
  if (sqlState(error) === LOCK_NOT_AVAILABLE) return { end: 'busy', skipped: 0 };
  throw error;
}

async function one<T>(client: pg.PoolClient, text: string, values: unknown[]): Promise<T> {
  const { rows } = await client.query<{ v: T }>(text, values);
  return (rows[0] as { v: T }).v;
}

/** A transaction on a connection of its own; whatever fails in it undoes it. */
async function inTransaction<T>(
  database: Database,
  lockMs: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('lock_timeout', '${lockMs}', true)`);
    const done = await work(client);
    await client.query('commit');
    client.release();
    return done;
  } catch (error) {
    // Its connection goes with it, and the transaction with the connection.
    client.release(true);
    throw error;
  }
}

function keyMissing(): Problem {
  return problem(
    'SETTING_MISSING',
    'FORGET_KEY is not set: what stays of a person, an opt-out and when they were asked, is kept under hashes by this key.',
    {
      where: 'FORGET_KEY',
      next: 'Set it to a long random text (openssl rand -hex 32), and keep it for good.',
    },
  );
}
