/** A keeper waits all its life beside one connection: no wait may leave anything on it. */
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { pauseBeside } from '../../src/embedded-postgres/membership.ts';

const LONG_MS = 60_000;

function connection() {
  const [gone, stop] = [new AbortController(), new AbortController()];
  const listeners = () =>
    [gone, stop].map(({ signal }) => getEventListeners(signal, 'abort').length);
  return { seat: { gone: gone.signal }, gone, stop, listeners };
}

describe('a pause beside a connection', () => {
  test('leaves no listener and no promise, however many there were', async () => {
    const { seat, stop, listeners } = connection();
    const left: WeakRef<Promise<void>>[] = [];
    for (let i = 0; i < 200; i += 1) {
      const pause = pauseBeside(seat, 1, stop.signal);
      left.push(new WeakRef(pause));
      await pause;
    }
    expect(listeners()).toEqual([0, 0]);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // What was made in this turn is kept to its end.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    // The last one may still lie on the stack.
    expect(left.filter((one) => one.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });

  test.each(['gone', 'stop'] as const)('ends at once by "%s", and leaves as little', async (by) => {
    const all = connection();
    const pauses = Array.from({ length: 50 }, () =>
      pauseBeside(all.seat, LONG_MS, all.stop.signal),
    );
    expect(all.listeners()).toEqual([50, 50]);
    all[by].abort();
    await Promise.all(pauses);
    expect(all.listeners()).toEqual([0, 0]);
    await pauseBeside(all.seat, LONG_MS, all.stop.signal);
    expect(all.listeners()).toEqual([0, 0]);
  });
});
