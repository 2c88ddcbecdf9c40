/**
 * `npm test`: builds what changed, sees to the oldest Postgres, and to a Redis, a pgbouncer and a browser where
 * the selected tests need them, runs jest with what is typed.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { neededPrograms } from './needed-programs.mjs';
import { ensureProgram, findProgram, PROGRAMS } from './programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const print = (line) => process.stderr.write(`${line}\n`);

if (!(await build({ root, print }))) process.exit(1);

const needed = neededPrograms(root, process.argv.slice(2));

// A Redis that somebody named stands in for a program of ours (test/support/borrowed-redis.ts).
const needsRedis = needed.has('redis') && !(process.env.REDIS_URL && !findProgram(PROGRAMS.redis));
if (needsRedis && !(await ensureProgram(PROGRAMS.redis, print))) process.exit(1);

// Likewise the Postgres of TEST_POSTGRES_URL (test/support/oldest-postgres.mjs).
if (!process.env.TEST_POSTGRES_URL && !(await ensureProgram(PROGRAMS.postgres, print)))
  process.exit(1);

if (needed.has('pgbouncer') && !(await ensureProgram(PROGRAMS.pgbouncer, print))) process.exit(1);

const env = { ...process.env };
if (needed.has('chromium')) {
  const chromium = await ensureProgram(PROGRAMS.chromium, print);
  if (!chromium) process.exit(1);
  env.CALLPERMIT_TEST_CHROMIUM = chromium;
}

const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(import.meta.resolve('jest/bin/jest')),
    ...process.argv.slice(2),
  ],
  { cwd: root, env, stdio: 'inherit' },
);
// A Ctrl-C reaches jest too; this process waits for its last words.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
jest.on('close', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
