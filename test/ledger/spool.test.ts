import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Leftover } from '../../src/core/ports/index.ts';
import { openSpool } from '../../src/ledger/spool.ts';
import { DIST } from '../embedded-postgres/fixture.ts';

const LEDGER = '0b1c5a52-6f0e-4f53-9b53-0a55c5a3b001';
const LEFT: Leftover = {
  outcomes: [
    {
      request: '7',
      fence: 2,
      state: 'accepted',
      outcome: 'accepted',
      countAttempt: true,
      giveBackAllowance: false,
      wamid: 'wamid.1',
      waId: '16505551234',
    },
    {
      request: '8',
      fence: 1,
      state: 'pending',
      outcome: 'unsent',
      countAttempt: false,
      giveBackAllowance: true,
    },
  ],
  unread: [{ senderId: '106540352242922', claimId: 'worker.17' }],
};

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'callpermit-spool-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const spool = (ledgerId: string | undefined = LEDGER) => openSpool({ dataDir, ledgerId });
const files = () => readdir(path.join(dataDir, 'spool'));

/** Takes all there is, and gives it. */
async function takeAll(ledgerId?: string): Promise<Leftover[]> {
  const taken: Leftover[] = [];
  await spool(ledgerId).take(async (left) => void taken.push(left));
  return taken;
}

/** The built module, for processes of their own. */
const MODULE = path.join(DIST, 'src', 'ledger', 'spool.js');
const OPEN = `import { openSpool } from ${JSON.stringify(MODULE)};`;

/** Another process that takes the file and is killed, with SIGKILL, before it has written it. */
async function killedTaker(): Promise<void> {
  const script = `${OPEN}
    setInterval(() => undefined, 1000);
    await openSpool(${JSON.stringify({ dataDir, ledgerId: LEDGER })}).take(() => {
      console.log('taken');
      return new Promise(() => undefined);
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const first = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(first)).toBe('taken\n');
  expect(await spool().waiting()).toEqual([]);
  expect(await takeAll()).toEqual([]);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a spool', () => {
  test('gives back what was saved, once, to the ledger it belongs to', async () => {
    const saved = await spool().save(LEFT);
    expect(saved).toMatchObject({ ok: true, value: { count: 3, standing: 'ours' } });
    expect(await spool().waiting()).toEqual([saved.ok && saved.value]);
    expect(await takeAll()).toEqual([LEFT]);
    expect([await files(), await takeAll(), await spool().waiting()]).toEqual([[], [], []]);
  });

  test('is for its owner only', async () => {
    const saved = await spool().save(LEFT);
    if (!saved.ok) throw new Error(saved.error.problem.message);
    const [file, folder] = [await stat(saved.value.path), await stat(path.join(dataDir, 'spool'))];
    expect([file.mode & 0o777, folder.mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test('is on the disk before it has its name, and its name before `save` is done', async () => {
    // A loss of power cannot be made here; what outlives one is what was synced, in this order.
    const script = `
      import fs from 'node:fs/promises';
      import { readlinkSync } from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const done = [];
      const { rename } = fs;
      fs.rename = async (from, to) => { await rename(from, to); done.push('named'); };
      syncBuiltinESMExports();
      const handle = await fs.open(${JSON.stringify(dataDir)}, 'r');
      const proto = Object.getPrototypeOf(handle);
      await handle.close();
      const { sync } = proto;
      proto.sync = async function () {
        await sync.call(this);
        done.push('synced ' + readlinkSync('/proc/self/fd/' + this.fd).replace(/.*\\//, '').replace(/^[0-9a-f-]{36}/, 'ID'));
      };
      const { openSpool } = await import(${JSON.stringify(MODULE)});
      await openSpool(${JSON.stringify({ dataDir, ledgerId: LEDGER })}).save(${JSON.stringify(LEFT)});
      console.log(JSON.stringify(done));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    const folder = path.basename(dataDir);
    expect(JSON.parse(String(said))).toEqual([
      ...[`synced ${folder}`, 'synced ID.json.new', 'named', 'synced spool'],
    ]);
  });

  test('of another ledger is left as it is', async () => {
    await spool().save(LEFT);
    const [name = ''] = await files();
    const before = await readFile(path.join(dataDir, 'spool', name), 'utf8');
    expect(await takeAll('another')).toEqual([]);
    expect(await spool('another').waiting()).toMatchObject([
      { count: 3, standing: 'other-ledger' },
    ]);
    expect(await readFile(path.join(dataDir, 'spool', name), 'utf8')).toBe(before);
    expect(await takeAll()).toEqual([LEFT]);
  });

  test('that no version of ours wrote is left, and said', async () => {
    await mkdir(path.join(dataDir, 'spool'));
    const name = `${LEDGER}.json`;
    await writeFile(path.join(dataDir, 'spool', name), '{"version":2}');
    await writeFile(path.join(dataDir, 'spool', 'notes.txt'), 'not ours');
    expect(await takeAll()).toEqual([]);
    const file = path.join(dataDir, 'spool', name);
    expect(await spool().waiting()).toEqual([{ path: file, standing: 'unreadable' }]);
  });

  test('keeps its file where the ledger could not take it, and gives it again', async () => {
    await spool().save(LEFT);
    const away = new Error('away');
    await expect(spool().take(() => Promise.reject(away))).rejects.toBe(away);
    expect(await spool().waiting()).toMatchObject([{ count: 3, standing: 'ours' }]);
    expect(await takeAll()).toEqual([LEFT]);
    expect(await files()).toEqual([]);
  });

  test('whose taker was killed before it had written it is taken over', async () => {
    await spool().save(LEFT);
    await killedTaker();
    expect(await files()).toEqual([expect.stringMatching(/\.taken$/)]);
    expect(await spool().waiting()).toMatchObject([{ count: 3, standing: 'ours' }]);
    expect(await takeAll()).toEqual([LEFT]);
    expect(await files()).toEqual([]);
  });

  test('is taken by one of many', async () => {
    for (let i = 0; i < 5; i += 1) await spool().save(LEFT);
    const taken = await Promise.all([takeAll(), takeAll(), takeAll()]);
    expect(taken.flat().length).toBeGreaterThanOrEqual(5);
    expect(await files()).toEqual([]);
  });
});

describe('what cannot be written', () => {
  const loss = {
    ok: false,
    error: {
      lost: 3,
      problem: { code: 'OUTCOMES_LOST', message: expect.stringContaining('3 outcomes are lost') },
    },
  };

  test('is counted where the folder is no folder', async () => {
    await writeFile(path.join(dataDir, 'spool'), '');
    expect(await spool().save(LEFT)).toMatchObject(loss);
  });

  test('is counted on a full disk, and nothing half is left', async () => {
    // A limit of the shell: files of this process end at 512 bytes with EFBIG, as a full disk does with ENOSPC.
    await mkdir(path.join(dataDir, 'spool'));
    const long = { ...LEFT, unread: Array.from({ length: 50 }, () => LEFT.unread[0]) };
    const script = `${OPEN}
      const saved = await openSpool(${JSON.stringify({ dataDir, ledgerId: LEDGER })}).save(${JSON.stringify(long)});
      console.log(JSON.stringify(saved));`;
    const node = `exec ${process.execPath} --input-type=module --eval "$SCRIPT"`;
    const child = spawn('sh', ['-c', `trap '' XFSZ; ulimit -f 1; ${node}`], {
      env: { ...process.env, SCRIPT: script },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await once(child, 'close');
    expect(JSON.parse(text)).toMatchObject({ ok: false, error: { lost: 52 } });
    expect(await files()).toEqual([]);
  });
});
