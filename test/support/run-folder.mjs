/** The temporary folder of a run: made by whichever server's setup comes first, gone with the last. */
import { mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Its path, also in CALLPERMIT_TEST_RUN; who has asked for it leaves it too. */
export async function enterRunFolder() {
  // Setups and teardowns are modules of their own to jest, and share nothing but this.
  globalThis.callpermitRun ??= {
    path: await mkdtemp(join(await realpath(tmpdir()), 'callpermit-test-')),
    users: 0,
  };
  globalThis.callpermitRun.users += 1;
  process.env.CALLPERMIT_TEST_RUN = globalThis.callpermitRun.path;
  return globalThis.callpermitRun.path;
}

/** A server has stopped; another may still have its files there. */
export async function leaveRunFolder() {
  const run = globalThis.callpermitRun;
  run.users -= 1;
  if (run.users === 0) await rm(run.path, { recursive: true, force: true });
}

/** Tells the tests where a server is, or why it is not; they wait for this file (`postgres.ts`). */
export async function announce(runDir, name, answer) {
  const file = join(runDir, `${name}.json`);
  // Renamed into place, so that nobody reads half of it.
  await writeFile(`${file}.new`, JSON.stringify(answer));
  await rename(`${file}.new`, file);
}
