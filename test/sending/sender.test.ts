/** What a sender does by itself, over a queue and a ledger that note what they are asked. */
import { expect, test } from '@jest/globals';
import type { BatchTaker, SenderStatus } from '../../src/core/ports/index.ts';
import { Sender } from '../../src/sending/sender.ts';
import type { SenderSetup } from '../../src/sending/setup.ts';
import { silentLogger } from '../../src/telemetry/log.ts';
import { SteppedClock } from './stepped-clock.ts';

/** A sender of 80/s with so many rows in hand at most; `stale` batches have no job. */
function bench(p: { readonly most?: number; readonly stale?: readonly number[] } = {}) {
  const clock = new SteppedClock();
  const back: (readonly number[])[] = [];
  const taken: BatchTaker[] = [];
  const never = () => new Promise<never>(() => undefined);
  const sending = {
    feed: async () => [],
    staleBatches: async () => p.stale ?? [],
    giveBack: async ({ batches }: { readonly batches: readonly number[] }) => {
      back.push(batches);
      return batches;
    },
    claim: never,
  };
  const senders = { heartbeat: never, takeProbes: async () => [] };
  const setup = {
    ...{ clock, worker: 'w', log: silentLogger, requestTimeoutMs: 30_000 },
    ...{ checksPerSecond: 1, uncertainCheckAfterMs: 60_000, uncertainPolicy: 'hold' },
    ...(p.most === undefined ? {} : { workerConcurrency: p.most }),
    ledger: {
      ...{ sending, senders, evidence: { takeCheck: async () => undefined } },
      silence: { standing: never },
    },
    queue: {
      size: async () => 0,
      missing: async (_: string, batches: readonly number[]) => batches,
      work(_: string, taker: BatchTaker) {
        taken.push(taker);
        return { look: () => undefined, close: async () => undefined };
      },
    },
    queueComplaint: async () => null,
    meta: () => ({ setConnections: () => undefined }),
  };
  const config = { phoneNumberId: '1065', token: { kind: 'none' }, messagesPerSecond: 80 } as const;
  const status = { rateNow: 80, processes: 1 } as SenderStatus;
  const report = () => () => undefined;
  const sender = new Sender(setup as unknown as SenderSetup, { sender: config, report, status });
  const submit = (batch: number, size: number, single = false) =>
    void taken[0]?.handle({ batch, size, single, tell: () => undefined });
  return { clock, back, taker: taken[0] as BatchTaker, submit, sender };
}

test('batches whose job is lost go back, again and again', async () => {
  const { clock, back } = bench({ stale: [7, 9] });
  await clock.advance(0);
  expect(back).toEqual([[7, 9]]);
  await clock.advance(2_300);
  expect(back).toEqual([
    [7, 9],
    [7, 9],
  ]);
});

test('it takes batches by rows in hand, whatever the number of jobs', async () => {
  const { taker, submit } = bench({ most: 100 });
  for (let i = 1; i <= 99; i += 1) submit(i, 1);
  expect(taker.hasRoom(false)).toBe(true);
  submit(100, 250);
  expect(taker.hasRoom(false)).toBe(false);
});

test('single requests have a room of their own', async () => {
  const { taker, submit } = bench({ most: 100 });
  submit(1, 250);
  expect([taker.hasRoom(false), taker.hasRoom(true)]).toEqual([false, true]);
  for (let i = 2; i <= 101; i += 1) submit(i, 1, true);
  expect(taker.hasRoom(true)).toBe(false);
});
