/**
 * Stops a server nobody uses. Users stop it themselves when they leave in order; the keeper is for
 * those who are killed. It starts nothing and restarts nothing: users do, when their connection
 * breaks. It may be killed at any time: users look for it now and then, and start another.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { embeddedFailure } from './failure.ts';
import { type Paths, pathsOf } from './layout.ts';
import {
  claimStop,
  othersConnected,
  pauseBeside,
  type Seat,
  takeDuty,
  takeSeat,
} from './membership.ts';
import { isGone, PLAIN_ENVIRONMENT } from './processes.ts';
import { runningServer, stopServer } from './server.ts';

/**
 * Milliseconds without any connection until the server is stopped. Long enough for a user to come
 * back after a broken connection (it tries within 150 ms) and for one command to follow another;
 * short enough that nobody wonders what runs there.
 */
const IDLE_STOP_MS = 5_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Watches over one server until it is gone.
 * @param home DATA_DIR/postgres
 * @param serverPid the server's process id; a later server has a keeper of its own
 */
export async function keep(home: string, serverPid: number): Promise<void> {
  const seat = await seatAt(pathsOf(home), serverPid);
  if (seat === undefined) return;
  if (!(await takeDuty(seat))) return seat.leave();

  try {
    await stopWhenIdle(seat, serverPid);
  } catch (error) {
    // A question cut off by the server's end is no failure.
    await pauseBeside(seat, LOOK_EVERY_MS);
    if (!seat.gone.aborted) throw error;
  }
}

async function stopWhenIdle(seat: Seat, serverPid: number): Promise<void> {
  let idleSince: number | undefined;
  while (!seat.gone.aborted) {
    if ((await othersConnected(seat)) > 0) idleSince = undefined;
    else idleSince ??= performance.now();
    if (idleSince !== undefined && performance.now() - idleSince >= IDLE_STOP_MS) {
      if (await claimStop(seat)) {
        await stopServer(serverPid);
        return;
      }
      idleSince = undefined;
    }
    await pauseBeside(seat, LOOK_EVERY_MS);
  }
}

/** A connection to that server once it answers; undefined when it is gone. */
async function seatAt(paths: Paths, serverPid: number): Promise<Seat | undefined> {
  while (!(await isGone(serverPid))) {
    const server = await runningServer(paths);
    if (server !== undefined) {
      if (server.pid !== serverPid) return undefined;
      const seat = await takeSeat(paths, server, 'keeper').catch(() => undefined);
      if (seat !== undefined) return seat;
    }
    await sleep(50);
  }
  return undefined;
}

/**
 * Starts a keeper in a session of its own.
 * @param p.entry workers/postgres-keeper as JavaScript; see {@link keeperEntry}
 */
export async function startKeeper(
  paths: Paths,
  p: { readonly entry: string; readonly serverPid: number },
): Promise<ChildProcess> {
  const log = await open(paths.keeperLog, 'a');
  const child = spawn(process.execPath, [p.entry, paths.home, String(p.serverPid)], {
    cwd: '/',
    env: PLAIN_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  // Without a keeper all works but the stop after a kill; the next look tries again.
  child.on('error', () => {});
  child.unref();
  await log.close();
  return child;
}

/**
 * The keeper's entry point: beside us in `dist`, or in `dist` when we are run from source (tests):
 * Node 20 runs no TypeScript.
 */
export function keeperEntry(): string {
  const here = fileURLToPath(import.meta.url);
  const root = path.resolve(path.dirname(here), '../..', here.endsWith('.ts') ? 'dist' : '.');
  const entry = path.join(root, 'workers', 'postgres-keeper.js');
  if (existsSync(entry)) return entry;
  throw embeddedFailure(`The file ${entry} is missing: callpermit was not built (npm run build)`);
}
