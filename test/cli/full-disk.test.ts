/** Outputs that take nothing: the work is done anyway, and a lost result is told. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import { spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, setUpWorkspace } from './workspace.ts';

const TEMPLATE = ['--template', 't', '--language', 'en'];
const FULL = '/dev/full';

describe('on a full disk', () => {
  let database: TestDatabase;
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database.connectionString }));
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  function start(
    args: readonly string[],
    outputs: { readonly stdout?: string; readonly stderr?: string },
    env: Readonly<Record<string, string>> = {},
  ) {
    const settings = {
      ...settingsFor(workspace.simulator),
      DATABASE_URL: database.connectionString,
    };
    return spawnCallpermit(args, { ...settings, ...env }, { cwd: workspace.folder, outputs });
  }

  test('a campaign whose result cannot be written runs, is named, and the code is 4', async () => {
    const list = await workspace.file('a.csv', people(3, 610_000));
    for (const json of [[], ['--json']]) {
      const key = `key-${json.length}`;
      const run = ['enqueue', list, ...TEMPLATE, '--idempotency-key', key, ...json];
      const ended = await start(run, { stdout: FULL }).untilExit();
      const told = ended.stderr.split('\n').filter((line) => line.startsWith('error:'));
      expect(told).toEqual([
        expect.stringMatching(
          /^error: The result could not be written to standard output \(ENOSPC\); .* \(campaign \w+, running\)\.$/,
        ),
      ]);
      expect(ended).toMatchObject({ code: 4, stderr: expect.not.stringContaining('    at ') });
      const id = /campaign (\w+), running/.exec(ended.stderr)?.[1] ?? '';
      expect(await workspace.show(id)).toMatchObject({ state: 'running', lines: 3 });
    }
  });

  test.each<[string, readonly string[]]>([
    ['a version', ['--version']],
    ['a help', ['send', '--help']],
    ['a table', ['errors']],
    ['an object', ['errors', '--json']],
    ['a list of campaigns', ['campaign', 'list', '--json']],
    ['senders', ['senders', '--json']],
    ['a listing', ['suppress', 'list', '--json']],
    ['a diagnosis', ['doctor', '--json']],
  ])('%s that cannot be written is one sentence and code 4', async (_, args) => {
    const ended = await start(args, { stdout: FULL }).untilExit();
    expect(ended.stderr.trim()).toBe(
      'error: The result could not be written to standard output (ENOSPC).',
    );
    expect(ended.code).toBe(4);
  });

  test('an export that cannot be written is told like any result', async () => {
    const list = await workspace.file('b.csv', people(3, 611_000));
    const { stdout } = await workspace.run(['enqueue', list, ...TEMPLATE]);
    const ended = await start(['export', stdout.trim()], { stdout: FULL }).untilExit();
    expect(ended.stderr).toContain('could not be written to standard output (ENOSPC)');
    expect(ended.code).toBe(4);
  });

  test('a list that cannot be written is not said to be empty', async () => {
    await start(['suppress', 'add', '+4915112345678', '--reason', 'asked'], {}).untilExit();
    const ended = await start(['suppress', 'list'], { stdout: FULL }).untilExit();
    expect(ended).toMatchObject({ code: 4 });
    expect(ended.stderr).not.toContain('Nobody is on the list');
  });

  test('with both outputs full the code alone tells', async () => {
    const list = await workspace.file('c.csv', people(3, 612_000));
    const both = { stdout: FULL, stderr: FULL };
    expect(await start(['enqueue', list, ...TEMPLATE], both).untilExit()).toMatchObject({
      code: 4,
      signal: null,
    });
    expect(await start(['enqueue', 'nowhere.csv', ...TEMPLATE], both).untilExit()).toMatchObject({
      code: 1,
    });
  });

  test('a full standard error alone costs nothing: the result and its code stay', async () => {
    const list = await workspace.file('d.csv', people(3, 613_000));
    const run = ['enqueue', list, ...TEMPLATE, '--json'];
    const ended = await start(run, { stderr: FULL }).untilExit();
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ state: 'running', lines: 3 });
  });

  test('a result is written to its last byte into a file', async () => {
    const path = join(workspace.folder, 'out.json');
    await start(['errors', '--json'], { stdout: path }).untilExit();
    expect(JSON.parse(await readFile(path, 'utf8')).errors.length).toBeGreaterThan(50);
  });

  test('a sender that logs everything onto a full disk sends on, and stops with 0', async () => {
    const simulator = await workspace.useSimulator({});
    const list = await workspace.file('e.csv', people(300, 614_000));
    const { stdout } = await workspace.run(['enqueue', list, ...TEMPLATE]);
    const sender = start(['sender'], { stderr: FULL }, { LOG_LEVEL: 'trace' });
    expect(await workspace.untilEnded(stdout.trim())).toMatchObject({
      state: 'completed',
      counts: { accepted: 300, uncertain: 0 },
    });
    expect(simulator.stats()).toMatchObject({ persons: simulator.stats().posts });
    sender.kill('SIGTERM');
    expect(await sender.untilExit()).toMatchObject({ code: 0, signal: null });
  });

  test('what a library writes to a full standard error by itself ends nothing', async () => {
    // By a signal, once it is up: a busy machine takes seconds to load it.
    const text = `const warn = () => console.warn('no');
      process.on('SIGUSR2', () => {
        for (const ms of [0, 200]) setTimeout(warn, ms);
        setTimeout(() => require('node:fs').writeSync(1, 'warned twice\\n'), 400);
      });`;
    const library = await workspace.file('library.cjs', text);
    const env = { NODE_OPTIONS: `--require ${library}` };
    const sender = start(['sender', '--json'], { stderr: FULL }, env);
    await sender.untilLine(/^\{/);
    sender.kill('SIGUSR2');
    await sender.untilLine(/warned twice/);
    sender.kill('SIGTERM');
    expect(await sender.untilExit()).toMatchObject({ code: 0, signal: null });
  });

  test('a reader that goes away is no failure', async () => {
    const child = start(['errors', '--json'], {});
    child.child.stdout?.destroy();
    expect(await child.untilExit()).toMatchObject({ code: 0, stderr: '' });
  });
});
