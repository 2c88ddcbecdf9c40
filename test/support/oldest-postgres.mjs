/**
 * A Postgres of the oldest version that is supported, from the system's packages, in a folder of
 * its own that is removed with it. A shell keeps it, in a session of its own: when its standard
 * input ends, because we stop it, or because this process ended by Ctrl-C or kill -9, so does the server.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram, PROGRAMS } from '../../scripts/programs.mjs';

/** Between choosing a port and binding it another program may take it. */
const PORT_TRIES = 20;
// A test's database is thrown away: nothing of it need survive a power loss.
const SETTINGS =
  '-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 ' +
  '-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c timezone=UTC';
/** `$0` the folder of programs, `$1` how to start it without a port, `$2` a port. */
const KEEP = `
: >log
[ -d data ] || "$0/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >said 2>&1 \\
  && "$0/pg_ctl" start -w -D data -l log -o "$1 -p $2" >>said 2>&1 || { cat said log; exit 1; }
echo ready
cat >/dev/null
"$0/pg_ctl" stop -w -m immediate -D data >/dev/null
rm -rf "$PWD"
`;

/**
 * Starts one; throws with its own words where that fails.
 * @returns its connection string, and `stop`, which resolves when it is gone
 */
export async function startOldestPostgres() {
  const program = findProgram(PROGRAMS.postgres);
  if (!program) throw new Error(`no ${PROGRAMS.postgres.title} found: npm test installs one`);
  const bin = dirname(await realpath(program));
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-oldest-'));
  const account = unprivileged();
  if (account) chownSync(folder, account.uid, account.gid);
  let said = '';
  for (let i = 0; i < PORT_TRIES; i += 1) {
    const port = await freePort();
    const child = spawn('/bin/sh', ['-c', KEEP, bin, SETTINGS, String(port)], {
      ...account,
      cwd: folder,
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    });
    said = await untilReady(child);
    if (said === 'ready') {
      return {
        connectionString: `postgres://postgres@127.0.0.1:${port}/postgres`,
        stop: async () => {
          child.stdin.end();
          await once(child, 'close');
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    if (!said.includes('could not bind')) break;
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error(`${program}: ${said}`);
}

/** `ready`, or what it said before it ended. */
function untilReady(child) {
  return new Promise((resolve) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said === 'ready\n') resolve('ready');
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', () => resolve(said));
  });
}

/** Postgres refuses to run as root; Debian's package brings the account `postgres`. */
function unprivileged() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (what) => Number(execFileSync('id', [what, name], { encoding: 'utf8' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such account: the next one.
    }
  }
  throw new Error('Postgres cannot run as root, and there is no account "postgres" or "nobody"');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
