import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { EXPORT_COLUMNS } from '../../src/core/request.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { type Json, number, people, setUpWorkspace } from './workspace.ts';

function rowsOf(ndjson: string): Json[] {
  return ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describeOnBothQueues('callpermit send', (ground) => {
  const workspace = setUpWorkspace(() => ground.env);
  const template = ['--template', 't', '--language', 'en'];

  test('asks everybody once and ends with 0; the export holds what the server answered', async () => {
    const simulator = await workspace.useSimulator({});
    const list = await workspace.file('good.csv', people(60, 1_000));
    const sent = await workspace.run(['send', list, ...template, '--json']);
    expect(sent).toMatchObject({
      code: 0,
      json: { state: 'completed', lines: 60, refusedLines: 0 },
    });
    expect(sent.json.counts).toMatchObject({ accepted: 60, rejected: 0, uncertain: 0, skipped: 0 });

    const posts = simulator.requests();
    expect(new Set(posts.map((post) => post.to)).size).toBe(60);
    expect(posts).toHaveLength(60);

    const exported = await workspace.run(['export', sent.json.id, '--format', 'ndjson']);
    const rows = rowsOf(exported.stdout);
    expect(rows.map((row) => row.row)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(Object.keys(rows[0])).toEqual([...EXPORT_COLUMNS]);
    for (const row of rows) {
      const post = posts.find((p) => p.to === row.to);
      expect(row).toMatchObject({ wamid: post?.wamid, message_status: 'accepted' });
      expect(post?.parameters[0]?.text).toBe(`Ann ${row.row}`);
    }
  });

  test('counts bad lines and doubles, reports them, and ends with 2', async () => {
    await workspace.useSimulator({ people: [{ number: number(2_002), onWhatsApp: false }] });
    const text = `${people(10, 2_000)}${number(2_000)},twice,X\nnonsense,bad,X\n${number(2_900)},e,\n`;
    const list = await workspace.file('bad.csv', text);
    const report = join(workspace.folder, 'refused.ndjson');
    const sent = await workspace.run(['send', list, ...template, '--json', '--refused', report]);
    expect(sent).toMatchObject({ code: 2, json: { refusedLines: 2, doubles: 1, lines: 13 } });
    expect(sent.json.counts).toMatchObject({ accepted: 9, rejected: 1, skipped: 1 });
    expect(rowsOf(await readFile(report, 'utf8'))).toMatchObject([
      { row: 12, column: 'to', value: 'nonsense' },
      { row: 13, column: '1' },
    ]);
    expect(sent.stderr).toContain('nonsense');

    const file = join(workspace.folder, 'rejected.csv');
    const some = await workspace.run([
      ...['export', sent.json.id, '--status', 'rejected,skipped', '-o', file, '--json'],
    ]);
    expect(some).toMatchObject({ code: 0, json: { lines: 2, format: 'csv', output: file } });
    expect(await readFile(file, 'utf8')).toMatch(/^row,reference,to,.*\r\n3,ref-3,.*131026/);
    const refused = await workspace.run([
      'export',
      sent.json.id,
      '--refused',
      '--format',
      'ndjson',
    ]);
    expect(rowsOf(refused.stdout).map((line) => line.row)).toEqual([12, 13]);
  });

  test('takes a server without template routes, message_status and wamid prefix', async () => {
    await workspace.useSimulator({
      templateRoutes: false,
      templates: [{ name: 't' }],
      reply: { messageStatus: null, idPrefix: 'gid-', waId: false },
    });
    const sent = await workspace.run(
      ['send', '-', ...template, '--skip-preflight', '--json'],
      {},
      people(5, 3_000),
    );
    expect(sent).toMatchObject({ code: 0, json: { counts: { accepted: 5 } } });
    const { stdout } = await workspace.run(['export', sent.json.id, '--format', 'ndjson']);
    const ids = workspace.simulator.requests().map((post) => post.wamid);
    expect(
      rowsOf(stdout)
        .map((row) => row.wamid)
        .sort(),
    ).toEqual(ids.sort());
    expect(rowsOf(stdout).every((row) => row.message_status === 'accepted')).toBe(true);
  });

  test('the same key again asks nobody again and says how it stands', async () => {
    const simulator = await workspace.useSimulator({});
    const list = await workspace.file('keyed.csv', people(5, 4_000));
    const args = ['send', list, ...template, '--json', '--idempotency-key', `key-${ground.queue}`];
    const first = await workspace.run(args);
    const second = await workspace.run(args);
    expect(second).toMatchObject({ code: 0, json: { id: first.json.id, created: false } });
    expect(second.stderr).toContain('nothing is sent');
    expect(simulator.stats().posts).toBe(5);
  });

  test('a token that dies on the way pauses the campaign: 3, the reason, nobody lost', async () => {
    const simulator = await workspace.useSimulator({
      schedule: [{ atMessage: 20, change: { set: 'token', action: 'revoke' } }],
    });
    const list = await workspace.file('token.csv', people(200, 5_000));
    const sent = await workspace.run(['send', list, ...template, '--json']);
    expect(sent).toMatchObject({
      code: 3,
      json: { state: 'paused', reason: { by: 'us', code: 190 } },
    });
    const { accepted, pending, queued, rejected } = sent.json.counts;
    expect(accepted + pending + queued).toBe(200);
    expect(rejected).toBe(0);

    simulator.apply({ set: 'token', action: 'restore' });
    const sender = workspace.start(['sender']);
    const resumed = await workspace.run(['campaign', 'resume', sent.json.id, '--json']);
    expect(resumed).toMatchObject({ code: 0, json: { state: 'running' } });
    expect(await workspace.untilEnded(sent.json.id)).toMatchObject({ counts: { accepted: 200 } });
    sender.kill('SIGTERM');
    expect(await sender.untilExit()).toMatchObject({ code: 0 });
    expect(simulator.stats()).toMatchObject({
      accepted: 200,
      askedTwice: { acceptedMoreThanOnce: 0 },
    });
  });
});
