/**
 * The Redis of REDIS_URL, for machines without a server program: one of its numbered databases,
 * behind a proxy of ours, so that a test can take it away and bring it back without touching what
 * is not ours.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Redis } from 'ioredis';
import type { TestRedis } from './redis.ts';

/** Redis has sixteen databases unless told otherwise; 0 may be in use by its owner. */
const DATABASES = Array.from({ length: 15 }, (_, i) => i + 1);
const OWNER = 'callpermit:test:owner';
/** Seconds; a run that died gives its database back after this. */
const OWNED_FOR = 3600;

/** Takes a database of the Redis at `url`; `stop` empties it. */
export async function borrowedRedis(url: string): Promise<TestRedis> {
  const id = randomUUID();
  const { client, db } = await takeDatabase(url, id);
  const upstream = new URL(url);
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const to = { host: upstream.hostname, port: Number(upstream.port || 6379) };
    const far = upstream.protocol === 'rediss:' ? connectTls(to) : connectPlain(to);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const { port } = address;

  const shut = async () => {
    if (!proxy.listening) return;
    proxy.close();
    for (const socket of sockets) socket.destroy();
    await once(proxy, 'close');
  };
  const near = new URL(url.replace(/^rediss:/, 'redis:'));
  near.host = `127.0.0.1:${port}`;
  near.pathname = `/${db}`;
  return {
    url: near.href,
    port,
    kill9: shut,
    restart: async () => {
      await shut();
      proxy.listen(port, '127.0.0.1');
      await once(proxy, 'listening');
    },
    flush: async () => {
      await client.multi().flushdb().set(OWNER, id, 'EX', OWNED_FOR).exec();
    },
    stop: async () => {
      await shut();
      await client.flushdb();
      client.disconnect();
    },
  };
}

async function takeDatabase(url: string, id: string): Promise<{ client: Redis; db: number }> {
  for (const db of DATABASES) {
    const client = new Redis(url, { db, maxRetriesPerRequest: 1 });
    const isFree = (await client.dbsize()) === 0;
    if (isFree && (await client.set(OWNER, id, 'EX', OWNED_FOR, 'NX')) === 'OK')
      return { client, db };
    client.disconnect();
  }
  throw new Error('the Redis of REDIS_URL has no empty database among 1 to 15');
}
