/** What a Redis says of itself that matters for jobs: how old it is, and what it does when its memory is full. */
import type { Redis } from 'ioredis';

/** A queue's server, as `doctor` shows it. */
export interface QueueFacts {
  /** What it is, with what it says of itself. */
  readonly text: string;
  /** What may lose jobs or hold them up, each a sentence. */
  readonly warnings: readonly string[];
  /** That it takes no jobs at all, where it is so. */
  readonly broken?: string;
  /** How far its clock is ahead of this machine's, in ms; absent: it has the database's. */
  readonly aheadMs?: number;
}

/** What BullMQ recommends; it refuses what is older than 5.0 (https://docs.bullmq.io/guide/redis-tm-compatibility). */
const OLDEST_REDIS = [6, 2] as const;
/** So much of its memory in use leaves little for a burst. */
const NEARLY_FULL = 0.9;
const MB = 1024 * 1024;

/** Looks at a Redis, and at its clock. */
export async function redisFacts(redis: Redis): Promise<QueueFacts> {
  const found = infoOf(await redis.info());
  const began = Date.now();
  const [seconds, micros] = await redis.time();
  const ended = Date.now();
  const aheadMs = Number(seconds) * 1_000 + Number(micros) / 1_000 - (began + ended) / 2;
  const valkey = found.get('valkey_version');
  const version = valkey ?? found.get('redis_version') ?? '';
  const used = Number(found.get('used_memory') ?? 0);
  const most = Number(found.get('maxmemory') ?? 0);
  const policy = found.get('maxmemory_policy') ?? 'noeviction';
  const memory = `${megabytes(used)} of ${most === 0 ? 'memory without a limit' : megabytes(most)} in use`;
  const name = valkey === undefined ? 'Redis' : 'Valkey';
  return {
    text: `BullMQ on ${name} ${version}, ${memory}, maxmemory-policy ${policy}`,
    warnings: [
      ...(valkey === undefined && isOlder(version)
        ? [`Redis ${version} is older than ${OLDEST_REDIS.join('.')}, which BullMQ recommends`]
        : []),
      ...memoryWarnings({ used, most, policy }),
    ],
    ...(policy === 'noeviction' && most > 0 && used >= most ? { broken: isFull(most) } : {}),
    aheadMs,
  };
}

/** Of `INFO memory`: what holds jobs up or loses them right now; `null`: nothing. */
export function complaintOf(info: string): string | null {
  const found = infoOf(info);
  const most = Number(found.get('maxmemory') ?? 0);
  if (most === 0) return null;
  const policy = found.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') return evicts(policy, most);
  return Number(found.get('used_memory') ?? 0) >= most ? isFull(most) : null;
}

function memoryWarnings(p: { used: number; most: number; policy: string }): readonly string[] {
  const { used, most, policy } = p;
  if (policy !== 'noeviction')
    return [
      most === 0
        ? `Redis would throw jobs away if it had a limit: maxmemory-policy is ${policy}; set it to noeviction`
        : evicts(policy, most),
    ];
  if (most === 0 || used < most * NEARLY_FULL || used >= most) return [];
  return [`Redis is nearly full: ${megabytes(used)} of ${megabytes(most)}; give it more`];
}

function evicts(policy: string, most: number): string {
  return `Redis throws jobs away when it is full: maxmemory-policy is ${policy}, maxmemory is ${most} bytes; set it to noeviction`;
}

function isFull(most: number): string {
  return `Redis is full and takes no jobs: maxmemory is ${most} bytes; give it more`;
}

function infoOf(info: string): ReadonlyMap<string, string> {
  return new Map(
    info.split(/\r?\n/).map((line) => [line.split(':')[0] ?? '', line.split(':')[1] ?? '']),
  );
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_REDIS[0] || (major === OLDEST_REDIS[0] && minor < OLDEST_REDIS[1]);
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;
}
