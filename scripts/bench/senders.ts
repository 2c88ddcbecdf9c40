/** What each case with senders of ours begins and ends with: a list goes in by the command line, POSTs come, logs are read. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../chaos/process.ts';
import type { Ground, Surroundings } from './ground.ts';

/** The command line, as built. */
export const MAIN = 'src/cli/main.js';
/** Work for so much longer than is measured: the window must not end with the list. */
const SPARE_MS = 4_000;
/** The first arrival comes after the processes' start; a busy machine takes its time. */
const FIRST_LIMIT_MS = 60_000;

/** A list that is in, and how processes of its case are run. */
export interface Listed {
  readonly surroundings: Surroundings;
  /** Id of the campaign, which runs. */
  readonly campaign: string;
}

/**
 * Hands a list over, into a database of its own.
 * @param p.rate `MESSAGES_PER_SECOND`
 * @param p.n of the case, for the names of database and log
 * @param p.forMs for how long the list is to last at that rate; it is a little longer
 * @param p.env further settings
 */
export async function enqueue(
  ground: Ground,
  p: {
    readonly queue: 'redis' | 'postgres';
    readonly rate: number;
    readonly n: number;
    readonly forMs: number;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<Listed> {
  const surroundings: Surroundings = {
    log: `case-${p.n}`,
    env: {
      GRAPH_BASE_URL: ground.server.url,
      WHATSAPP_ACCESS_TOKEN: 'bench',
      WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
      WHATSAPP_BUSINESS_ACCOUNT_ID: '102290129340398',
      MESSAGES_PER_SECOND: String(p.rate),
      DATABASE_URL: await ground.database(`case_${p.n}`),
      ...(p.queue === 'redis' ? { REDIS_URL: ground.redis.url } : {}),
      DATA_DIR: join(ground.dir, 'data'),
      ...p.env,
    },
  };
  const people = Math.ceil((p.rate * (p.forMs + SPARE_MS)) / 1_000);
  const path = join(ground.dir, 'list.csv');
  const lines = Array.from(
    { length: people },
    (_, i) => `+49151${String(i).padStart(8, '0')},P${i}\n`,
  );
  await writeFile(path, `to,1\n${lines.join('')}`);
  const args = ['enqueue', path, '-t', 'bench', '-l', 'en', '--skip-preflight'];
  const { code, out } = await ground.run(MAIN, args, surroundings);
  if (code !== 0) throw new Error(`enqueue ended with ${code}: see the logs (--keep)`);
  return { surroundings, campaign: out.trim() };
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

/** What the log of a case tells. */
export interface Told {
  /** Send times missed, all processes together; told at the level `debug` only. */
  readonly missed: number;
  /** What the processes logged as a warning or worse, with how often. */
  readonly complaints: readonly string[];
}

/** pino's level of a warning. */
const WARN = 40;

/** Reads the log of case `n`. */
export async function toldIn(ground: Ground, n: number): Promise<Told> {
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
