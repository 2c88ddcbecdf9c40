/** The small parts of sending: loop, lanes, releaser, message, window. */

import { describe, expect, test } from '@jest/globals';
import type { QueueJob, QueuePort, SendingStore } from '../../src/core/ports/index.ts';
import { feedOnce, windowSize } from '../../src/sending/feed.ts';
import { createLanes } from '../../src/sending/lanes.ts';
import { loop } from '../../src/sending/loop.ts';
import { sendInput } from '../../src/sending/message.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { Gate } from '../queue/support.ts';
import { claim } from './support.ts';

const FOREVER = 1_000_000;

describe('a loop', () => {
  test('runs at once, again when woken, and ends when closed', async () => {
    const runs = new Gate<number>();
    const one = loop(
      systemClock,
      FOREVER,
      () => undefined,
      async () => runs.push(1),
    );
    await runs.until(1);
    one.wake();
    await runs.until(2);
    await one.close();
    one.wake();
    expect(runs.values).toHaveLength(2);
  });

  test('woken during a run it runs once more after it, not beside it', async () => {
    const runs = new Gate<number>();
    let beside = 0;
    const one = loop(
      systemClock,
      FOREVER,
      () => undefined,
      async () => {
        beside += 1;
        expect(beside).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        if (runs.values.length === 0) {
          one.wake();
          one.wake();
        }
        await new Promise((resolve) => setImmediate(resolve));
        beside -= 1;
        runs.push(1);
      },
    );
    await runs.until(2);
    await one.close();
    expect(runs.values).toHaveLength(2);
  });

  test('goes on after a failed run, and reports it', async () => {
    const reports = new Gate<unknown>();
    let n = 0;
    const one = loop(
      systemClock,
      1,
      (error) => reports.push(error),
      async () => {
        n += 1;
        if (n === 1) throw new Error('once');
        if (n === 2) await Promise.reject();
      },
    );
    const [first, second, third] = await reports.until(3);
    await one.close();
    expect(first).toMatchObject({ message: 'once' });
    expect(second).toBeInstanceOf(Error);
    expect(third).toBeUndefined();
  });

  test('closing waits for the run under way', async () => {
    const started = new Gate<() => void>();
    let ended = false;
    const one = loop(
      systemClock,
      1,
      () => undefined,
      async () => {
        await new Promise<void>((resolve) => started.push(resolve));
        ended = true;
      },
    );
    const [finish] = await started.until(1);
    const closing = one.close();
    finish?.();
    await closing;
    expect(ended).toBe(true);
  });
});

describe('lanes', () => {
  const job = (request: string, lane: number) => ({
    job: { request, feed: 1, lane },
    done: () => undefined,
  });

  test('single requests come before bulk, each lane in its order', () => {
    const lanes = createLanes();
    const all = [job('1', 1), job('2', 0), job('3', 1), job('4', 0)];
    for (const one of all) lanes.push(one);
    expect(lanes.next(3).map((one) => one.job.request)).toEqual(['2', '4', '1']);
    expect(lanes.size).toBe(4);
    lanes.remove(all[1] as (typeof all)[0]);
    expect(lanes.clear().map((one) => one.job.request)).toEqual(['4', '1', '3']);
    expect(lanes.size).toBe(0);
  });

  test('the same job twice is two', () => {
    const lanes = createLanes();
    lanes.push(job('1', 1));
    lanes.push(job('1', 1));
    expect(lanes.next(9)).toHaveLength(2);
  });
});

describe('the message of a claim', () => {
  test('names the row and the attempt, and fills header and body in the campaign’s order', () => {
    const given = claim({
      request: '41',
      fence: 3,
      headerParameters: ['header'],
      bodyParameters: ['2', '1'],
      parameters: { 1: 'Ann', 2: 'Bo', header: 'Shop', other: 'x' },
    });
    expect(sendInput(given)).toEqual({
      to: '+16505551234',
      template: 't',
      language: 'en',
      header: [{ text: 'Shop' }],
      body: [{ text: 'Bo' }, { text: 'Ann' }],
      callbackData: '41.3',
    });
  });

  test('positional columns nobody named go by their numbers: 10 after 2', () => {
    const given = claim({
      headerParameters: ['header'],
      bodyParameters: null,
      parameters: { 10: 'ten', 2: 'two', 1: 'one', header: 'Shop' },
    });
    expect(sendInput(given).body.map((p) => p.text)).toEqual(['one', 'two', 'ten']);
  });

  test('named ones carry their names', () => {
    const given = claim({
      parameterFormat: 'named',
      bodyParameters: ['first_name'],
      parameters: { first_name: 'Ann' },
    });
    expect(sendInput(given).body).toEqual([{ name: 'first_name', text: 'Ann' }]);
  });
});

describe('the window', () => {
  test.each([
    [1, 20],
    [80, 400],
    [1_000, 5_000],
    [100_000, 20_000],
  ])('at %i a second holds %i jobs', (rate, size) => {
    expect(windowSize(rate)).toBe(size);
  });

  async function fed(size: number) {
    let asked = {};
    const sending: Pick<SendingStore, 'feed'> = {
      async feed(p) {
        asked = { limit: p.limit, singlesOnly: p.singlesOnly === true };
        return [{ request: '1', feed: 1, lane: p.singlesOnly ? 0 : 1 }];
      },
    };
    const added: QueueJob[] = [];
    const queue: Pick<QueuePort, 'size' | 'add'> = {
      size: async () => size,
      add: async (_, jobs) => void added.push(...jobs),
    };
    const n = await feedOnce(
      { sending: sending as SendingStore, queue: queue as QueuePort },
      '1065',
      80,
      60,
    );
    expect(added).toHaveLength(n);
    return { ...asked, n };
  }

  test("is topped up once a quarter of it is free, half a second of the process's rate at once", async () => {
    expect(await fed(0)).toEqual({ limit: 30, singlesOnly: false, n: 1 });
    expect(await fed(300)).toEqual({ limit: 30, singlesOnly: false, n: 1 });
  });

  test('takes single requests also while it is full', async () => {
    expect(await fed(301)).toEqual({ limit: 100, singlesOnly: true, n: 1 });
  });
});
