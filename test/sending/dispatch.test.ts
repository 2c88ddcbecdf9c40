/** What a process does with held claims that may not be sent: over a real ledger, with nobody asked. */
import { expect, test } from '@jest/globals';
import type { MessageSender, SendingStore } from '../../src/core/ports/index.ts';
import { createDispatcher } from '../../src/sending/dispatch.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { keptLog } from '../campaign/support.ts';
import { newNumber, only, useLedger } from '../ledger/support.ts';

const bench = useLedger();
const TIMEOUT_MS = 30_000;
/** Later than any claim may be sent, ms. */
const LONG_AGO_MS = 10_000;

test('a claim that missed its time goes back when its sender was closed meanwhile: nobody holds it', async () => {
  const senderId = await bench.sender();
  const to = newNumber();
  const id = await bench.campaign(senderId, [to]);
  const { sending, senders } = bench.ledger;
  const job = only(await sending.feed({ senderId, limit: 10 }));
  const reason = { by: 'us', scope: 'sender', code: 190, message: 'the token died' } as const;
  const asked: (readonly unknown[])[] = [];
  let posts = 0;

  const end = await new Promise((resolve, reject) => {
    /** The first answer comes too late; by the next claim the sender is closed; a third one would keep it. */
    const claim: SendingStore['claim'] = async (p) => {
      asked.push(p.again ?? []);
      if (asked.length === 2) await senders.close({ senderId, reason });
      if (asked.length > 2) resolve('still held');
      const answer = await sending.claim(p);
      if (asked.length > 1) return answer;
      const late = { slotAtMs: answer.databaseNowMs - LONG_AGO_MS };
      return { ...answer, claimed: answer.claimed.map((one) => ({ ...one, ...late })) };
    };
    const meta: MessageSender = {
      async send() {
        posts += 1;
        return { kind: 'accepted', messageStatus: 'accepted' };
      },
      setConnections: () => undefined,
    };
    const dispatcher = createDispatcher({
      ...{ clock: systemClock, senderId, worker: 'w', senders, meta, rate: 80 },
      ...{ requestTimeoutMs: TIMEOUT_MS, checkAfterMs: 60_000, log: keptLog().log },
      sending: { ...sending, claim },
    });
    dispatcher.submit(job).then(resolve, reject);
  });

  expect(end).toEqual({ state: 'given back' });
  expect(asked.map((again) => again.length)).toEqual([0, 1]);
  expect(posts).toBe(0);
  expect(await bench.states(id)).toEqual(['pending']);
  expect(await bench.asked(senderId, to)).toBe(0);
});
