/** The loops of whoever applies webhooks, from their first run on. */
import { expect, test } from '@jest/globals';
import { type RepliesSetup, runReplies } from '../../src/replies/run-replies.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { createLogger } from '../../src/telemetry/log.ts';

test('a sender asks what people allow at once, and logs no error', async () => {
  const errors: string[] = [];
  const write = (line: string) => void errors.push(line);
  let isAsked: (senderId: string) => void = () => undefined;
  const asked = new Promise<string>((resolve) => {
    isAsked = resolve;
  });
  const setup = {
    clock: systemClock,
    log: createLogger({ level: 'error', name: 'test', stream: { write } }),
    configured: [],
    register: async () => undefined,
    lines: new Map([['1', {}]]),
    checksPerSecond: 1,
    webhooks: { take: async () => [] },
    ledger: {
      evidence: { applyWaiting: async () => [], waitingDone: async () => undefined },
      replies: {
        senders: async () => [],
        learnLeftNames: async () => 0,
        forgotten: async () => '0',
        matchAnswers: async () => undefined,
        foldFunnel: async () => undefined,
        takePermissionCheck: async ({ senderId }: { senderId: string }) => {
          isAsked(senderId);
          return undefined;
        },
      },
    },
  };
  const running = runReplies(setup as unknown as RepliesSetup);
  expect(await asked).toBe('1');
  await running.close();
  expect(errors).toEqual([]);
});
