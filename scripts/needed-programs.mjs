/**
 * Which programs the selected tests need that npm does not bring: who reaches the file that starts one, by imports,
 * needs it. A run of `test/core` alone then installs no browser.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Who starts what, from the top of the repository. */
const STARTED_BY = {
  redis: 'test/support/redis.ts',
  chromium: 'test/browser/chromium.ts',
  pgbouncer: 'test/support/pgbouncer.ts',
};
// Both quotes: the copies in which `npm run mutate` changes something are written with double ones.
const IMPORT = /(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g;

/**
 * The names of `STARTED_BY` that the tests reach which jest would run.
 *
 * @param root the repository
 * @param args jest's arguments, as they were typed
 */
export function neededPrograms(root, args) {
  const reached = reach(selectedTests(root, args));
  return new Set(
    Object.keys(STARTED_BY).filter((name) => reached.has(join(root, STARTED_BY[name]))),
  );
}

function selectedTests(root, args) {
  const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
  const listed = spawnSync(process.execPath, [jest, '--listTests', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.stdout.split('\n').filter((line) => line.endsWith('.test.ts'));
}

/** All files that these import, directly or not. */
export function reach(files) {
  const reached = new Set();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file) || !existsSync(file)) continue;
    reached.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(IMPORT))
      open.push(resolve(dirname(file), path));
  }
  return reached;
}
