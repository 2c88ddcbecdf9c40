/**
 * The short form of `npm run chaos`: real processes, Postgres and Redis, killed at random instants.
 * The seed is drawn anew each time; a failure shows it and where the logs lie.
 */
import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../scripts/chaos/options.ts';
import { isGood, reportText } from '../../scripts/chaos/report.ts';
import { runChaos } from '../../scripts/chaos/run.ts';
import { startRedis } from '../support/redis.ts';

/** A run takes one to two minutes: the leases of the last kill alone are 17.5 s. */
const LIMIT_MS = 600_000;

describe('twenty kills', () => {
  it.each([
    ['redis', []],
    // Without the second wall of the pair limit, once; the other run shows that allowances come back.
    ['postgres', ['--lift-pair-limit']],
  ])(
    'leave nobody asked twice, forgotten or wrongly recorded on %s',
    async (queue, more) => {
      const options = readOptions(['--kills', '20', '--queue', queue, '--settle', '20', ...more]);
      if (typeof options === 'string') throw new Error(options);
      const redis = queue === 'redis' ? await startRedis({ aof: true }) : undefined;
      let kept = '';
      try {
        const report = await runChaos(options, {
          signal: new AbortController().signal,
          onProgress: () => undefined,
          onKept: (dir) => {
            kept = `\nlogs: ${dir}`;
          },
          ...(redis === undefined ? {} : { redis }),
        });
        if (!isGood(report)) throw new Error(`${reportText(report)}${kept}`);
        expect(report).toMatchObject({ askedTwice: [], forgotten: [], wronglyRecorded: [] });
      } finally {
        await redis?.stop();
      }
    },
    LIMIT_MS,
  );
});
