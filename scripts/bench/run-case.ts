/** One case of ours: the list goes in by the command line, real senders work on it, arrivals count. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../chaos/process.ts';
import { type Judged, judge } from './arrivals.ts';
import { FROZEN_MS, type PaceCase, type Times } from './cases.ts';
import { endAll, type Ground, type Surroundings } from './ground.ts';

/** What a case came to. */
export interface Measured extends Judged {
  /** Send times missed, all processes together. */
  readonly missed: number;
  /** What the processes logged as a warning or worse, with how often. */
  readonly complaints: readonly string[];
}

const MAIN = 'src/cli/main.js';
/** Work for so much longer than is measured: the window must not end with the list. */
const SPARE_MS = 4_000;
/** The first arrival comes after the processes' start; a busy machine takes its time. */
const FIRST_LIMIT_MS = 60_000;

/** Runs a case of ours. */
export async function runPaceCase(
  c: PaceCase,
  n: number,
  p: { readonly ground: Ground; readonly times: Times; readonly signal: AbortSignal },
): Promise<Measured> {
  const { ground, signal } = p;
  const windowMs = c.fault === undefined ? p.times.windowMs : p.times.faultWindowMs;
  const times = { ...p.times, windowMs };
  await ground.redis.flush();
  await ground.server.begin(c.latencyMs);
  const surroundings: Surroundings = {
    log: `case-${n}`,
    env: {
      GRAPH_BASE_URL: ground.server.url,
      WHATSAPP_ACCESS_TOKEN: 'bench',
      WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
      WHATSAPP_BUSINESS_ACCOUNT_ID: '102290129340398',
      MESSAGES_PER_SECOND: String(c.rate),
      DATABASE_URL: await ground.database(`case_${n}`),
      ...(c.queue === 'redis' ? { REDIS_URL: ground.redis.url } : {}),
      DATA_DIR: join(ground.dir, 'data'),
      // The count of missed send times is told at this level.
      LOG_LEVEL: 'debug',
    },
  };
  await enqueue(c, times, ground, surroundings);
  signal.throwIfAborted();

  const senders = Array.from({ length: c.processes }, () =>
    ground.start(MAIN, ['sender'], surroundings),
  );
  try {
    await firstArrival(ground, senders, signal);
    const wait = (ms: number) => sleep(ms, undefined, { signal });
    if (c.fault === undefined) await wait(times.warmUpMs + times.windowMs);
    else {
      const before = times.warmUpMs + times.windowMs / 3;
      await wait(before);
      const lasted = await strike(c.fault, senders, ground);
      await wait(Math.max(0, times.warmUpMs + times.windowMs - before - lasted));
    }
  } finally {
    await endAll(senders);
  }
  const arrivals = await ground.server.arrivals();
  await writeFile(join(ground.dir, `case-${n}.arrivals`), `${[...arrivals].join('\n')}\n`);
  return { ...judge(arrivals, { rate: c.rate, ...times }), ...(await readLog(ground, n)) };
}

/** Waits for the first POST. */
export async function firstArrival(
  ground: Ground,
  children: readonly Child[],
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + FIRST_LIMIT_MS;
  while ((await ground.server.arrivals()).length === 0) {
    signal.throwIfAborted();
    if (performance.now() > deadline || children.some((child) => !child.running()))
      throw new Error(`no POST came: see the logs in ${ground.dir} (--keep)`);
    await sleep(50);
  }
}

async function enqueue(
  c: PaceCase,
  times: Times,
  ground: Ground,
  surroundings: Surroundings,
): Promise<void> {
  const people = Math.ceil((c.rate * (times.warmUpMs + times.windowMs + SPARE_MS)) / 1_000);
  const path = join(ground.dir, 'list.csv');
  const lines = Array.from(
    { length: people },
    (_, i) => `+49151${String(i).padStart(8, '0')},P${i}\n`,
  );
  await writeFile(path, `to,1\n${lines.join('')}`);
  const args = ['enqueue', path, '-t', 'bench', '-l', 'en', '--skip-preflight'];
  const { code } = await ground.run(MAIN, args, surroundings);
  if (code !== 0) throw new Error(`enqueue ended with ${code}: see the logs (--keep)`);
}

/** Does what befalls the case; gives how long that took, ms. */
async function strike(
  fault: 'FLUSHALL' | 'SIGSTOP',
  senders: readonly Child[],
  ground: Ground,
): Promise<number> {
  const begun = performance.now();
  if (fault === 'FLUSHALL') await ground.redis.flush();
  else {
    senders[0]?.kill('SIGSTOP');
    await sleep(FROZEN_MS);
    senders[0]?.kill('SIGCONT');
  }
  return performance.now() - begun;
}

/** pino's level of a warning. */
const WARN = 40;

async function readLog(ground: Ground, n: number): Promise<Omit<Measured, keyof Judged>> {
  let missed = 0;
  const complaints = new Map<string, number>();
  for (const line of (await readFile(join(ground.dir, `case-${n}.log`), 'utf8')).split('\n')) {
    if (!line.startsWith('{')) continue;
    const entry = JSON.parse(line) as { level: number; msg?: string; missed?: number };
    missed += entry.missed ?? 0;
    if (entry.level >= WARN)
      complaints.set(entry.msg ?? '', (complaints.get(entry.msg ?? '') ?? 0) + 1);
  }
  return {
    missed,
    complaints: [...complaints].map(([what, times]) => `${times} x ${what}`),
  };
}
