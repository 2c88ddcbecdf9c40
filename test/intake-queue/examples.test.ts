/**
 * The examples, run as they stand beside a callpermit. Python's is run with the package of pip where there is one, which
 * is looked for in the interpreter and then installed into a folder of its own. Where neither works it is run with a stand-in
 * of the same calls, which adds by Node's BullMQ: then its own code is tested, and not the package; the name says which.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IntakeWorker } from '../../src/core/ports/index.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { open, person, requestsIn, settingsOf, startMeta } from './support.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'callpermit-intake-python-'));
const python = findPython();

interface Python {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly bullmq: 'of pip' | 'a stand-in';
}

function readJson(path: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** Whether a command ends well. */
function works(program: string, args: readonly string[], timeout = 10_000): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore', timeout });
    return true;
  } catch {
    return false;
  }
}

function findPython(): Python | undefined {
  const program = 'python3';
  if (!works(program, ['--version'])) return undefined;
  const load = ['-c', 'import bullmq'];
  if (works(program, load)) return { program, env: {}, bullmq: 'of pip' };
  const venv = join(folder, 'bin/python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--timeout', '5'];
  const list = join(ROOT, 'examples/intake-python/requirements.txt');
  if (
    works(program, ['-m', 'venv', folder], 60_000) &&
    works(venv, [...pip, '-r', list], 120_000) &&
    works(venv, load)
  )
    return { program: venv, env: {}, bullmq: 'of pip' };
  const standIn = join(import.meta.dirname, 'python');
  return {
    program,
    env: { PYTHONPATH: standIn, PYTHONDONTWRITEBYTECODE: '1' },
    bullmq: 'a stand-in',
  };
}

describe('an example', () => {
  let simulator: Simulator;
  let database: TestDatabase;
  let redis: TestRedis;
  let app: Awaited<ReturnType<typeof open>>;
  let taker: IntakeWorker;

  beforeAll(async () => {
    [simulator, database, redis] = await Promise.all([
      startMeta(),
      createTestDatabase(),
      startRedis(),
    ]);
    const ground = { databaseUrl: database.connectionString, redisUrl: redis.url };
    app = await open(settingsOf(ground, simulator));
    taker = await app.runIntake();
  });

  afterAll(async () => {
    await taker?.close();
    await app?.close();
    await simulator?.close();
    await redis?.stop();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs it over people of whom every fourth is bad, twice. */
  async function asks(
    program: string,
    args: readonly string[],
    p: {
      readonly env?: Readonly<Record<string, string>>;
      readonly from: number;
      readonly n: number;
    },
  ): Promise<void> {
    const isBad = (i: number) => i % 4 === 3;
    const list = Array.from(
      { length: p.n },
      (_, i): Record<string, unknown> => ({
        ...person(p.from + i, { reference: `order-${p.from + i}` }),
        ...(isBad(i) ? { to: '12' } : {}),
      }),
    );
    const input = list.map((one) => JSON.stringify(one)).join('\n');
    const [first, second] = [await run(input), await run(input)];
    expect(first.map(([reference]) => reference)).toEqual(list.map((one) => one.reference));
    for (const [i, [, became]] of first.entries())
      expect(became).toMatch(isBad(i) ? /^PHONE_\w+: / : /^request \S+$/);
    expect(second).toEqual(first);
    const made = (await requestsIn(database.connectionString)).map((r) => r.to_number);
    const good = list.flatMap(({ to }, i) => (isBad(i) ? [] : [to]));
    expect(made.filter((to) => good.includes(to)).sort()).toEqual([...good].sort());

    function run(text: string): Promise<string[][]> {
      const child = spawn(program, args, {
        env: { ...process.env, REDIS_URL: redis.url, ...p.env },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
      });
      child.stdin.end(text);
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => {
          if (code === 0)
            resolve(
              said
                .trim()
                .split('\n')
                .map((line) => line.split('\t')),
            );
          else reject(new Error(`${program} ended with ${code}`));
        });
      });
    }
  }

  it('in Node adds people, and tells of each what became of them', () =>
    asks(process.execPath, [join(ROOT, 'examples/intake-node/add.mjs')], { from: 0, n: 12 }));

  it('in Node names all that it needs, what BullMQ reaches Redis by too', () => {
    const { dependencies } = readJson('examples/intake-node/package.json');
    const { dependencies: ours, peerDependencies } = readJson('package.json');
    const { bullmq, ioredis } = { ...peerDependencies, ...ours };
    expect(dependencies).toEqual({ bullmq, ioredis });
  });

  const inPython = python === undefined ? it.skip : it;
  inPython(`in Python does so (bullmq: ${python?.bullmq ?? 'no python3 here'})`, async () => {
    if (python === undefined) throw new Error('expected an interpreter');
    const { program, env } = python;
    await asks(program, [join(ROOT, 'examples/intake-python/add.py')], { env, from: 100, n: 12 });
  });
});
