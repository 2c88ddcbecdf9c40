/** A real pgbouncer of one's own for a test file, before the Postgres of a test database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A pooler under a test's control. */
export interface TestPooler {
  /** The database, through the pooler. */
  readonly url: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Debian keeps what only administrators run out of everybody else's PATH. */
const PROGRAMS = ['pgbouncer', '/usr/sbin/pgbouncer', '/opt/homebrew/bin/pgbouncer'] as const;
/** Between choosing a port and binding it another test may take it. */
const PORT_TRIES = 20;
const LOOK_MS = 20;

/**
 * Starts one; stop it in `afterAll`.
 * @param databaseUrl what it stands before
 * @param p.mode when a connection gives its server back
 * @param p.servers connections to Postgres at most: few, so that they change hands
 */
export async function startPgbouncer(
  databaseUrl: string,
  p: { readonly mode: 'session' | 'transaction' | 'statement'; readonly servers?: number },
): Promise<TestPooler> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  const dir = await mkdtemp(join(tmpdir(), 'callpermit-pgbouncer-'));
  // It refuses to run as root, and reads its settings as another user then.
  await chmod(dir, 0o755);
  const secret = password === '' ? '' : ` password=${decodeURIComponent(password)}`;
  for (const program of PROGRAMS) {
    for (let i = 0; i < PORT_TRIES; i += 1) {
      const own = await freePort();
      const settings = `[databases]
${name} = host=${hostname} port=${port} user=${decodeURIComponent(username)}${secret}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = ${p.mode}
default_pool_size = ${p.servers ?? 4}
max_client_conn = 200
`;
      const file = join(dir, 'pgbouncer.ini');
      await writeFile(file, settings, { mode: 0o644 });
      const started = await launch(program, file, own);
      if (typeof started !== 'string')
        return {
          url: `postgres://callpermit@127.0.0.1:${own}/${name}`,
          async stop() {
            const ended = once(started, 'exit');
            started.kill('SIGQUIT');
            await ended;
            await rm(dir, { recursive: true, force: true });
          },
        };
      if (started.includes('ENOENT')) break;
      if (!/in use/i.test(started)) throw new Error(`${program}: ${started}`);
    }
  }
  throw new Error('no pgbouncer found: npm test installs one (apt-get install -y pgbouncer)');
}

/** The running program, or what it said before it ended. */
async function launch(program: string, file: string, port: number): Promise<ChildProcess | string> {
  const account = process.getuid?.() === 0 ? ['--user=postgres'] : [];
  const child = spawn(program, ['--quiet', ...account, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let isOver = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      said += String(text);
    });
  child.once('error', (error) => {
    said += error.message;
  });
  child.once('close', () => {
    isOver = true;
  });
  while (!isOver) {
    if (await answers(port)) return child;
    await sleep(LOOK_MS);
  }
  return said;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
