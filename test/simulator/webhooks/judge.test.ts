/** A receiver that keeps Meta's rules arrives at the simulator's own book, whatever happens on the way. */
import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../../../src/simulator/prng.ts';
import { type Body, send } from '../support.ts';
import { person, type Receiver, startTelling } from './receiver.ts';

const RANK = ['sent', 'failed', 'delivered', 'read'];

/** Delivery by message: the highest rank that was told. */
function deliveriesOf(receiver: Receiver): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, status } of receiver.items('statuses')) {
    if (typeof status !== 'string' || !String(id).startsWith('wamid.')) continue;
    const before = RANK.indexOf(found.get(id) ?? '');
    if (RANK.indexOf(status) > before) found.set(id, status);
  }
  return found;
}

/** The last word of each person by their user id, with its end. */
function answersOf(receiver: Receiver): Map<string, string> {
  const last = new Map<string, Body>();
  for (const message of receiver.items('messages')) {
    const words = message.interactive?.call_permission_reply;
    if (words === undefined || words === null) continue;
    const before = last.get(message.from_user_id);
    if (before !== undefined && Number(before.timestamp) >= Number(message.timestamp)) continue;
    last.set(message.from_user_id, message);
  }
  return new Map([...last].map(([userId, message]) => [userId, wordOf(message)]));
}

function wordOf(message: Body): string {
  const words = message.interactive.call_permission_reply;
  if (words.response === 'reject') return message.context === undefined ? 'revoked' : 'declined';
  const until = Number(words.expiration_timestamp);
  return words.expiration_timestamp === undefined ? 'permanent' : `temporary ${until}`;
}

describe('what is told', () => {
  it.each([1, 2, 3])('makes the book again, with seed %d', async (seed) => {
    const { simulator, receiver } = await startTelling({
      seed,
      webhooks: {
        connections: 8,
        delayMs: { kind: 'uniform', minMs: 0, maxMs: 50 },
        spreadMs: 50,
        doubles: 0.3,
        reorder: 0.3,
        batch: { max: 7, lingerMs: 10 },
        brokenParts: 0.2,
        unknownParts: 0.2,
        strangePosts: 0.2,
        wrongSignature: 0.2,
        beforeAnswer: 0.2,
        withheld: 0.3,
        expiry: 'mixed',
        bare: 0.3,
        retryMs: 10,
      },
      deliveries: {
        delivered: 0.9,
        read: 0.5,
        readOnly: 0.3,
        failed: { 131049: 0.1 },
        deliveredAndFailed: 0.1,
      },
      answers: {
        accept: 0.2,
        acceptForGood: 0.1,
        decline: 0.1,
        changeMind: 0.2,
        revoke: 0.1,
        callBack: 0.1,
        profileGrant: 0.1,
        afterMs: { kind: 'uniform', minMs: 0, maxMs: 100 },
      },
    });
    const random = createRandom(seed);
    receiver.answer = () => (random() < 0.3 ? 503 : 200);
    await Promise.all(Array.from({ length: 200 }, (_, i) => send(simulator, person(i))));
    await simulator.untilWebhooksQuiet();

    const people = simulator.people();
    expect(people).toHaveLength(200);
    const deliveries = deliveriesOf(receiver);
    const answers = answersOf(receiver);
    for (const { wamid, userId, delivery, answer } of people) {
      expect([userId, deliveries.get(wamid ?? '')]).toEqual([userId, delivery]);
      const until = answer.until === null ? '' : ` ${Date.parse(answer.until) / 1000}`;
      expect([userId, answers.get(userId) ?? 'none']).toEqual([userId, answer.status + until]);
    }
    const said = new Set(people.map((p) => p.answer.status));
    expect([...said].toSorted()).toEqual(['declined', 'none', 'permanent', 'revoked', 'temporary']);
    expect(simulator.webhookStats()).toMatchObject({
      waiting: 0,
      dropped: 0,
      givenUp: 0,
      untold: 0,
    });
  });
});
