/**
 * The simulation of the whole by seeds, odd ones with events put off on purpose, as `npm run sim` runs them: with threads
 * of its own, since jest's modules take four times the processor. A failing seed prints itself and the least that
 * shows the same; `npm run sim -- --seed N` runs it again.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const SIM = fileURLToPath(new URL('../../scripts/sim.mjs', import.meta.url));
/** A minute on a machine of two processors; ten times as long on a busy one. */
const BUSY_MS = 600_000;

test.each([
  [2_000, 'of 300 events, over a model of the ledger', []],
  [50, 'of 300 events, over the real statements', ['--mode', 'B']],
  [
    ...([50, 'of 300 events, over the real statements on the oldest Postgres'] as const),
    ['--mode', 'B', '--postgres', '15', '--seed', '51'],
  ],
])(
  '%d seeds %s: no promise is broken, and each statement does what the model says',
  async (seeds, _, how) => {
    const args = [SIM, '--json', '--seeds', String(seeds), ...how];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(stderr).toBe('');
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(report).toMatchObject({ seeds, failed: 0, broken: {} });
    expect(report.posts).toBeGreaterThan(seeds * 5);
  },
  BUSY_MS,
);
