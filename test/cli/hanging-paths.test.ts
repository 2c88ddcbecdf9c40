/** Paths that never answer: told at once, or left at the first signal. */
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import { spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, setUpWorkspace } from './workspace.ts';

const TEMPLATE = ['--template', 't', '--language', 'en'];
/** A second is meant; the rest is for a busy machine. */
const AT_ONCE_MS = 5_000;

describe('a path that never answers', () => {
  let folder = '';
  let database: TestDatabase;
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database.connectionString }));
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'callpermit-hang-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  function pipe(name: string): string {
    const path = join(folder, name);
    execFileSync('mkfifo', [path]);
    return path;
  }

  test.each([
    ['enqueue', 'SIGTERM'],
    ['enqueue', 'SIGINT'],
    ['send', 'SIGINT'],
  ] as const)(
    'a list from a pipe whose writer says nothing is left by %s at %s, which says so',
    async (command, signal) => {
      const list = pipe(`${command}-${signal}`);
      const args = [command, list, ...TEMPLATE, '--json'];
      const reading = workspace.start(args, { LOG_LEVEL: 'debug' });
      // Opening for writing returns once somebody has it open for reading.
      const writer = createWriteStream(list);
      await new Promise<void>((resolve) => writer.once('open', () => resolve()));
      const at = performance.now();
      reading.kill(signal);
      const ended = await reading.untilExit();
      expect(ended).toMatchObject({ signal });
      expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'STOPPED' } });
      expect(performance.now() - at).toBeLessThan(AT_ONCE_MS);
      writer.destroy();
    },
  );

  test('a list from a pipe is read to its end', async () => {
    const list = pipe('good');
    const enqueue = workspace.start(['enqueue', list, ...TEMPLATE, '--json']);
    createWriteStream(list).end(people(50, 620_000));
    expect(JSON.parse((await enqueue.untilExit()).stdout)).toMatchObject({ lines: 50 });
  });

  test('a DATA_DIR where no folder can be made is told', async () => {
    const at = performance.now();
    const env = { DATABASE_URL: '', DATA_DIR: '/proc/callpermit' };
    const ended = await workspace.run(['campaign', 'list'], env);
    expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining('DATA_DIR') });
    expect(performance.now() - at).toBeLessThan(2 * AT_ONCE_MS);
  });

  test('a sender whose database never answers ends at the first signal', async () => {
    let reached: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const mute = createServer(() => reached());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const sender = spawnCallpermit(['sender'], {
      ...settingsFor(workspace.simulator),
      DATABASE_URL: `postgres://x@127.0.0.1:${port}/x`,
    });
    await asked;
    const at = performance.now();
    sender.kill('SIGTERM');
    expect(await sender.untilExit()).toMatchObject({ signal: 'SIGTERM' });
    expect(performance.now() - at).toBeLessThan(AT_ONCE_MS);
    mute.close();
  });
});
