/** The small parts of sending: loop, message, window. */

import { describe, expect, test } from '@jest/globals';
import type { FedBatch, QueuePort } from '../../src/core/ports/index.ts';
import { batchSize, Feeder, windowSize } from '../../src/sending/feed.ts';
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
  ])('at %i a second holds %i rows', (rate, size) => {
    expect(windowSize(rate)).toBe(size);
  });

  test.each([
    [0.5, 1],
    [4, 1],
    [80, 20],
    [1_000, 250],
    [5_000, 250],
  ])('a batch of a process with %d a second has %d rows at most', (own, size) => {
    expect(batchSize(own)).toBe(size);
  });

  /** A feeder of 60 of 80/s, with so many jobs waiting; `rows`: how many are in each batch it is given. */
  function feeding(rows = 15) {
    const asked: unknown[] = [];
    const added: FedBatch[] = [];
    const jobs = { waiting: 0 };
    const queue: Pick<QueuePort, 'size' | 'add'> = {
      size: async () => jobs.waiting,
      add: async (_, batches) => void added.push(...batches),
    };
    const sending = {
      async feed({ limit, batchSize: size, singlesOnly: single = false }: Asked) {
        asked.push({ limit, size, single });
        return [{ batch: 1, size: single ? 1 : rows, single, campaign: 'Spring' }];
      },
    };
    const feeder = new Feeder({ sending, queue: queue as QueuePort }, '1065');
    const feed = async (waiting: number) => {
      jobs.waiting = waiting;
      const fed = await feeder.feed(80, 60);
      return { ...(asked.at(-1) as object), fed };
    };
    return { feed, added };
  }
  interface Asked {
    readonly limit: number;
    readonly batchSize: number;
    readonly singlesOnly?: boolean;
  }

  test("is topped up once a quarter of it is free, half a second of the process's rate at once", async () => {
    const { feed, added } = feeding();
    expect(await feed(0)).toEqual({ limit: 30, size: 15, single: false, fed: 15 });
    expect(await feed(20)).toEqual({ limit: 30, size: 15, single: false, fed: 15 });
    expect(added).toHaveLength(2);
  });

  test('takes single requests also while it is full', async () => {
    expect(await feeding().feed(21)).toEqual({ limit: 100, size: 15, single: true, fed: 1 });
  });

  test('of many small campaigns counts their rows, not whole batches', async () => {
    const { feed } = feeding(1);
    await feed(0);
    expect(await feed(200)).toMatchObject({ limit: 30, single: false });
    expect(await feed(301)).toMatchObject({ single: true });
  });
});
