/** What a person sees on a terminal: nothing that was said is drawn over, and everything fits the width. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { CTRL_C, type OnScreen, onScreen } from '../support/pty.ts';
import { people, setUpRoad } from './road.ts';

const TEMPLATE = ['--template', 't', '--language', 'en'];
/** 12 columns of bar at least, the share, and behind it at once the time that is left. */
const LIVE = /^[█░]{10,} +\d+% {2}.*left/;

describe('on a terminal', () => {
  let database: TestDatabase;
  const road = setUpRoad(() => ({ DATABASE_URL: database.connectionString }));
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
      cwd: road.folder,
      env: { ...settingsFor(road.simulator), DATABASE_URL: database.connectionString, ...env },
    });
    screens.add(screen);
    return screen;
  }

  /** As one text, broken nowhere: what was said, wherever the width broke it. */
  const said = (lines: readonly string[]) => lines.map((line) => line.trim()).join(' ');

  test.each([
    [80, 10_000],
    [120, 20_000],
  ])(
    'Ctrl-C in a run at %i columns: the bar goes, and every line said stays whole',
    async (columns, from) => {
      await road.useSimulator({});
      const list = await road.file('list.csv', people(600, from));
      const screen = show(['send', list, ...TEMPLATE], columns, { MESSAGES_PER_SECOND: '20' });
      await screen.untilSeen(LIVE);
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
    },
  );
});
