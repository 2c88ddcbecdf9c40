/** A real Redis (or Valkey) of one's own for a test file, which may be killed and come back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { borrowedRedis } from './borrowed-redis.ts';
import { freePort } from './free-port.ts';

/** A Redis under a test's control. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
  /** Ends it as a crash would; `restart` brings it back on the same port. */
  kill9(): Promise<void>;
  /** Starts it again on the same port, with what its append-only file kept. */
  restart(): Promise<void>;
  /** Deletes everything in it. */
  flush(): Promise<void>;
}

const PROGRAMS = ['redis-server', 'valkey-server'] as const;
/** Between choosing a port and binding it another test may take it. */
const PORT_TRIES = 20;

/**
 * Starts a Redis; stop it in `afterAll`. Where there is no server program, the one of REDIS_URL
 * stands in, behind a door that can be shut (`borrowed-redis.ts`).
 *
 * @param p.aof keep an append-only file, so that a `kill9` loses at most a second
 */
export async function startRedis(p: { readonly aof?: boolean } = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'callpermit-redis-'));
  const started = await startAnywhere(dir, p.aof === true);
  if (started === undefined) {
    await rm(dir, { recursive: true });
    const url = process.env.REDIS_URL;
    if (url) return borrowedRedis(url);
    throw new Error('no redis-server or valkey-server found: npm test installs one');
  }
  let child: ChildProcess | undefined = started.child;
  const { port, program } = started;
  const url = `redis://127.0.0.1:${port}`;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = child;
    child = undefined;
    if (!ended || ended.exitCode !== null || ended.signalCode !== null) return;
    ended.kill(signal);
    await once(ended, 'exit');
  }

  return {
    url,
    port,
    stop: async () => {
      await end('SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
    kill9: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      const again = await launch({ program, port, dir, aof: p.aof === true });
      if (typeof again === 'string') throw new Error(`Redis did not start again: ${again}`);
      child = again;
    },
    flush: async () => {
      const client = new Redis(url, { maxRetriesPerRequest: 1 });
      await client.flushall();
      client.disconnect();
    },
  };
}

async function startAnywhere(dir: string, aof: boolean) {
  for (const program of PROGRAMS) {
    for (let i = 0; i < PORT_TRIES; i += 1) {
      const port = await freePort();
      const child = await launch({ program, port, dir, aof });
      if (child === 'ENOENT') break;
      if (typeof child !== 'string') return { child, port, program };
      if (!child.includes('Address already in use')) throw new Error(`${program}: ${child}`);
    }
  }
  return undefined;
}

/** The running server, or why there is none. */
function launch(p: {
  readonly program: string;
  readonly port: number;
  readonly dir: string;
  readonly aof: boolean;
}): Promise<ChildProcess | string> {
  const settings = {
    port: String(p.port),
    bind: '127.0.0.1',
    dir: p.dir,
    save: '',
    appendonly: p.aof ? 'yes' : 'no',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
  const child = spawn(p.program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => {
    let said = '';
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.once('exit', () => resolve(said));
    const stdout = createInterface({ input: child.stdout });
    stdout.on('line', (line) => {
      said += `${line}\n`;
      if (line.includes('Ready to accept connections')) resolve(child);
    });
  });
}
