/** A process that applies deliveries to the ledger of a test, and deliveries of one person. */
import { createHash } from 'node:crypto';
import { applyDeliveries, type DeliveryTarget } from '../../src/replies/apply-deliveries.ts';
import { knownLinks } from '../../src/replies/known-links.ts';
import { oursOf } from '../../src/replies/ours.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { readDelivery } from '../../src/webhook/read-delivery.ts';
import type { TestLedger } from './support.ts';

/** By which names a delivery calls a person. */
export interface Called {
  readonly number?: string;
  readonly userId?: string;
}

/** A process; between the steps of what it applies a test may do something else. */
export function applying(
  bench: TestLedger,
  more: Partial<DeliveryTarget['ledger']['replies']> = {},
): { apply(): Promise<number> } {
  const { ledger } = bench;
  const clock = systemClock;
  const target: DeliveryTarget = {
    ...{ clock, known: knownLinks(clock), isClosing: () => false, read: readDelivery },
    ours: oursOf(ledger.replies, [], clock),
    webhooks: ledger.webhooks,
    ledger: {
      ...{ evidence: ledger.evidence, senders: ledger.senders, people: ledger.people },
      replies: { ...ledger.replies, ...more },
      advancedMs: async () => 0,
    },
  };
  return {
    async apply() {
      let n = 0;
      for (let last = -1; last !== 0; n += last) last = await applyDeliveries(target);
      return n;
    },
  };
}

/** A delivery of one update, stored as one that Meta sent. */
export async function store(bench: TestLedger, value: object): Promise<void> {
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
  });
  const digest = createHash('sha256').update(body).digest();
  await bench.ledger.webhooks.store([{ digest, body }]);
}

let last = 0;

function value(senderId: string, { number, userId }: Called, parts: object) {
  // Each another delivery: one that came before is not stored again.
  const profile = { name: `Ann ${last}` };
  return {
    ...{ messaging_product: 'whatsapp', metadata: { phone_number_id: senderId } },
    contacts: [{ profile, wa_id: number, user_id: userId }],
    ...parts,
  };
}

/** They answered. */
export function reply(senderId: string, who: Called, response: 'accept' | 'reject' = 'accept') {
  last += 1;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const interactive = {
    type: 'call_permission_reply',
    call_permission_reply: { response, is_permanent: true, response_source: 'user_action' },
  };
  const message = { from: who.number, from_user_id: who.userId, id: `wamid.reply${last}` };
  return value(senderId, who, { messages: [{ ...message, timestamp, interactive }] });
}

/** They stopped marketing messages. */
export function stop(senderId: string, who: Called) {
  last += 1;
  const timestamp = Math.floor(Date.now() / 1_000) - (last % 100);
  const setting = { category: 'marketing_messages', value: 'stop', timestamp };
  const person = { wa_id: who.number, user_id: who.userId };
  return value(senderId, who, { user_preferences: [{ ...person, ...setting }] });
}

/** They called, and somebody answered. */
export function call(senderId: string, who: Called) {
  last += 1;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const event = { id: `wacid.${last}`, event: 'terminate', direction: 'USER_INITIATED', timestamp };
  const ends = { status: 'COMPLETED', duration: 5 };
  const from = { from: who.number, from_user_id: who.userId };
  return value(senderId, who, { calls: [{ ...event, ...from, ...ends }] });
}
