/**
 * Postgres refuses to run as root. Started by root, it runs as the owner of its files (Postgres
 * demands that too), else as the owner of DATA_DIR (`sudo callpermit` in somebody's clone must not
 * leave files that they cannot use), else as `postgres`, else as `nobody`.
 */
import { stat } from 'node:fs/promises';
import { embeddedFailure } from './failure.ts';
import { type Account, run } from './processes.ts';

/**
 * The account Postgres runs as; undefined: as ourselves.
 * @param paths looked at in this order; the first that exists and is not root's gives its owner
 */
export async function serverAccount(paths: readonly string[]): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const path of paths) {
    const owner = await stat(path).catch(() => undefined);
    if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  for (const name of ['postgres', 'nobody']) {
    const uid = await id('-u', name);
    const gid = await id('-g', name);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { uid, gid };
  }
  throw embeddedFailure(
    'The embedded Postgres cannot run as root, and neither of the accounts "postgres" and "nobody" exists',
  );
}

/** Asked of `id`, for accounts are not only in /etc/passwd. */
async function id(what: '-u' | '-g', name: string): Promise<number | undefined> {
  const { code, output } = await run('id', [what, name], { cwd: '/' });
  return code === 0 ? Number.parseInt(output, 10) : undefined;
}

/**
 * Whether that account can enter a directory, found out by entering it: mode bits alone do not
 * know of access lists and network file systems.
 */
export async function canEnter(directory: string, account: Account): Promise<boolean> {
  const { code } = await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], {
    cwd: '/',
    account,
  });
  return code === 0;
}
