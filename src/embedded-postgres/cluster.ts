/**
 * Makes the database directory, once: `initdb` and our database in a draft beside it, then one
 * rename. Processes that race each make a draft; the first rename wins, the others throw theirs
 * away. So no lock is needed, and a kill -9 in the middle leaves a draft that a later start sweeps.
 */
import { randomBytes } from 'node:crypto';
import { appendFile, chown, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { embeddedFailure } from './failure.ts';
import { type Layout, onDirectory } from './layout.ts';
import { isGone, run } from './processes.ts';

/** The name of the role and of the database. */
export const NAME = 'callpermit';

/** Makes the cluster of a layout unless it is there; true: it was this call that made it. */
export async function ensureCluster(layout: Layout): Promise<boolean> {
  if (await exists(layout.cluster)) return false;
  await sweepDrafts(layout);
  const draft = path.join(
    layout.home,
    `cluster.new-${process.pid}-${randomBytes(4).toString('hex')}`,
  );
  try {
    await fill(layout, draft);
    const won = await rename(draft, layout.cluster).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    // The rename itself must outlive a power loss, else the next start would begin an empty ledger.
    await sync(layout.home);
    return won;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fill(layout: Layout, draft: string): Promise<void> {
  const data = path.join(draft, 'data');
  const password = path.join(draft, 'password');
  await mkdir(data, { recursive: true, mode: 0o700 });
  const file = await open(password, 'wx', 0o600);
  await file.writeFile(randomBytes(24).toString('hex'));
  await file.sync();
  await file.close();
  if (layout.account !== undefined) {
    for (const at of [draft, data, password]) {
      await chown(at, layout.account.uid, layout.account.gid);
    }
  }
  await sync(draft);

  const { argument, ...place } = onDirectory(layout, data);
  await step(layout, 'initdb', place, [
    `--pgdata=${argument}`,
    `--username=${NAME}`,
    '--pwfile=../password',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ]);
  const args = ['--single', '-D', argument, '-c', 'log_checkpoints=off', 'postgres'];
  await step(layout, 'postgres', { ...place, input: `create database ${NAME}\n` }, args);
}

async function step(
  layout: Layout,
  program: 'initdb' | 'postgres',
  place: Parameters<typeof run>[2],
  args: readonly string[],
): Promise<void> {
  const { code, output } = await run(path.join(layout.native, 'bin', program), args, place);
  await appendFile(layout.log, output).catch(() => {});
  // Single-user Postgres ends with 0 also after an error.
  if (code !== 0 || /^.*(ERROR|FATAL|PANIC): /m.test(output)) {
    throw embeddedFailure(`A new database could not be made in ${layout.home}`, {
      said: output,
      log: layout.log,
    });
  }
}

async function sweepDrafts(layout: Layout): Promise<void> {
  for (const name of await readdir(layout.home)) {
    const maker = /^cluster\.new-(\d+)-/.exec(name)?.[1];
    if (maker !== undefined && (await isGone(Number(maker)))) {
      // Another sweeper may be at it, or the initdb of a killed maker still write.
      await rm(path.join(layout.home, name), { recursive: true, force: true }).catch(() => {});
    }
  }
}

async function exists(at: string): Promise<boolean> {
  return lstat(at).then(
    () => true,
    () => false,
  );
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync();
  await handle.close();
}
