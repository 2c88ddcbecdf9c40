import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { until } from '../../src/intake/until.ts';

describe('reading until a signal', () => {
  test('ends at once while the source waits for input that never comes', async () => {
    const controller = new AbortController();
    async function* never() {
      yield 1;
      await new Promise(() => {});
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const n of until(never(), controller.signal)) {
        seen.push(n);
        setImmediate(() => controller.abort(new Error('enough')));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(seen).toEqual([1]);
  });

  test('passes everything on when no signal comes', async () => {
    async function* three() {
      yield* [1, 2, 3];
    }
    const seen: number[] = [];
    for await (const n of until(three(), new AbortController().signal)) seen.push(n);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('keeps nothing of what it passed on', async () => {
    const passed: WeakRef<object>[] = [];
    async function* many() {
      for (let i = 0; i < 1_000; i += 1) {
        const piece = { text: 'x'.repeat(10_000) };
        passed.push(new WeakRef(piece));
        yield piece;
      }
    }
    const signal = new AbortController().signal;
    const reading = until(many(), signal);
    for (let i = 0; i < 900; i += 1) await reading.next();
    // V8 gives its collector to whoever asks for the flag.
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    await new Promise(setImmediate);
    collect();
    expect(passed.filter((piece) => piece.deref() !== undefined).length).toBeLessThan(100);
    await reading.return(undefined);
  });
});
