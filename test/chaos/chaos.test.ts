/**
 * The short form of `npm run chaos`: real processes, Postgres and Redis, and all that may go wrong with
 * them. A new seed is drawn each time; a failure shows it and where the logs lie.
 */
import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../scripts/chaos/options.ts';
import { findRedis } from '../../scripts/chaos/redis-store.ts';
import { isGood, reportText } from '../../scripts/chaos/report.ts';
import { runChaos } from '../../scripts/chaos/run.ts';
import { startRedis } from '../support/redis.ts';

/** A run takes one to two minutes: the leases of the last kill alone are 17.5 s. */
const LIMIT_MS = 900_000;
/**
 * The command draws more beside these (locks and silences of twenty seconds, logs on a full disk, Redis that evicts):
 * with them this file takes ten minutes.
 */
const ONLY =
  'kill-sender,kill-receiver,freeze-receiver,stop-receiver,wipe-queue,freeze-sender,stop-sender,restart-postgres-fast,restart-postgres-immediate,cut-backends,read-only,poison,foreign-answers';

describe('ten kills', () => {
  it.each([
    ['redis', '18', []],
    // Without the second wall of the pair limit, once; the other run shows that allowances come back.
    ['postgres', '15', ['--lift-pair-limit']],
  ])(
    'leave nobody asked twice, forgotten or wrongly recorded on %s, Postgres %s',
    async (queue, version, more) => {
      const args = [
        '--kills',
        '10',
        '--queue',
        queue,
        '--postgres',
        version,
        '--settle',
        '20',
        '--only',
        ONLY,
      ];
      const options = readOptions([...args, ...more]);
      if (typeof options === 'string') throw new Error(options);
      // Without a server program another Redis stands in, which is not ours to fill or to starve.
      const standIn = queue === 'redis' && findRedis() === undefined;
      const redis = standIn ? await startRedis({ aof: true }) : undefined;
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
        expect(isGood(report)).toBe(true);
      } finally {
        await redis?.stop();
      }
    },
    LIMIT_MS,
  );
});
