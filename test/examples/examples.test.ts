/** The examples for other services, run as they stand beside a callpermit that asks, and people who answer. */
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APP_SECRET, type Ground, newPeople, openGround } from '../client/contract/ground.ts';
import { inMs, number, say } from '../http/book-support.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'callpermit-examples-'));
let ground: Ground;
let running: { close(): Promise<unknown> }[];
let remote: Readonly<Record<string, string>>;

beforeAll(async () => {
  // Installed as a stranger has it: the package beside them, and nothing else of ours.
  cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/callpermit'));
  ground = await openGround();
  const { app, http, simulator } = ground.service;
  running = [await app.runReplies([]), await app.runSenders(), await app.runEvents()];
  simulator.setWebhookTarget(`${http.url}/webhooks/whatsapp`, APP_SECRET);
  remote = { CALLPERMIT_URL: http.url, CALLPERMIT_KEY: await ground.key('send') };
}, 180_000);
afterAll(async () => {
  for (const one of running ?? []) await one.close();
  await ground?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a program of the examples. */
function start(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(program, args, {
    cwd: join(folder, 'examples'),
    env: { PATH: process.env.PATH, TEMPLATE: 't', LANGUAGE: 'en', ...env },
  });
  let said = '';
  let news = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
      news();
    });
  let isOver = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      isOver = true;
      news();
      resolve(code);
    });
  });
  return {
    child,
    ended,
    lines: () => said.trim().split('\n'),
    async until(form: RegExp): Promise<void> {
      while (!form.test(said)) {
        if (isOver) throw new Error(`It ended before ${form}:\n${said}`);
        await new Promise<void>((resolve) => (news = resolve));
      }
    },
  };
}

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const listOf = (people: readonly object[]) => people.map((one) => JSON.stringify(one)).join('\n');

describe('examples/node', () => {
  it.each(['over HTTP', 'on the ledger'])(
    'asks a list %s, and tells of each what became of them',
    async (how) => {
      const { simulator } = ground.service;
      const local = {
        ...{ DATABASE_URL: ground.databaseUrl, WHATSAPP_PHONE_NUMBER_ID: simulator.phoneNumberId },
      };
      const env = { ...(how === 'over HTTP' ? remote : local), LIST_KEY: `node ${how}` };
      const people = newPeople(5);
      const bad = { to: '12', reference: 'bad', 1: 'Ann' };
      const expected = [
        expect.stringMatching(/^line 6\tPHONE_COUNTRY_MISSING\t/),
        ...people.map(({ reference }) => `${reference}\taccepted`),
      ];
      // Twice: the second run finds what the first one made.
      for (let i = 0; i < 2; i += 1) {
        const run = start(process.execPath, ['node/ask.mjs'], env);
        run.child.stdin.end(listOf([...people, bad]));
        expect(await run.ended).toBe(0);
        expect(run.lines().slice(i)).toEqual(expected.slice(i));
      }
      for (const { to } of people) expect(simulator.requests({ to })).toHaveLength(1);
    },
  );

  it('tells a problem with its code, and ends with 1', async () => {
    const run = start(process.execPath, ['node/ask.mjs'], { ...remote, TEMPLATE: 'nothere' });
    run.child.stdin.end(listOf(newPeople(1)));
    expect(await run.ended).toBe(1);
    expect(run.lines().join()).toContain('TEMPLATE_NOT_FOUND');
  });
});

const withCurl = has('curl') && has('jq') ? it : it.skip;

describe('examples/http', () => {
  withCurl('makes, sends, starts, follows and exports with curl', async () => {
    const people = newPeople(5);
    const list = join(folder, 'people.csv');
    const results = join(folder, 'results.csv');
    const csv = people.map(({ to, reference }) => `${to},${reference},Ann`);
    writeFileSync(list, ['to,reference,1', ...csv, '12,bad,Ann', ''].join('\n'));
    for (let i = 0; i < 2; i += 1) {
      const env = { ...remote, LIST_KEY: 'curl' };
      const run = start('sh', ['http/ask.sh', list, results], env);
      const code = await run.ended;
      expect({ code, lines: run.lines() }).toEqual({
        code: 0,
        lines: [
          expect.stringMatching(/^campaign c/),
          i === 0 ? 'added 5, refused 1' : expect.stringMatching(/^added 0, refused/),
          'completed {"accepted":5}',
        ],
      });
      expect(readFileSync(results, 'utf8').match(/,accepted,/g)).toHaveLength(5);
    }
    const [{ to } = { to: '' }] = people;
    expect(ground.service.simulator.requests({ to })).toHaveLength(1);
  });

  withCurl('a problem ends it', async () => {
    const run = start('sh', ['http/ask.sh', '/dev/null', '/dev/null'], {
      ...remote,
      CALLPERMIT_KEY: 'wrong',
    });
    expect(await run.ended).not.toBe(0);
  });
});

describe('examples/python', () => {
  (has('python3') ? it : it.skip)('asks a list and hears who says yes', async () => {
    const people = newPeople(3);
    const run = start('python3', ['python/ask.py'], { ...remote, LISTEN: '1', LIST_KEY: 'python' });
    run.child.stdin.end(listOf([...people, { to: '12', 1: 'Ann' }]));
    for (const { reference } of people) await run.until(new RegExp(`${reference}\taccepted`));
    const [{ to, reference } = { to: '', reference: '' }] = people;
    ground.service.simulator.apply({ kind: 'answer', to, answer: 'accept' });
    await run.until(new RegExp(`${reference}\tmay be called until 2`));
    expect(run.lines()[0]).toMatch(/^line 4\tPHONE_COUNTRY_MISSING\t/);
    run.child.kill();
    await run.ended;
  });
});

describe('examples/dialer', () => {
  it('calls whose permission ends soonest first, who says yes meanwhile, and nobody who took it back', async () => {
    const { service } = ground;
    const [soon, later, forGood, declined] = [number(1), number(2), number(3), number(4)];
    await say(service, forGood, 'permanent');
    await say(service, later, 'temporary', { expiresAt: inMs(90 * 3_600_000) });
    await say(service, soon, 'temporary', { expiresAt: inMs(2 * 3_600_000) });
    await say(service, declined, 'declined');
    const run = start(process.execPath, ['dialer/dialer.mjs'], {
      ...{ ...remote, CALLPERMIT_KEY: await ground.key('read') },
      CALLPERMIT_SENDER: service.simulator.phoneNumberId,
    });
    await run.until(new RegExp(`dial \\${forGood} until taken back`));
    const order = (lines: readonly string[]) =>
      lines.filter((line) => [soon, later, forGood].some((to) => line.includes(to)));
    expect(order(run.lines())).toEqual([
      expect.stringMatching(`dial \\${soon} until 2`),
      expect.stringMatching(`dial \\${later} until 2`),
      `dial ${forGood} until taken back`,
    ]);
    const news = number(5);
    await say(service, news, 'temporary', { expiresAt: inMs(3_600_000) });
    await run.until(new RegExp(`dial \\${news} until`));
    expect(run.lines().join()).not.toContain(declined);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });
});
