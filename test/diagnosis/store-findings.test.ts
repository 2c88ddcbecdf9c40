/** What doctor makes of clocks, of room on the disk, and of a queue's server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/read-config.ts';
import {
  checkDisk,
  clockFinding,
  movedClockFindings,
  queueFindings,
} from '../../src/diagnosis/store-findings.ts';
import { ago, room } from '../../src/telemetry/words.ts';

test.each([
  [0, undefined, 'ok', 'agree'],
  [900, -900, 'ok', 'agree'],
  [3_000, undefined, 'warn', 'the database is 3.0 s ahead of this machine'],
  [0, -5_500, 'warn', 'Redis is 5.5 s behind this machine'],
  [-90_000, 4_000, 'warn', 'the database is 90.0 s behind this machine; Redis is 4.0 s ahead'],
] as const)('a database %i ms and a Redis %s ms ahead: %s', (database, redis, level, message) => {
  const found = clockFinding(database, redis);
  expect(found.level).toBe(level);
  expect(found.message).toContain(message);
});

test("a ledger whose time was moved on is a warning where Meta's own API is asked, and only there", () => {
  const meta = 'https://graph.facebook.com';
  expect(movedClockFindings(0, meta)).toEqual([]);
  expect(movedClockFindings(86_400_000, 'http://127.0.0.1:4010')).toEqual([]);
  expect(movedClockFindings(86_400_000, meta)).toMatchObject([
    { check: 'clock', level: 'warn', message: expect.stringMatching(/moved on by 24 h/) },
  ]);
});

test('the room of a folder that is not there yet is that of the one above it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callpermit-disk-'));
  const config = readConfig({ DATA_DIR: join(folder, 'not', 'yet') });
  if (!config.ok) throw new Error('the settings are wrong');
  const [found, ...more] = await checkDisk(config.value);
  await rm(folder, { recursive: true });
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    check: 'disk',
    message: expect.stringMatching(/^[\d,]+ (MB|GB) free at /),
  });
});

test.each([
  [64 * 1_048_576, '64 MB'],
  [9_000 * 1_048_576, '9,000 MB'],
  [75_608 * 1_048_576, '73 GB'],
])('room of %i bytes is %s', (bytes, words) => {
  expect(room(bytes)).toBe(words);
});

test.each([
  [1, '1 second ago'],
  [59, '59 seconds ago'],
  [60, '1 minute ago'],
  [119, '1 minute ago'],
  [963, '16 minutes ago'],
  [90_000, '25 hours ago'],
  [172_800, '2 days ago'],
])('%i s ago in one unit: %s', (seconds, words) => {
  expect(ago(seconds)).toBe(words);
});

test('a queue that is paused or may lose jobs is a warning, each a line', () => {
  const facts = { text: 'BullMQ on Redis 7.0', warnings: ['it is full'] };
  expect(queueFindings(facts, ['106'])).toEqual([
    expect.objectContaining({ level: 'ok' }),
    expect.objectContaining({ level: 'warn', message: 'it is full.' }),
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('sender 106') }),
  ]);
});
