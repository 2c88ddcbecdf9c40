/**
 * The Postgres that runs when there is no DATABASE_URL: one server for a DATA_DIR, shared by all
 * processes of this machine that name it, started by the first, stopped by the last. A user of it
 * is a process that holds a connection (membership.ts); everything else follows from that.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../core/problem.ts';
import { ensureCluster, NAME } from './cluster.ts';
import { embeddedFailure, logTail } from './failure.ts';
import { keeperEntry, startKeeper } from './keeper.ts';
import { type Layout, prepareLayout } from './layout.ts';
import { claimStop, enrol, keeperOnDuty, pauseBeside, type Seat, takeSeat } from './membership.ts';
import { launch, runningServer, type Server, stopServer } from './server.ts';

/** Milliseconds; a start takes about one second the first time, and took 50 on a machine that twenty programs wanted. */
const START_LIMIT_MS = 120_000;
/** Milliseconds between looks for a dead keeper, and between tries to bring a broken server back. */
const CARE_EVERY_MS = 5_000;
/** Milliseconds; a keeper is a Node process, which takes 0.2 s to start, and 2 s on a busy machine. */
const KEEPER_START_LIMIT_MS = 60_000;

/** What {@link startEmbeddedPostgres} is given. */
export interface EmbeddedPostgresOptions {
  /** Made if it is not there. Processes share a server if this is one directory, however spelled. */
  readonly dataDir: string;
  /** Told what a person may want to know: the first start, a server that broke and came back. */
  readonly log?: (message: string) => void;
  /** The keeper as JavaScript, for programs run from source; else found beside this file. */
  readonly keeperEntry?: string;
  /** Where root may put a copy of the programs; see {@link prepareLayout}. */
  readonly sharedDirectories?: readonly string[];
}

/** A server in use. */
export interface EmbeddedPostgres {
  readonly connectionString: string;
  /**
   * Ends this use; close your own connections before. The last user stops the server, and this
   * resolves when no process of it is left.
   */
  release(): Promise<void>;
}

/**
 * Uses the server of a DATA_DIR, starting it if none runs. Throws a {@link ProblemError}
 * (DATABASE_UNREACHABLE, with the server's own output) when that does not work within two minutes.
 * @example const db = await startEmbeddedPostgres({ dataDir: config.dataDir });
 */
export async function startEmbeddedPostgres(p: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const entry = p.keeperEntry ?? keeperEntry();
  const log = p.log ?? (() => {});
  const layout = await prepareLayout(p);
  const keepers = new Set<ChildProcess>();
  let released = false;

  const enlistKeeper = async (serverPid: number) => {
    const child = await startKeeper(layout, { entry, serverPid });
    keepers.add(child);
    child.once('exit', () => keepers.delete(child));
  };
  const stopCare = new AbortController();
  const enterNow = async () => {
    const made = await enter(layout, { log, enlistKeeper, signal: stopCare.signal });
    made.hold(false);
    return made;
  };

  let seat = await enterNow();
  const { port } = seat.server;
  const care = (async () => {
    while (!released) {
      await pauseBeside(seat, CARE_EVERY_MS, stopCare.signal);
      if (released) return;
      try {
        // Throws when the connection is gone.
        if ((await keeperOnDuty(seat)) === undefined) await enlistKeeper(seat.server.pid);
      } catch {
        log('The embedded Postgres went away; bringing it back');
        // A half-dead connection would keep its lock, and so the server from ever being stopped.
        void seat.leave().catch(() => {});
        seat = await enterNow().catch(async (error: unknown) => {
          if (!released) log(error instanceof Error ? error.message : String(error));
          await pause(CARE_EVERY_MS, stopCare.signal);
          return seat;
        });
        if (seat.server.port !== port) {
          log(`The embedded Postgres now has port ${seat.server.port}, not ${port}: restart this`);
        }
      }
    }
  })();

  return {
    connectionString: `postgres://${NAME}:${seat.password}@127.0.0.1:${port}/${NAME}`,
    release: async () => {
      if (released) return;
      released = true;
      stopCare.abort();
      await care;
      if (!(await withdraw(seat, keepers))) {
        log(`The embedded Postgres (process ${seat.server.pid}) does not stop; see ${layout.log}`);
      }
    },
  };
}

interface Entering {
  readonly log: (message: string) => void;
  readonly enlistKeeper: (serverPid: number) => Promise<void>;
  /** Aborted by a release meanwhile. */
  readonly signal: AbortSignal;
}

/** As {@link tryToEnter}; what the file system refuses (a full disk) is a problem for a person too. */
async function enter(layout: Layout, p: Entering): Promise<Seat> {
  return tryToEnter(layout, p).catch((error: unknown) => {
    if (error instanceof ProblemError || p.signal.aborted) throw error;
    throw embeddedFailure(`The embedded Postgres cannot be started in ${layout.home}`, {
      said: error instanceof Error ? error.message : String(error),
      log: layout.log,
      cause: error,
    });
  });
}

/** Joins the server that runs, or starts one and joins that, until one of them works. */
async function tryToEnter(layout: Layout, p: Entering): Promise<Seat> {
  const deadline = performance.now() + START_LIMIT_MS;
  let said = '';
  let failures = 0;
  while (performance.now() < deadline) {
    p.signal.throwIfAborted();
    const server = await findServer(layout);
    if (server !== undefined) {
      const joined = await join(layout, server);
      if (typeof joined !== 'string') return joined;
      said = joined;
    } else {
      if (await ensureCluster(layout)) p.log(`Made a new database in ${layout.home}`);
      const result = await launch(layout, deadline);
      if ('pid' in result) {
        await p.enlistKeeper(result.pid);
        continue;
      }
      said = result.said;
      if (!result.passing && (await findServer(layout)) === undefined) {
        throw embeddedFailure('The embedded Postgres does not start', { said, log: layout.log });
      }
      failures += 1;
    }
    // Spread, so that users of a server that broke do not all start one in the same moment; longer
    // each time, for what is left of a killed server ends only with its last query.
    await sleep((0.5 + Math.random()) * Math.min(100 * 2 ** failures, 1_000));
  }
  throw embeddedFailure(`The embedded Postgres did not answer within ${START_LIMIT_MS / 1000} s`, {
    said: `${said}\n${await logTail(layout.log)}`,
    log: layout.log,
  });
}

async function findServer(layout: Layout): Promise<Server | undefined> {
  return runningServer(layout).catch((error: unknown) => {
    throw embeddedFailure(`The database in ${layout.cluster} cannot be read by this user`, {
      said: (error as Error).message,
      cause: error,
    });
  });
}

/** A seat, or why there is none yet: starting, stopping, or not ours. */
async function join(layout: Layout, server: Server): Promise<Seat | string> {
  try {
    const seat = await takeSeat(layout, server, 'user');
    if (await enrol(seat)) return seat;
    await seat.leave();
    return 'it is being stopped';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Leaves; as the last one, stops the server and waits for its end and its keepers'. */
async function withdraw(seat: Seat, keepers: ReadonlySet<ChildProcess>): Promise<boolean> {
  seat.hold(true);
  try {
    await knownToServer(seat, keepers);
    if (await claimStop(seat)) {
      // Asked only now: while others could still leave, one of theirs could still take its duty.
      const keeper = await keeperOnDuty(seat);
      const ours = [...keepers].flatMap((child) => child.pid ?? []);
      return await stopServer(seat.server.pid, keeper === undefined ? ours : [...ours, keeper]);
    }
    await seat.leave();
  } catch {
    // The connection is gone, so the server is, or stops for others: nothing is left to leave.
  }
  return true;
}

/**
 * Waits until the keepers we started are on duty or have ended: one that still starts is known to us
 * alone, and whoever leaves last would not wait for its end.
 */
async function knownToServer(seat: Seat, keepers: ReadonlySet<ChildProcess>): Promise<void> {
  const end = performance.now() + KEEPER_START_LIMIT_MS;
  while (keepers.size > 0 && performance.now() < end) {
    const onDuty = await keeperOnDuty(seat);
    if ([...keepers].every((child) => child.pid === onDuty)) return;
    await sleep(20);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
}
