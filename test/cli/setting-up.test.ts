/** The commands one begins with: doctor, migrate, simulate, template, up. */
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openSpool } from '../../src/ledger/spool.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis } from '../support/redis.ts';
import { people, setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterAll(() => database?.drop());

describe('setting up', () => {
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database?.connectionString ?? '' }));
  const findings = (json: { findings: readonly { check: string; level: string }[] }) =>
    Object.fromEntries(json.findings.map((f) => [f.check, f.level]));

  test('doctor finds everything well', async () => {
    const ended = await workspace.run(['doctor', '--template', 't', '--json']);
    expect(ended).toMatchObject({ code: 0, json: { ok: true } });
    expect(findings(ended.json)).toEqual({
      ...{ settings: 'ok', database: 'ok', queue: 'ok', token: 'ok', number: 'ok' },
      ...{ calling: 'ok', template: 'ok', disk: expect.stringMatching(/ok|warn/), clock: 'ok' },
      ...{ webhooks: 'ok', users: 'ok' },
    });
  });

  test('doctor looks at Redis: its version, its memory, and what it does when that is full', async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url);
    const lines = async () =>
      (await workspace.run(['doctor', '--json'], { REDIS_URL: redis.url })).json.findings
        .filter((f: { check: string }) => f.check === 'queue')
        .map((f: { level: string; message: string }) => `${f.level} ${f.message}`);
    expect(await lines()).toEqual([
      expect.stringMatching(/^ok BullMQ on (Redis|Valkey) \d+\.\d+.* MB of memory without a limit/),
    ]);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect((await lines())[1]).toMatch(/^warn .*allkeys-lru; set it to noeviction/);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.config('SET', 'maxmemory', '1');
    expect((await lines())[1]).toMatch(/^fail Redis is full and takes no jobs/);
    client.disconnect();
    await redis.stop();
  });

  test('doctor says where outcomes wait that no sender could write', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'callpermit-doctor-'));
    const left = { outcomes: [], unread: [{ senderId: '1', claimId: 'w.1' }] };
    const saved = await openSpool({ dataDir, ledgerId: 'another' }).save(left);
    if (!saved.ok) throw new Error(saved.error.problem.message);
    try {
      const ended = await workspace.run(['doctor', '--json'], { DATA_DIR: dataDir });
      expect(ended.json.findings).toContainEqual({
        check: 'spool',
        code: 'OUTCOMES_WAIT',
        level: 'warn',
        message: expect.stringContaining(`1 outcomes wait in ${saved.value.path}`),
        next: expect.stringContaining('callpermit sender'),
      });
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  test('doctor says what is wrong beside what is well, one line each', async () => {
    await workspace.useSimulator({ senders: [{ calling: 'DISABLED' }] });
    const ended = await workspace.run(['doctor', '--template', 'nope']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^ok {4}database {2}/m);
    expect(ended.stdout).toMatch(/^fail {2}calling .*DISABLED.*Enable/m);
    expect(ended.stdout).toMatch(/^fail {2}template .*nope.*callpermit template create/m);
  });

  test.each([
    ['+90 532 123 45 67', 1, 'fail', 'Turkey'],
    ['+1 876 555 0123', 0, 'warn', 'Meta does not say'],
  ])(
    'doctor on a business number like %s: %i, a country that is %s',
    async (number, code, level, message) => {
      await workspace.useSimulator({ senders: [{ displayPhoneNumber: number }] });
      const ended = await workspace.run(['doctor', '--json']);
      expect(ended.code).toBe(code);
      const country = ended.json.findings.find((f: { check: string }) => f.check === 'country');
      expect(country).toMatchObject({ level, message: expect.stringContaining(message) });
    },
  );

  test('doctor looks at Meta though the database is gone: 4', async () => {
    await workspace.useSimulator({});
    const ended = await workspace.run(['doctor', '--json'], {
      DATABASE_URL: 'postgres://127.0.0.1:9/x',
    });
    expect(ended.code).toBe(4);
    expect(findings(ended.json)).toMatchObject({ database: 'fail', token: 'ok', number: 'ok' });
  });

  test('migrate says which migrations it ran, by name, and else that nothing was to be done', async () => {
    const empty = await createTestDatabase({ migrated: false });
    const other = await createTestDatabase({ migrated: false });
    const names = readdirSync(new URL('../../src/ledger/migrations/', import.meta.url))
      .map((file) => file.replace(/\.sql$/, ''))
      .sort();
    const migrate = (of: TestDatabase, ...more: string[]) =>
      workspace.run(['migrate', ...more], { DATABASE_URL: of.connectionString });

    const first = await migrate(empty, '--json');
    expect(first).toMatchObject({ code: 0, json: { state: 'current', migrations: names } });
    const again = await migrate(empty, '--json');
    expect(again).toMatchObject({ code: 0, json: { state: 'current', migrations: [] } });
    expect(again.stderr).toContain('nothing was to be done');

    const told = await migrate(other);
    expect(told.stderr.replace(/\s+/g, ' ')).toContain(`ran: ${names.join(', ')}.`);
    expect(told.stderr).not.toContain('nothing was to be done');
    await empty.drop();
    await other.drop();
  });

  test('a template is created, reviewed, listed, shown and deleted', async () => {
    await workspace.useSimulator({ templates: [] });
    const name = 'sample_cpr_template';
    const create = [
      ...['template', 'create', '--name', name, '--language', 'en', '--category', 'utility'],
      ...['--body', 'Hello {{1}}, we would like to call you to help support your order.'],
    ];
    const unready = await workspace.run([...create, '--json']);
    expect(unready).toMatchObject({ code: 1, json: { error: { code: 'TEMPLATE_INVALID' } } });
    const created = await workspace.run([...create, '--example', 'Ann', '--wait', '--json']);
    expect(created).toMatchObject({ code: 0, json: { status: 'APPROVED', category: 'UTILITY' } });
    const again = await workspace.run([...create, '--example', 'Ann', '--json']);
    expect(again).toMatchObject({ code: 0, json: { id: created.json.id, status: 'APPROVED' } });
    expect(again.stderr).toContain('is there already');
    const listed = await workspace.run(['template', 'list', '--json']);
    expect(listed.json.templates).toMatchObject([{ name, id: created.json.id }]);
    expect((await workspace.run(['template', 'show', name])).stdout).toContain(
      'support your order',
    );
    expect((await workspace.run(['template', 'delete', name])).code).toBe(0);
    const gone = await workspace.run(['template', 'show', name, '--json']);
    const deleted = await workspace.run(['template', 'delete', name, '--json']);
    for (const one of [gone, deleted])
      expect(one).toMatchObject({ code: 1, json: { error: { code: 'TEMPLATE_NOT_FOUND' } } });
  });

  test('a rejected template and a changed category are pointed out', async () => {
    await workspace.useSimulator({
      review: {
        rules: [
          { name: 'bad', outcome: 'REJECTED', reason: 'INCORRECT_CATEGORY' },
          { name: 'moved', category: 'MARKETING' },
        ],
      },
    });
    const create = (name: string) => [
      ...['template', 'create', '--name', name, '--language', 'en', '--category', 'UTILITY'],
      ...['--body', `We would like to call you about ${name} things.`, '--wait', '--json'],
    ];
    const bad = await workspace.run(create('bad'));
    expect(bad).toMatchObject({ code: 1, json: { error: { code: 'TEMPLATE_REJECTED' } } });
    expect(bad.stderr).toContain('INCORRECT_CATEGORY');
    const moved = await workspace.run(create('moved'));
    expect(moved).toMatchObject({ code: 0, json: { category: 'MARKETING' } });
    expect(moved.stderr).toContain('MARKETING instead of UTILITY');
  });

  test('simulate prints the settings to copy and stops with 0', async () => {
    const simulate = workspace.start(['simulate', '--port', '0']);
    const line = await simulate.untilLine(/^export GRAPH_BASE_URL=/);
    const stats = await fetch(`${line.split('=')[1]}/_sim/stats`);
    expect(await stats.json()).toMatchObject({ posts: 0 });
    simulate.kill('SIGTERM');
    expect(await simulate.untilExit()).toMatchObject({ code: 0, signal: null });
  });

  test('up listens and sends in one process, and stops with 0', async () => {
    const simulator = await workspace.useSimulator({});
    const up = workspace.start(['up', '--port', '0', '--json'], { API_KEYS: 'key' });
    const { url } = JSON.parse(await up.untilLine(/^\{"state":"ready"/));
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const list = await workspace.file('up.csv', people(5, 60_000));
    const taken = await workspace.run([
      'enqueue',
      list,
      '--template',
      't',
      '--language',
      'en',
      '--json',
    ]);
    expect(taken).toMatchObject({ code: 0, json: { state: 'running', lines: 5 } });
    await simulator.untilPosts(5);
    up.kill('SIGINT');
    expect(await up.untilExit()).toMatchObject({ code: 0, signal: null });
  });

  test('a taken port is told with its setting', async () => {
    const taken = await workspace.run([
      'api',
      '--port',
      String(workspace.simulator.port),
      '--json',
    ]);
    expect(taken).toMatchObject({ code: 1, json: { error: { code: 'USAGE', where: 'PORT' } } });
  });
});
