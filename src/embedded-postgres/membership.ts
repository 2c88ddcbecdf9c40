/**
 * Who uses a server is said by the server itself: each user keeps one connection with a shared
 * advisory lock on it, which the system closes for a process that is killed. Whoever gets the same
 * lock exclusively knows that nobody else is left, and that a newcomer, who cannot get it shared,
 * will wait for the end and start again. So "the last one stops it" is a question with one answer.
 */
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { NAME } from './cluster.ts';
import type { Paths } from './layout.ts';
import type { Server } from './server.ts';

/** First key of our advisory locks: "cpmt" in ASCII; other users of the database have others. */
const LOCKS = 0x63706d74;
/** Held shared by each user, exclusively by the one who stops the server. */
const USERS = 1;
/** Held by the keeper on duty. */
const KEEPER = 2;
const KEEPER_NAME = `${NAME} keeper `;

/** Connections of a pool that was just closed are seen for some milliseconds more. */
const LINGER_MS = 1_000;

/** A connection to a server, for these locks and questions only. */
export interface Seat {
  readonly server: Server;
  readonly password: string;
  /** Aborted once the connection is gone, whoever ended it. */
  readonly gone: AbortSignal;
  /** Whether this connection keeps our process from ending by itself (from the start: yes). */
  hold(yes: boolean): void;
  ask(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>>;
  leave(): Promise<void>;
}

/** Connects; throws what the server or the socket says. */
export async function takeSeat(paths: Paths, server: Server, as: 'user' | 'keeper'): Promise<Seat> {
  const password = (await readFile(paths.password, 'utf8')).trim();
  const socket = new Socket();
  const client = new Client({
    host: '127.0.0.1',
    port: server.port,
    user: NAME,
    password,
    database: NAME,
    ssl: false,
    application_name: as === 'keeper' ? KEEPER_NAME + process.pid : NAME,
    connectionTimeoutMillis: 5_000,
    stream: () => socket,
  });
  // An error of an idle connection is followed by its end, and that is what we look at.
  client.on('error', () => {});
  const gone = new AbortController();
  client.once('end', () => gone.abort());
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    server,
    password,
    gone: gone.signal,
    hold: (yes) => {
      if (yes) socket.ref();
      else socket.unref();
    },
    ask: async (sql, values = []) => (await client.query(sql, [...values])).rows[0] ?? {},
    leave: async () => {
      await client.end();
    },
  };
}

/**
 * Waits so many ms, or until the connection is gone, or until `stop`. Not a race with a promise that
 * lives as long as the connection: that one would keep something of every wait.
 */
export function pauseBeside(seat: Pick<Seat, 'gone'>, ms: number, stop?: AbortSignal) {
  return new Promise<void>((resolve) => {
    const signals = stop === undefined ? [seat.gone] : [seat.gone, stop];
    const over = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', over);
      resolve();
    };
    // The connection keeps a process that needs it from ending; this does not.
    const timer = setTimeout(over, ms).unref();
    for (const signal of signals) signal.addEventListener('abort', over);
    if (signals.some((signal) => signal.aborted)) over();
  });
}

/** Counts us as a user; false when the server is being stopped. */
export async function enrol(seat: Seat): Promise<boolean> {
  const row = await seat.ask('select pg_try_advisory_lock_shared($1, $2) as got', [LOCKS, USERS]);
  return row.got === true;
}

/** Takes the keeper's duty; false when another keeper has it. */
export async function takeDuty(seat: Seat): Promise<boolean> {
  const row = await seat.ask('select pg_try_advisory_lock($1, $2) as got', [LOCKS, KEEPER]);
  return row.got === true;
}

/** The process id of the keeper on duty, if there is one. */
export async function keeperOnDuty(seat: Seat): Promise<number | undefined> {
  const row = await seat.ask(
    `select substr(a.application_name, length($3) + 1) as pid
       from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted
        and starts_with(a.application_name, $3)`,
    [LOCKS, KEEPER, KEEPER_NAME],
  );
  return typeof row.pid === 'string' ? Number(row.pid) : undefined;
}

/** How many connections there are beside this one and keepers': users, their pools, a psql. */
export async function othersConnected(seat: Seat): Promise<number> {
  const row = await seat.ask(
    `select count(*)::int as n from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()
        and not starts_with(application_name, $1)`,
    [KEEPER_NAME],
  );
  return Number(row.n);
}

/**
 * Gives up our own use and asks for the right to stop the server.
 * @returns true: nobody uses it, and nobody can begin to
 */
export async function claimStop(seat: Seat): Promise<boolean> {
  await seat.ask('select pg_advisory_unlock_shared($1, $2)', [LOCKS, USERS]);
  const row = await seat.ask('select pg_try_advisory_lock($1, $2) as got', [LOCKS, USERS]);
  if (row.got !== true) return false;
  const end = performance.now() + LINGER_MS;
  while ((await othersConnected(seat)) > 0) {
    if (performance.now() > end) {
      await seat.ask('select pg_advisory_unlock($1, $2)', [LOCKS, USERS]);
      return false;
    }
    await sleep(20);
  }
  return true;
}
