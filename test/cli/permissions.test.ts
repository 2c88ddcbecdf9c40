/** The permission book, as commands. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/core/ports/index.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { applyStatus } from '../support/apply-status.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { number, people, setUpWorkspace } from './workspace.ts';

const DAY_MS = 86_400_000;
let server: TestDatabase | undefined;
let database: Database | undefined;
let ledger: Ledger;
beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase(server.connectionString);
  ledger = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
});
afterAll(async () => {
  await database?.close();
  await server?.drop();
});

const workspace = setUpWorkspace(() => ({ DATABASE_URL: server?.connectionString ?? '' }));
const senderId = () => workspace.simulator.phoneNumberId;

/** A whole second, so many ms from now. */
const inMs = (ms: number) => new Date(Math.floor((Date.now() + ms) / 1_000) * 1_000);

let words = 0;
async function say(
  to: string,
  status: Answer['status'],
  more: Partial<Answer> = {},
): Promise<void> {
  words += 1;
  await ledger.replies.bookAnswers([
    {
      ...{ senderId: senderId(), key: `wamid.word.${words}`, person: to.replace('+', ''), status },
      ...({ source: 'answer', at: inMs(-60_000) } as const),
      ...more,
    },
  ]);
}

const numbersOf = (json: { permissions: { to: string }[] }) =>
  json.permissions.map((one) => one.to).toSorted();

describe('of people who were asked and answered,', () => {
  const [soon, later, forGood, no, over, silent] = [1, 2, 3, 4, 5, 6].map(number) as [
    ...[string, string, string, string, string, string],
  ];
  let campaign = '';

  beforeAll(async () => {
    await workspace.useSimulator({ people: [] });
    const list = await workspace.file('asked.csv', people(6, 1));
    const sent = await workspace.run(['send', list, '-t', 't', '-l', 'en', '--json']);
    campaign = sent.json.id;
    const at = inMs(5_000);
    await say(soon, 'temporary', { at, expiresAt: inMs(3_600_000) });
    await say(later, 'temporary', { at, expiresAt: inMs(5 * DAY_MS) });
    await say(forGood, 'permanent', { at });
    await say(no, 'declined', { at });
    await say(over, 'temporary', { at, expiresAt: inMs(-1_000) });
    await say(number(90), 'permanent', { source: 'profile' });
  });

  test('list has them all, or those in some states; callable are those who may be called now', async () => {
    const all = await workspace.run(['permissions', 'list', '--json']);
    expect(numbersOf(all.json)).toEqual([soon, later, forGood, no, over, silent, number(90)]);
    expect(all.json.permissions.find((p: { to: string }) => p.to === soon)).toEqual({
      ...{ senderId: senderId(), to: soon, waId: soon.slice(1), userId: null },
      ...{ state: 'temporary', source: 'answer', since: expect.any(String) },
      ...{ until: expect.any(String), reference: 'ref-1', campaign },
    });
    const of = async (...more: string[]) =>
      numbersOf((await workspace.run(['permissions', 'list', '--json', ...more])).json);
    expect(await of('--state', 'callable')).toEqual([soon, later, forGood, number(90)]);
    expect(await of('--state', 'callable', '--campaign', campaign)).toEqual([soon, later, forGood]);
    expect(await of('--state', 'declined,expired')).toEqual([no, over]);
    expect(await of('--state', 'requested')).toEqual([silent]);
    expect(await of('--expiring-within', '24h')).toEqual([soon]);
    expect(await of('--number', no)).toEqual([no]);
  });

  test('list is a table for people', async () => {
    const shown = await workspace.run(['permissions', 'list', '--state', 'temporary']);
    expect(shown.stdout).toMatch(/^number +state +until, \S+ +since +source +sender\n/);
    expect(shown.stdout).toMatch(new RegExp(`\\${soon} +temporary +\\d+ \\w+ \\d\\d:\\d\\d `));
    const nobody = await workspace.run(['permissions', 'list', '--state', 'revoked']);
    expect(nobody).toMatchObject({ code: 0, stdout: '' });
    expect(nobody.stderr).toContain('Nobody is revoked');
    const soonest = await workspace.run(['permissions', 'list', '--expiring-within', '1m']);
    expect(soonest.stderr).toContain(
      "Nobody's permission ends within 1 minute, as far as is known.",
    );
  });

  test('wrong use is told', async () => {
    const both = ['permissions', 'list', '--number', no, '--campaign', campaign, '--json'];
    expect(await workspace.run(both)).toMatchObject({
      code: 1,
      json: { error: { code: 'USAGE' } },
    });
    const state = await workspace.run(['permissions', 'list', '--state', 'granted', '--json']);
    expect(state).toMatchObject({ code: 1, json: { error: { code: 'USAGE' } } });
    const none = await workspace.run(['permissions', 'export', '--campaign', 'nothing']);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('There is no campaign nothing');
  });

  test('export has these columns, and those of a campaign in the order of its list', async () => {
    const csv = await workspace.run(['permissions', 'export', '--campaign', campaign]);
    const [head, ...lines] = csv.stdout.trim().split('\r\n');
    expect(head).toBe('reference,to,wa_id,user_id,state,since,until,source,campaign');
    expect(lines.map((line) => line.split(',')[4])).toEqual([
      ...['temporary', 'temporary', 'permanent', 'declined', 'expired', 'requested'],
    ]);
    const path = join(workspace.folder, 'callable.ndjson');
    const written = await workspace.run([
      ...['permissions', 'export', '--state', 'callable', '-o', path, '--json'],
    ]);
    expect(written).toMatchObject({ code: 0, json: { output: path, format: 'ndjson', lines: 4 } });
    expect(written.stderr).toContain('4 lines written');
    const rows = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map((row) => row.to).toSorted()).toEqual([soon, later, forGood, number(90)]);
    expect(rows.find((row) => row.to === forGood)).toMatchObject({
      ...{ reference: 'ref-3', wa_id: forGood.slice(1), user_id: null, state: 'permanent' },
      ...{ until: null, source: 'answer', campaign, since: expect.stringMatching(/Z$/) },
    });
  });

  test('show tells one person: what is allowed, what happened, the calls, the opt-out', async () => {
    const call = { senderId: senderId(), person: soon.slice(1), byBusiness: true, isOver: true };
    await ledger.replies.bookCalls([
      { ...call, id: 'wacid.1', isConnected: true, at: inMs(-3_000_000), durationS: 60 },
      { ...call, id: 'wacid.2', isConnected: false, at: inMs(-2_000_000) },
      { ...call, id: 'wacid.3', isConnected: false, at: inMs(-1_000_000) },
    ]);
    const shown = await workspace.run(['permissions', 'show', soon]);
    for (const said of [
      /may be called until \d+ \w+ 20\d\d/,
      /they answered a request/,
      /1 of 100 connected calls in 24 hours; 2 not answered in a row/,
      new RegExp(`asked by ${campaign}: accepted by Meta`),
      /called: connected/,
      /called: not answered/,
      /said yes, until/,
    ])
      expect(shown.stdout).toMatch(said);
    await workspace.run(['suppress', 'add', soon, '--reason', 'by mail']);
    const after = await workspace.run(['permissions', 'show', soon]);
    expect(after.stderr).toContain('opt-out list');
    const { json } = await workspace.run(['permissions', 'show', soon, '--json']);
    expect(json).toMatchObject({
      ...{ to: soon, optOut: { reason: 'by mail', source: 'operator' } },
      permissions: [{ senderId: senderId(), state: 'temporary', campaign }],
      calls: [{ senderId: senderId(), connectedDay: 1, unanswered: 2 }],
    });
    expect(json.history).toHaveLength(5);
  });

  test('a user id is a name too', async () => {
    await say('US.7151', 'permanent', { source: 'profile' });
    const { json } = await workspace.run(['permissions', 'show', 'US.7151', '--json']);
    expect(json.permissions).toMatchObject([{ to: 'US.7151', userId: 'US.7151', waId: null }]);
    const text = await workspace.run(['permissions', 'show', 'US.7151']);
    expect(text.stdout).toContain('without an end');
    expect(text.stdout).toContain('they set it in the profile');
  });

  test('nothing known is an answer, not a failure', async () => {
    const unknown = await workspace.run(['permissions', 'show', number(82)]);
    expect(unknown).toMatchObject({ code: 0, stdout: '' });
    expect(unknown.stderr).toContain('No permission is known');
  });

  test('the campaign shows what came back of it', async () => {
    const shown = await workspace.run(['campaign', 'show', campaign]);
    expect(shown.stdout).toMatch(/granted +4 +66\.7%/);
    expect(shown.stdout).toMatch(/no answer yet +1 +16\.7%/);
    expect(shown.stdout).not.toContain('█');
    const { json } = await workspace.run(['campaign', 'show', campaign, '--json']);
    expect(json.funnel).toMatchObject({
      ...{ asked: 6, accepted: 6, declined: 1, noAnswer: 1 },
      granted: { temporary: 3, permanent: 1 },
    });
  });
});

test('of a message that was not delivered, screens and exports say the code and what is true now', async () => {
  await workspace.useSimulator({});
  const to = number(95);
  const list = await workspace.file('failed.csv', people(1, 95));
  const { json } = await workspace.run(['send', list, '-t', 't', '-l', 'en', '--json']);
  expect(json).toMatchObject({ counts: { accepted: 1 } });
  const { stdout: before } = await workspace.run(['export', json.id]);
  const [wamid = before] = /wamid\.[^,\s"]+/.exec(before) ?? [];
  const error = { code: 131049, message: 'Not delivered: Not delivered.' };
  const failed = { status: 'failed', at: inMs(0), error, wamid } as const;
  expect([wamid, await applyStatus(ledger.evidence, failed)]).toMatchObject([wamid, {}]);
  const { stdout } = await workspace.run(['permissions', 'show', to]);
  expect(stdout).toMatch(/asked by \w+: not delivered \(131049: Meta chose not to deliver: /);
  const shown = await workspace.run(['campaign', 'show', json.id]);
  expect(shown.stdout).toContain(
    '1 accepted, not delivered: 131049\n    Not delivered.\n    It is',
  );
  const exported = await workspace.run(['export', json.id]);
  expect(exported.stdout).toContain(',Not delivered.,');
  expect(exported.stdout).toContain('It is not sent again by itself');
  expect(`${shown.stdout}${exported.stdout}`).not.toContain('It waits 24 hours');
});

describe('check', () => {
  test('asks Meta, also more slowly than it would like, and corrects the book', async () => {
    const [yes, forGood, no] = [number(201), number(202), number(203)];
    await workspace.useSimulator({
      people: [
        { number: yes, permission: 'temporary' },
        { number: forGood, permission: 'permanent' },
      ],
      permissions: { queriesPerSecond: 2 },
    });
    await say(no, 'permanent', { source: 'profile' });
    const asked = await workspace.run(['permissions', 'check', yes, forGood, no, '--json']);
    expect(asked).toMatchObject({
      ...{ code: 0, json: { total: 3, asked: 3, changed: 3, failed: 0, reasons: [] } },
    });
    const stateOf = async (to: string) =>
      (await workspace.run(['permissions', 'list', '--number', to, '--json'])).json.permissions[0];
    expect(await stateOf(yes)).toMatchObject({ state: 'temporary', source: 'query' });
    expect(await stateOf(forGood)).toMatchObject({ state: 'permanent', source: 'query' });
    expect(await stateOf(no)).toMatchObject({ state: 'none', source: 'query' });
    const again = await workspace.run(['permissions', 'check', forGood]);
    expect(again).toMatchObject({ code: 0, stdout: '' });
    expect(again.stderr).toContain('asked about 1 of 1: the book changed for 0, 0 failed');
  });

  test('books what Meta says by the ledger’s clock, which may have been moved on', async () => {
    const to = number(205);
    await workspace.useSimulator({ people: [{ number: to, permission: 'none' }] });
    const { stdout } = await workspace.run(['clock', 'advance', '2h']);
    const now = new Date(stdout.trim());
    await say(to, 'permanent', { source: 'profile', at: new Date(now.getTime() - 3_600_000) });
    await workspace.run(['permissions', 'check', to]);
    const { json } = await workspace.run(['permissions', 'list', '--number', to, '--json']);
    expect(json.permissions).toMatchObject([{ state: 'none', source: 'query' }]);
    expect(Date.parse(json.permissions[0].since)).toBeGreaterThanOrEqual(now.getTime() - 1_000);
  });

  test('all whose time is over; one of a sender without settings fails, and the code is 2', async () => {
    const [mine, other] = [number(210), number(211)];
    const past = { at: inMs(-20 * DAY_MS), expiresAt: inMs(-10 * DAY_MS) };
    await say(mine, 'temporary', past);
    await ledger.senders.ensure({ senderId: '999', messagesPerSecond: 1 });
    await say(other, 'temporary', { ...past, senderId: '999' });
    await workspace.useSimulator({ people: [{ number: mine, permission: 'temporary' }] });
    const checked = await workspace.run(['permissions', 'check', '--all-expired', '--json']);
    expect(checked.code).toBe(2);
    expect(checked.json.reasons).toEqual([{ why: 'sender 999 is not in the settings', n: 1 }]);
    const listed = await workspace.run(['permissions', 'list', '--state', 'expired', '--json']);
    expect(numbersOf(listed.json)).toEqual([other]);
  });

  test('a token that is refused stops it: 3; Meta out of reach: 4; nobody named: 1', async () => {
    const refused = await workspace.run(['permissions', 'check', number(220), '--json'], {
      WHATSAPP_ACCESS_TOKEN: 'EAAwrong',
    });
    expect(refused).toMatchObject({
      code: 3,
      json: { failed: 1, error: { code: 'TOKEN_REFUSED' } },
    });
    const away = await workspace.run(
      ['permissions', 'check', ...Array.from({ length: 12 }, (_, i) => number(230 + i)), '--json'],
      { GRAPH_BASE_URL: 'http://127.0.0.1:9', REQUEST_TIMEOUT_MS: '1000' },
    );
    expect(away).toMatchObject({ code: 4, json: { error: { code: 'GRAPH_UNREACHABLE' } } });
    const nobody = await workspace.run(['permissions', 'check', '--json']);
    expect(nobody).toMatchObject({ code: 1, json: { error: { code: 'USAGE' } } });
  });
});
