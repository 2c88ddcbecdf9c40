import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unlessLoopback } from '../../src/cli/commands/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { number, setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const DAY = 86_400_000;

describe('callpermit clock advance', () => {
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database?.connectionString ?? '' }));
  const ahead = (now: string) => Date.parse(now) - Date.now();

  test('moves the time of the ledger on and prints it, on top of what it was moved before', async () => {
    const first = await workspace.run(['clock', 'advance', '24h']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(Math.abs(ahead(first.stdout.trim()) - DAY)).toBeLessThan(60_000);
    const second = await workspace.run(['clock', 'advance', '1d12h', '--json']);
    expect(second).toMatchObject({ code: 0, json: { advancedMs: 1.5 * DAY } });
    expect(Math.abs(ahead(second.json.now) - 2.5 * DAY)).toBeLessThan(60_000);
  });

  test('is the time that other rules read: an opt-out of now is one of that day', async () => {
    const { json } = await workspace.run(['clock', 'advance', '7d', '--json']);
    await workspace.run(['suppress', 'add', number(500)]);
    const listed = await workspace.run(['suppress', 'list', '--number', number(500), '--json']);
    const since = Date.parse(listed.json.suppressions[0].addedAt) - Date.parse(json.now);
    expect(since).toBeGreaterThanOrEqual(0);
    expect(since).toBeLessThan(60_000);
  });

  test('moves the simulator along: after a day and no sooner it takes the same person again', async () => {
    const simulator = await workspace.useSimulator({});
    const template = ['--template', 't', '--language', 'en', '--param', 'Ann'];
    const ask = () =>
      workspace.run(['request', number(501), ...template, '--on-pair-limit', 'skip', '--json']);
    expect(await ask()).toMatchObject({ code: 0 });
    const moved = await workspace.run(['clock', 'advance', '25h', '--json']);
    expect(moved).toMatchObject({ code: 0, json: { simulator: true } });
    expect(await ask()).toMatchObject({ code: 0 });
    expect(simulator.requests({ to: number(501) }).map(({ outcome }) => outcome)).toEqual([
      'accepted',
      'accepted',
    ]);
  });

  test('where no simulator answers, it says that the ledger alone has moved', async () => {
    const alone = await workspace.run(['clock', 'advance', '1s', '--json'], {
      GRAPH_BASE_URL: 'http://127.0.0.1:9',
    });
    expect(alone).toMatchObject({ code: 0, json: { simulator: false } });
    expect(alone.stderr).toContain("Only the ledger's clock moved");
  });

  test('is refused where the Graph API is not on this machine: 1, and nothing is moved', async () => {
    const refused = await workspace.run(['clock', 'advance', '24h', '--json'], {
      GRAPH_BASE_URL: 'https://graph.facebook.com',
      DATABASE_URL: 'postgres://127.0.0.1:9/never-opened',
    });
    expect(refused).toMatchObject({
      code: 1,
      json: { error: { code: 'USAGE', where: 'GRAPH_BASE_URL' } },
    });
    expect(refused.stderr).toContain('graph.facebook.com');
    expect(refused.stderr).toContain('callpermit simulate');
  });

  test('a span that is none is wrong use', async () => {
    const wrong = await workspace.run(['clock', 'advance', 'tomorrow', '--json']);
    expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'USAGE' } } });
    expect(wrong.stderr).toContain('1d12h');
  });
});

describe('this machine', () => {
  test.each([
    'http://127.0.0.1:4010',
    'http://127.8.9.1',
    'http://127.1:80',
    'http://localhost:4010/base',
    'http://LOCALHOST',
    'http://[::1]:4010',
  ])('%s is it', (url) => {
    expect(unlessLoopback(url)).toBeUndefined();
  });

  test.each([
    'https://graph.facebook.com',
    'http://127.0.0.1.example.com',
    'http://127.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'http://[::2]',
    'http://0.0.0.0',
  ])('%s is not', (url) => {
    expect(unlessLoopback(url)).toMatchObject({ code: 'USAGE', where: 'GRAPH_BASE_URL' });
  });
});
