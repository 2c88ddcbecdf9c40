/** What runs again and again: loops, and the drive of a dispatcher. */
import { describe, expect, test } from '@jest/globals';
import { loop } from '../../src/core/loop.ts';
import { drive } from '../../src/sending/drive.ts';
import { SteppedClock, settled } from './stepped-clock.ts';

describe('a loop', () => {
  /** One of a second, whose runs do what `run` does, and which notes what it reports. */
  function looping(
    run: (clock: SteppedClock) => Promise<void> = async () => undefined,
    random = 0.5,
  ) {
    const clock = new SteppedClock();
    clock.random = () => random;
    const began: number[] = [];
    const reported: unknown[] = [];
    const running = loop(
      clock,
      1_000,
      (error) => void reported.push(error),
      () => {
        began.push(clock.now() - 1_000);
        return run(clock);
      },
    );
    return { clock, began, reported, running };
  }

  test.each([
    [0, [0, 900, 1_800]],
    [0.5, [0, 1_000, 2_000]],
    [1, [0, 1_100, 2_200]],
  ])(
    'runs at once and after each pause, a tenth shorter or longer by chance (%p)',
    async (random, at) => {
      const { clock, began } = looping(undefined, random);
      await clock.advance(2_200);
      expect(began).toEqual(at);
    },
  );

  test('reports what a run failed with, and that one went well', async () => {
    const answers = [new Error('away'), undefined, null];
    const { clock, reported } = looping(async () => {
      const next = answers.shift();
      if (next !== undefined) throw next;
    });
    await clock.advance(3_000);
    const [first, second, third, last] = reported as (Error | undefined)[];
    expect(first?.message).toBe('away');
    expect(third?.message).toBe('failed without an error');
    expect([second, last]).toEqual([undefined, undefined]);
    expect(reported).toHaveLength(4);
  });

  test('woken during its pause it runs at once, and pauses in full again', async () => {
    const { clock, began, running } = looping();
    await clock.advance(400);
    running.wake();
    await clock.advance(900);
    expect(began).toEqual([0, 400]);
    await clock.advance(100);
    expect(began).toEqual([0, 400, 1_400]);
  });

  test('woken during a run it runs once more right after it, and only once', async () => {
    const { clock, began, running } = looping((its) => its.sleep(100));
    await clock.advance(50);
    running.wake();
    running.wake();
    await clock.advance(1_000);
    expect(began).toEqual([0, 100]);
  });

  test('closed during its pause it runs no more', async () => {
    const { clock, began, running } = looping();
    await clock.advance(400);
    await running.close();
    await clock.advance(5_000);
    expect(began).toEqual([0]);
  });

  test('closed during a run it ends with that run', async () => {
    const { clock, began, reported, running } = looping((its) => its.sleep(100));
    await clock.advance(50);
    let ended = false;
    void running.close().then(() => {
      ended = true;
    });
    await settled();
    expect(ended).toBe(false);
    await clock.advance(50);
    expect(ended).toBe(true);
    await clock.advance(5_000);
    expect([ended, began, reported]).toEqual([true, [0], [undefined]]);
  });
});

describe('the drive of a dispatcher', () => {
  /** Driven by ticks that answer in turn; then there is nothing to claim. */
  function driven(answers: (number | Error | undefined)[]) {
    const clock = new SteppedClock();
    const ticked: number[] = [];
    const failed: unknown[] = [];
    const onWork = drive(clock, () => ({
      tick: async () => {
        ticked.push(clock.now() - 1_000);
        await clock.sleep(10);
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      failed: (error) => void failed.push(error),
    }));
    return { clock, ticked, failed, onWork };
  }

  test('ticks when it is told to, as often as a tick asks, and stops when there is nothing', async () => {
    const { clock, ticked, onWork } = driven([100, 200]);
    await clock.advance(1_000);
    expect(ticked).toEqual([]);
    onWork(false);
    await clock.advance(5_000);
    expect(ticked).toEqual([1_000, 1_110, 1_320]);
  });

  test('what comes in during the last tick has one of its own', async () => {
    const { clock, ticked, onWork } = driven([]);
    onWork(false);
    await clock.advance(5);
    onWork(false);
    onWork(false);
    await clock.advance(1_000);
    expect(ticked).toEqual([0, 10]);
    onWork(false);
    await clock.advance(1_000);
    expect(ticked).toEqual([0, 10, 1_005]);
  });

  test('what must not wait ends a pause, or has the next tick at once where one is under way', async () => {
    const { clock, ticked, onWork } = driven([900, 900, 900]);
    onWork(false);
    await clock.advance(100);
    onWork(false);
    await clock.advance(100);
    expect(ticked).toEqual([0]);
    onWork(true);
    await clock.advance(5);
    onWork(true);
    await clock.advance(800);
    expect(ticked).toEqual([0, 200, 210]);
    // The pauses that ended early tick no second time.
    await clock.advance(5_000);
    expect(ticked).toEqual([0, 200, 210, 1_120]);
  });

  test('a tick that fails is told to the dispatcher, and is made again after half a second', async () => {
    const error = new Error('away');
    const { clock, ticked, failed, onWork } = driven([error]);
    onWork(false);
    await clock.advance(1_000);
    expect([ticked, failed]).toEqual([[0, 510], [error]]);
  });
});
