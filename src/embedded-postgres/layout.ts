/**
 * Where things lie:
 * ```
 * DATA_DIR/postgres/server.log      what initdb and Postgres say
 * DATA_DIR/postgres/keeper.log      what the keeper says (nothing, as a rule)
 * DATA_DIR/postgres/cluster/data    Postgres's own directory; its postmaster.pid is the port file
 * DATA_DIR/postgres/cluster/password
 * ```
 * `cluster` is made beside itself and renamed, so it is either whole or not there. There is no file
 * of ours that says whether a server runs: Postgres keeps one, with process id and port, and knows
 * best when it is stale.
 */

import { chown, mkdir, open, realpath, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { given } from '../core/given.ts';
import { canEnter, serverAccount } from './account.ts';
import { platformPackage, runnableBinaries, SHARED_DIRECTORIES } from './binaries.ts';
import { embeddedFailure } from './failure.ts';
import type { Account } from './processes.ts';

/** A log above this many bytes is put aside when the next server starts (one is kept). */
const LOG_LIMIT_BYTES = 5_000_000;

/** The paths of one DATA_DIR, all absolute, free of symbolic links. */
export interface Paths {
  readonly home: string;
  readonly cluster: string;
  readonly data: string;
  readonly password: string;
  readonly log: string;
  readonly keeperLog: string;
}

/** {@link Paths}, and how programs are run on them. */
export interface Layout extends Paths {
  /** The directory of `bin/postgres`. */
  readonly native: string;
  /** Absent: as ourselves. */
  readonly account?: Account;
  /** Whether {@link account} can enter {@link home} by its path. */
  readonly enterable: boolean;
}

/** The paths under a home directory (DATA_DIR/postgres). */
export function pathsOf(home: string): Paths {
  const cluster = path.join(home, 'cluster');
  return {
    home,
    cluster,
    data: path.join(cluster, 'data'),
    password: path.join(cluster, 'password'),
    log: path.join(home, 'server.log'),
    keeperLog: path.join(home, 'keeper.log'),
  };
}

/**
 * Makes DATA_DIR ready: directory and logs exist, programs run, the account is known.
 * @param p.sharedDirectories where root may put a copy of the programs
 */
export async function prepareLayout(p: {
  readonly dataDir: string;
  readonly sharedDirectories?: readonly string[];
}): Promise<Layout> {
  // Before anything is made in DATA_DIR.
  await platformPackage();
  const paths = await preparePaths(p.dataDir).catch((error: unknown) => {
    throw embeddedFailure(`DATA_DIR ${p.dataDir} cannot be used`, {
      said: (error as Error).message,
      cause: error,
    });
  });
  const account = await serverAccount([paths.cluster, p.dataDir]);
  const native = await runnableBinaries({
    ...given({ account }),
    copyTo: account === undefined ? [paths.home] : (p.sharedDirectories ?? SHARED_DIRECTORIES),
  });
  if (account === undefined) return { ...paths, native, enterable: true };
  return { ...paths, native, account, enterable: await canEnter(paths.home, account) };
}

async function preparePaths(dataDir: string): Promise<Paths> {
  await makeFolder(path.resolve(dataDir));
  const root = await realpath(dataDir);
  const paths = pathsOf(path.join(root, 'postgres'));
  await makeFolder(paths.home, 0o755);
  for (const log of [paths.log, paths.keeperLog]) {
    const size = await stat(log).then(
      (s) => s.size,
      () => 0,
    );
    if (size > LOG_LIMIT_BYTES) await rename(log, `${log}.1`).catch(() => {});
    await (await open(log, 'a', 0o600)).close();
  }
  if (process.getuid?.() === 0) {
    const owner = await stat(root);
    for (const at of [paths.home, paths.log, paths.keeperLog]) {
      await chown(at, owner.uid, owner.gid);
    }
  }
  return paths;
}

/**
 * As `mkdir -p`. Node's own `recursive` never returns where a folder that is there takes no folders
 * (`/proc`): the system says ENOENT to it, and Node tries its parent again, forever, in a thread.
 */
async function makeFolder(folder: string, mode?: number): Promise<void> {
  const make = () =>
    mkdir(folder, mode).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    await makeFolder(path.dirname(folder));
    await make();
  });
}

/**
 * How to run a program of Postgres on a data directory of this layout: in that directory, which
 * Node enters before it gives up root, named by `argument`. An account that cannot come there by
 * the path (a clone in a home of mode 0700) names it `/proc/self/cwd`: Linux does not look at the
 * directories above then. So the data stays in DATA_DIR always, is deleted with it and saved with it.
 */
export function onDirectory(
  layout: Layout,
  data: string,
): { readonly argument: string; readonly cwd: string; readonly account?: Account } {
  const byPath = layout.enterable || process.platform !== 'linux';
  return {
    argument: byPath ? data : '/proc/self/cwd',
    cwd: data,
    ...given({ account: layout.account }),
  };
}
