import { expect, test } from '@jest/globals';
import { InfrastructureError } from '../../src/core/problem.ts';
import { runSenders } from '../../src/sending/run-senders.ts';
import type { SenderSetup } from '../../src/sending/setup.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { silentLogger } from '../../src/telemetry/log.ts';

const SENDERS = ['106540000000001', '106540000000002'];

test('where one sender cannot begin, none has: its work would go on with nobody to end it', async () => {
  const begun: string[] = [];
  const lost = new InfrastructureError('database', 'gone between the first sender and the second');
  const senders = {
    ensure: async () => undefined,
    heartbeat: async ({ senderId }: { senderId: string }) => {
      if (senderId === SENDERS[1]) throw lost;
      return { rateNow: 20, processes: 1 };
    },
    budget: async () => undefined,
  };
  const setup = {
    clock: systemClock,
    worker: 'w',
    ledger: { senders },
    log: silentLogger,
    senders: SENDERS.map((phoneNumberId) => ({
      phoneNumberId,
      token: { kind: 'none' },
      messagesPerSecond: 20,
      dailyRecipientLimit: 1_000,
    })),
    meta: (senderId: string) => void begun.push(senderId),
  };
  await expect(runSenders(setup as unknown as SenderSetup)).rejects.toBe(lost);
  expect(begun).toEqual([]);
});
