/** What a person sees on a terminal: nothing that was said is drawn over, and everything fits the width. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { CTRL_C, type OnScreen, onScreen } from '../support/pty.ts';
import { people, setUpWorkspace } from './workspace.ts';

const TEMPLATE = ['--template', 't', '--language', 'en'];
/** 10 columns of bar at least, the share, and behind it at once the time that is left. */
const LIVE = /^[█░]{10,} +\d+% {2}.*left/;
/** The same once a rate is measured, which stands behind the counts. */
const MEASURED = /^[█░]{10,} +\d+% {2}\d+ [^/]*s left {2}\d+\/600 {2}\d+\.\d\/s/;
/** The bar as it is drawn first, whatever stands behind it. */
const ANY_BAR = /^[█░]{10,}/;

describe('on a terminal', () => {
  let database: TestDatabase;
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database.connectionString }));
  const screens = new Set<OnScreen>();

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const screen of screens) screen.kill();
    screens.clear();
  });
  afterAll(() => database.drop());

  function show(
    args: readonly string[],
    columns: number,
    env: Readonly<Record<string, string>> = {},
  ) {
    const screen = onScreen(args, {
      columns,
      cwd: workspace.folder,
      env: { ...settingsFor(workspace.simulator), DATABASE_URL: database.connectionString, ...env },
    });
    screens.add(screen);
    return screen;
  }

  /** As one text, broken nowhere: what was said, wherever the width broke it. */
  const said = (lines: readonly string[]) => lines.map((line) => line.trim()).join(' ');

  /** All letters but those of the live line: a window made narrower breaks lines anywhere. */
  const letters = (lines: readonly string[]) =>
    lines
      .filter((line) => !/[█░]/.test(line))
      .join('')
      .replace(/\s/g, '');

  test.each([
    [80, 10_000],
    [120, 20_000],
  ])(
    'Ctrl-C in a run at %i columns: the time left is there at once, the bar goes, and every line said stays whole',
    async (columns, from) => {
      await workspace.useSimulator({});
      const list = await workspace.file('list.csv', people(600, from));
      const screen = show(['send', list, ...TEMPLATE], columns, { MESSAGES_PER_SECOND: '20' });
      const first = (await screen.untilSeen(ANY_BAR)).find((line) => ANY_BAR.test(line));
      // 600 people at 20 a second; no rate is measured yet, and none is shown.
      expect(first).toMatch(/^[█░]+ +0% {2}about (30|35) s left {2}\d+\/600 {2}accepted \d+/);
      await screen.untilSeen(MEASURED);
      screen.type(CTRL_C);
      const lines = await screen.untilExit();
      const text = said(lines);
      expect(text).toContain(
        'Finishing what is in flight, then stopping. Press Ctrl-C again to leave at once.',
      );
      expect(text).toMatch(/Campaign \w+: running accepted +\d+ rejected +0 /);
      expect(text).toMatch(/lines +600 /);
      expect(text).toMatch(
        /Stopped with \d+ people not asked yet\. Any running `callpermit sender` goes on with them\./,
      );
      expect(lines.filter((line) => /[█░]/.test(line))).toEqual([]);
      // The next one has the whole rate to itself then.
      const id = /Campaign (\w+): running/.exec(text)?.[1] ?? '';
      expect(await workspace.run(['campaign', 'cancel', id])).toMatchObject({ code: 0 });
    },
  );

  test('throttled in a run at 80 columns, in a window made narrower: the time left stays in sight', async () => {
    await workspace.useSimulator({ messagesPerSecond: 30 });
    const list = await workspace.file('throttled.csv', people(200, 30_000));
    const screen = show(['send', list, ...TEMPLATE], 80, { MESSAGES_PER_SECOND: '80' });
    const before = letters(await screen.untilSeen(/130429/));
    await screen.untilSeen(LIVE);
    await screen.resize(60);
    const narrow = await screen.untilSeen(LIVE);
    expect(narrow.filter((line) => LIVE.test(line))).toHaveLength(1);
    const lines = await screen.untilExit();
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => /[█░]/.test(line))).toEqual([]);
    // What was said before the window changed is still there, letter for letter.
    expect(before).toContain('130429');
    expect(letters(lines).startsWith(before)).toBe(true);
    expect(said(lines)).toMatch(/accepted +200 /);

    // What other commands show of it fits as well, and has no number or id cut.
    const id = /Campaign (\w+): completed/.exec(said(lines))?.[1] ?? '';
    for (const args of [
      ['campaign', 'list'],
      ['campaign', 'show', id],
      ['senders'],
      ['errors'],
      ['--help'],
    ]) {
      const shown = await show(args, 80).untilExit();
      expect(shown.filter((line) => line.length > 80)).toEqual([]);
      // A line that the terminal had to break itself leaves half a word behind.
      if (args.includes(id) || args.includes('list')) expect(said(shown)).toContain(id);
      if (args[0] === 'senders') expect(said(shown)).toMatch(/stopped|sending/);
    }
  });

  test('`show --watch` and `resume --follow` watch what others send, to its end', async () => {
    await workspace.useSimulator({});
    const list = await workspace.file('watched.csv', people(60, 40_000));
    const enqueued = await workspace.run(['enqueue', list, ...TEMPLATE]);
    expect(enqueued.stderr).toContain('no sender runs. Start one: callpermit sender');
    const id = enqueued.stdout.trim();
    await workspace.run(['campaign', 'pause', id]);
    const sender = workspace.start(['sender'], { MESSAGES_PER_SECOND: '15' });
    await sender.untilLine(/Sending for/);
    const followed = show(['campaign', 'resume', id, '--follow'], 80);
    await followed.untilSeen(LIVE);
    const watched = await workspace.run(['campaign', 'show', id, '--watch', '--json']);
    expect(watched).toMatchObject({
      code: 0,
      json: { state: 'completed', counts: { accepted: 60 } },
    });
    expect(said(await followed.untilExit())).toMatch(/Campaign \w+: completed accepted +60 /);
    sender.kill('SIGTERM');
    await sender.untilExit();
  });

  test('a campaign that starts later is scheduled, with its start in the zone of this machine', async () => {
    const list = await workspace.file('later.csv', people(2, 50_000));
    const startAt = '2035-07-01T12:00:00Z';
    const { stdout } = await workspace.run(['enqueue', list, ...TEMPLATE, '--start-at', startAt]);
    const id = stdout.trim();
    const berlin = { TZ: 'Europe/Berlin' };
    const shown = said(await show(['campaign', 'show', id], 80, berlin).untilExit());
    expect(shown).toMatch(/name +later\.csv /);
    expect(shown).toMatch(/state +scheduled: starts at 1 Jul 2035 14:00 (CEST|UTC\+2) /);
    expect(shown).toMatch(/created +\d+ \w+ 20\d\d \d\d:\d\d /);
    const listed = said(await show(['campaign', 'list'], 120, berlin).untilExit());
    expect(listed).toMatch(new RegExp(`${id}.* scheduled .*later\\.csv .*1 Jul 14:00`));
    expect(await workspace.show(id)).toMatchObject({
      ...{ state: 'running', startAt: '2035-07-01T12:00:00.000Z' },
      scheduledFor: '2035-07-01T12:00:00.000Z',
    });
  });
});
