/** What people and Meta do when a test, a schedule or a control says so. */
import { restrictionFrom, type Sender } from '../senders.ts';
import type { World } from '../world.ts';
import type { Pair } from './book.ts';
import { makeCall } from './calls.ts';
import type { Happening } from './happening.ts';
import { tellCapability, tellRestriction, tellViolation } from './news.ts';
import { repliesOf } from './people-answer.ts';
import {
  numberUpdate,
  preferenceUpdate,
  type Reply,
  replyUpdate,
  textUpdate,
  timeToSpeak,
} from './replies.ts';

/** Lets it happen now; a text when what it names does not exist. */
export function letBe(world: World, happening: Happening): string | undefined {
  const { phoneNumberId: id } = happening;
  if (id !== undefined && !world.senders.has(id)) return `There is no sender ${id}`;
  if ('to' in happening) {
    letPersonDo(world, pairOf(world, happening.to, id), happening);
    return undefined;
  }
  const senders = id === undefined ? [...world.senders.values()] : [world.senders.get(id)];
  for (const sender of senders) if (sender !== undefined) letMetaDo(world, sender, happening);
  return undefined;
}

function letMetaDo(
  world: World,
  sender: Sender,
  happening: Exclude<Happening, { to: string }>,
): void {
  switch (happening.kind) {
    case 'warn-calling':
      tellViolation(world, sender);
      return;
    case 'restrict-calling': {
      const { expiresInMs } = happening;
      const type = 'RESTRICTED_BUSINESS_INITIATED_CALLING';
      sender.restriction = restrictionFrom({ type, expiresInMs }, world.clock.now());
      tellRestriction(world, sender);
      return;
    }
    case 'daily-limit':
      tellCapability(world, sender, happening.people === 'unlimited' ? -1 : happening.people);
  }
}

function letPersonDo(
  world: World,
  pair: Pair,
  happening: Extract<Happening, { to: string }>,
): void {
  const { outbox } = world.webhooks;
  const now = world.clock.now();
  switch (happening.kind) {
    case 'answer': {
      const { answer, expiresInMs } = happening;
      const isOpposite = Math.floor(now / 1000) % 2 === 1;
      const context = pair.message?.wamid;
      const replies = repliesOf(world, pair, answer, context, isOpposite, now);
      for (const reply of replies) {
        speak(
          world,
          pair,
          reply.says === 'temporary' && expiresInMs !== undefined
            ? { ...reply, expiresInMs }
            : reply,
          now,
        );
      }
      return;
    }
    case 'revoke':
      speak(world, pair, { says: 'revoked', isAutomatic: happening.automatic }, now);
      return;
    case 'call':
      makeCall(world, pair, happening, now);
      return;
    case 'change-number': {
      const at = timeToSpeak(pair, now);
      outbox.plan(Math.max(at, now), numberUpdate(world, pair, happening.newNumber, at));
      return;
    }
    case 'preference':
      outbox.plan(now, preferenceUpdate(world, pair, happening, now));
      return;
    case 'text':
      outbox.plan(now, textUpdate(world, pair, happening.text, now));
  }
}

function speak(world: World, pair: Pair, reply: Reply, now: number): void {
  const at = timeToSpeak(pair, now);
  world.webhooks.outbox.plan(Math.max(at, now), replyUpdate(world, pair, reply, at));
}

function pairOf(world: World, digits: string, phoneNumberId: string | undefined): Pair {
  const { webhooks, people, senders } = world;
  const waId = people.waId(digits);
  const [first] = senders.values();
  const asked = [...senders.values()].find(
    (s) => webhooks.book.known(s.phoneNumberId, waId)?.message !== undefined,
  );
  const sender = senders.get(phoneNumberId ?? '') ?? asked ?? first;
  if (sender === undefined) throw new Error('Expected a world to have a sender');
  return webhooks.book.pair(sender, waId);
}
