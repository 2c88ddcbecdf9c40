/** One run from beginning to end: a list is loaded, the storm rages, peace, and the books are compared. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../../src/cli/exit-code.ts';
import type { RefusedLine } from '../../src/core/recipient.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord, SimulatorStats } from '../../src/simulator/index.ts';
import { compareBooks } from './books.ts';
import { type Ground, layGround } from './ground.ts';
import { makeList, toCsv } from './list.ts';
import type { ChaosOptions } from './options.ts';
import { REQUEST_TIMEOUT_MS, TEMPLATE } from './profile.ts';
import { type ChaosReport, isGood } from './report.ts';
import type { RedisStore } from './stores.ts';
import { storm } from './storm.ts';
import { openWitness, type Standing, type Witness } from './witness.ts';

/** What goes on, for a line that is drawn again and again. */
export interface ChaosProgress {
  readonly kills: number;
  readonly standing: Standing | undefined;
}

/** Beside the options. */
export interface ChaosSurroundings {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ChaosProgress) => void;
  /** The folder of logs is kept when something is wrong; told then. */
  readonly onKept: (dir: string) => void;
  readonly main?: string;
  readonly redis?: RedisStore;
}

/** Compiled, this file is in `dist/scripts/chaos`; tests run it from the sources beside `dist`. */
const MAIN = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/src/cli/main.js' : '../../src/cli/main.js',
    import.meta.url,
  ),
);
/** A lease is the request time-out and 15 s; frozen so long, a sender wakes after its claims ended. */
const LONGEST_FREEZE_MS = REQUEST_TIMEOUT_MS + 15_000 + 3_000;
/** A campaign in which nothing moves for so long is stuck: longer than a lease and a stalled job. */
const STUCK_MS = 90_000;
/** Kills of `enqueue` fall into this time after its start. */
const ENQUEUE_MS = 2_000;

/** Runs the suite once. */
export async function runChaos(options: ChaosOptions, p: ChaosSurroundings): Promise<ChaosReport> {
  const begun = performance.now();
  const ground = await layGround(options, {
    main: p.main ?? MAIN,
    ...(p.redis === undefined ? {} : { redis: p.redis }),
  });
  const witness = openWitness(ground.postgres.url);
  let isKept = true;
  try {
    const signal = AbortSignal.any([p.signal, ground.lost]);
    const report = await rage(options, { ...p, signal }, ground, witness);
    isKept = !isGood(report);
    return { ...report, seconds: (performance.now() - begun) / 1_000 };
  } catch (error) {
    throw ground.lost.aborted && !p.signal.aborted ? ground.lost.reason : error;
  } finally {
    await witness.close();
    await ground.close({ keepFolder: isKept && !p.signal.aborted });
    if (isKept && !p.signal.aborted) p.onKept(ground.dir);
  }
}

async function rage(
  options: ChaosOptions,
  p: ChaosSurroundings,
  ground: Ground,
  witness: Witness,
): Promise<ChaosReport> {
  const misbehaved: string[] = [];
  const odd = (what: string) => void misbehaved.push(what);
  const senders = Array.from({ length: options.senders }, (_, i) =>
    ground.serve(`sender-${i + 1}`, ['sender'], odd),
  );
  const api = ground.serve('api', ['api'], odd);
  const list = makeList(options.people);
  const { id, killedEnqueues } = await load(ground, toCsv(list), options.seed, p.signal);

  let kills = 0;
  let standing: Standing | undefined;
  const watching = new AbortController();
  const watched = watch(witness, id, watching.signal, (latest) => {
    standing = latest;
    p.onProgress({ kills, standing });
  });
  const log = await storm({
    ...options,
    senders,
    api,
    postgres: ground.postgres,
    redis: ground.redis,
    witness,
    longestFreezeMs: LONGEST_FREEZE_MS,
    journal: join(ground.dir, 'journal.log'),
    signal: p.signal,
    untilWork: () => untilWork(ground.simulatorUrl, options.rate, () => standing?.open !== 0),
    onAct: (n) => {
      kills = n;
      p.onProgress({ kills, standing });
    },
  }).finally(() => watching.abort());
  await watched;
  const openAtEnd = standing?.open ?? 0;
  const end = await untilQuiet(witness, id, options, p, (what) => odd(what));
  await ground.endServices();
  return {
    ...(await compare(options, list, ground, witness, { id, inFlight: log.inFlight })),
    options,
    lines: list.length,
    unchecked: end.unchecked,
    acts: log.acts,
    openAtEnd,
    killedEnqueues,
    inFlightAtKills: log.inFlight.size,
    misbehaved,
    errors: await loggedErrors(ground.dir),
    seconds: 0,
  };
}

/** Loads the list; the first `enqueue` is killed while it reads, the same key goes on. */
async function load(
  ground: Ground,
  csv: string,
  seed: number,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly killedEnqueues: number }> {
  const path = join(ground.dir, 'list.csv');
  await writeFile(path, csv);
  const { name, language } = TEMPLATE;
  const args = ['enqueue', path, '--template', name, '--language', language, '--json'];
  const all = [...args, '--idempotency-key', `chaos-${seed}`];
  const killAfterMs = 400 + ((seed * 7919) % ENQUEUE_MS);
  const first = await ground.run(all, killAfterMs);
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    signal.throwIfAborted();
    const { code, out } = await ground.run(all);
    const line = out.trim().split('\n').at(-1) ?? '';
    if (code === EXIT.done || code === EXIT.someLeft)
      return {
        id: (JSON.parse(line) as { id: string }).id,
        killedEnqueues: first.code === null ? 1 : 0,
      };
    if (code !== EXIT.unreachable) throw new Error(`enqueue ended with ${code}: ${line}`);
  }
  throw new Error('enqueue found its stores out of reach ten times');
}

/** Waits until the server has been asked some more: a sixth of a second's worth, or eight seconds. */
async function untilWork(url: string, rate: number, isOpen: () => boolean): Promise<void> {
  const from = await posts(url);
  const deadline = performance.now() + 8_000;
  while (isOpen() && performance.now() < deadline && (await posts(url)) < from + rate / 6)
    await sleep(50);
}

async function posts(url: string): Promise<number> {
  return (JSON.parse(await look(`${url}/_sim/stats?people=false`)) as SimulatorStats).posts;
}

/** Reads a page of the server's controls; a machine under such load may need a second try. */
async function look(url: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (attempt === 5)
        throw new Error(`${url} does not answer: ${(error as Error).cause}`, { cause: error });
      await sleep(1_000);
    }
  }
}

async function watch(
  witness: Witness,
  id: string,
  signal: AbortSignal,
  onStanding: (standing: Standing) => void,
): Promise<void> {
  while (!signal.aborted) {
    onStanding(await witness.standing(id));
    await sleep(2_000, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits until nothing is open, and then a while for the checks of the uncertain ones. */
async function untilQuiet(
  witness: Witness,
  id: string,
  options: ChaosOptions,
  p: ChaosSurroundings,
  odd: (what: string) => void,
): Promise<Standing> {
  let movedAt = performance.now();
  let quietAt: number | undefined;
  let before = '';
  for (;;) {
    p.signal.throwIfAborted();
    const standing = await witness.standing(id);
    p.onProgress({ kills: options.kills, standing });
    const now = performance.now();
    const picture = JSON.stringify(standing);
    if (picture !== before) movedAt = now;
    before = picture;
    if (standing.state === 'completed') return standing;
    if (standing.state !== 'running') {
      odd(`the campaign is ${standing.state}: ${standing.reason}`);
      return standing;
    }
    if (now - movedAt > STUCK_MS) {
      odd(`the campaign stands still: ${picture}`);
      return standing;
    }
    quietAt = standing.open > 0 ? undefined : (quietAt ?? now);
    if (quietAt !== undefined && now - quietAt >= options.settleMs) return standing;
    await sleep(500, undefined, { signal: p.signal }).catch(() => undefined);
  }
}

async function compare(
  options: ChaosOptions,
  list: ReturnType<typeof makeList>,
  ground: Ground,
  witness: Witness,
  p: { readonly id: string; readonly inFlight: ReadonlySet<string> },
) {
  const exported = ndjson<RequestResult>(
    (await ground.run(['export', p.id, '--format', 'ndjson'])).out,
  );
  const refused = ndjson<RefusedLine>(
    (await ground.run(['export', p.id, '--refused', '--format', 'ndjson'])).out,
  );
  const server = ndjson<RequestRecord>(
    await look(`${ground.simulatorUrl}/_sim/requests?format=ndjson`),
  );
  const { rate } = JSON.parse(
    await look(`${ground.simulatorUrl}/_sim/stats?people=false`),
  ) as SimulatorStats;
  const verdicts = compareBooks({
    list,
    exported,
    refused,
    server,
    attempts: await witness.attempts(p.id),
    findings: await witness.findings(p.id),
    inFlight: p.inFlight,
    policy: options.policy,
  });
  const counts: Record<string, number> = {};
  for (const { status } of exported) counts[status] = (counts[status] ?? 0) + 1;
  return {
    ...verdicts,
    counts,
    refusedLines: refused.length,
    posts: server.length,
    worstSecond: Math.max(0, ...Object.values(rate).map((figure) => figure.worstSecond)),
  };
}

/** pino's levels: 50 is error, 60 is fatal. */
async function loggedErrors(dir: string): Promise<readonly string[]> {
  const counts = new Map<string, number>();
  for (const file of (await readdir(dir)).filter((name) => /^(sender|api).*\.log$/.test(name))) {
    for (const line of (await readFile(join(dir, file), 'utf8')).split('\n')) {
      const error = /"level":(50|60|"error"|"fatal")/.test(line) ? ofLine(line) : undefined;
      if (error !== undefined) counts.set(error, (counts.get(error) ?? 0) + 1);
    }
  }
  return [...counts].map(([what, n]) => `${n} x ${what}`);
}

function ofLine(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return `${msg ?? ''}${err?.message === undefined ? '' : `: ${err.message}`}`;
  } catch {
    return line;
  }
}

function ndjson<T>(text: string): readonly T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
