/** Calls between a number and a person, as the `calls` field tells them, and what follows from them. */
import { given } from '../../core/given.ts';
import { randomOf } from '../prng.ts';
import type { World } from '../world.ts';
import type { Pair } from './book.ts';
import { contactOf, namesOf } from './names.ts';
import { headOf, replyUpdate, timeToSpeak } from './replies.ts';
import type { Json, WebhookUpdate } from './update.ts';

/** Unanswered business calls in a row after which Meta takes a permission back; more on test numbers. */
const REVOKED_AFTER = 4;
const REVOKED_AFTER_ON_TEST_NUMBERS = 10;

/** One call. */
export interface Call {
  readonly direction: 'business' | 'user';
  readonly connected: boolean;
  readonly durationS: number;
}

/** Lets a call happen and be told from `at` on; gives its id. */
export function makeCall(world: World, pair: Pair, call: Call, at: number): string {
  pair.replies += 1;
  const id = `wacid.${Buffer.from(`${pair.sender.phoneNumberId}.${pair.waId}.${pair.replies}`).toString('base64')}`;
  const isOurs = call.direction === 'business';
  // By a stream of its own: some calls are never told as accepted.
  const random = randomOf(world.profile.seed + 16, id);
  const isTold = random() < 0.8;
  const said = call.connected ? 'ACCEPTED' : 'REJECTED';
  const over = callEvent(world, pair, id, 'terminate', call, at);
  const updates: WebhookUpdate[] = [
    ...(isOurs ? [callStatus(world, pair, id, 'RINGING', at)] : []),
    ...(isOurs && isTold ? [callStatus(world, pair, id, said, at)] : []),
    ...(call.connected ? [callEvent(world, pair, id, 'connect', call, at)] : []),
    { ...over, happen: () => count(world, pair, call, at) },
  ];
  const isReordered = random() < world.profile.webhooks.reorder;
  for (const update of isReordered ? updates.toReversed() : updates) {
    world.webhooks.outbox.plan(at, update);
  }
  return id;
}

/** A connected call resets the pair's counters; four that nobody answers end a permission. */
function count(world: World, pair: Pair, call: Call, at: number): void {
  const waId = world.webhooks.book.waIdAt(pair.waId, at);
  if (call.connected) {
    pair.unanswered = 0;
    world.pairs.forget(waId, [pair.sender.phoneNumberId]);
    return;
  }
  if (call.direction === 'user') return;
  pair.unanswered += 1;
  const most = pair.sender.allowlist === undefined ? REVOKED_AFTER : REVOKED_AFTER_ON_TEST_NUMBERS;
  const { people } = world;
  const permission = people.permissionOf(people.findFor(pair.sender.phoneNumberId, waId));
  if (pair.unanswered < most || (permission !== 'temporary' && permission !== 'permanent')) return;
  pair.unanswered = 0;
  const speaks = timeToSpeak(pair, at);
  const revoked = { says: 'revoked', isAutomatic: true } as const;
  world.webhooks.outbox.plan(speaks, replyUpdate(world, pair, revoked, speaks));
}

function callEvent(
  world: World,
  pair: Pair,
  id: string,
  event: 'connect' | 'terminate',
  call: Call,
  at: number,
): WebhookUpdate {
  const waId = world.webhooks.book.waIdAt(pair.waId, at);
  const names = namesOf(world, waId);
  const isOurs = call.direction === 'business';
  const [ours, theirs] = [{ number: pair.sender.number }, { number: names.waId }];
  const ids = isOurs
    ? { to_user_id: names.userId, to_parent_user_id: names.parentUserId }
    : { from_user_id: names.userId, from_parent_user_id: names.parentUserId };
  const start = Math.floor(at / 1000) - call.durationS;
  const item: Json = {
    id,
    event,
    direction: isOurs ? 'BUSINESS_INITIATED' : 'USER_INITIATED',
    ...given({
      from: (isOurs ? ours : theirs).number,
      to: (isOurs ? theirs : ours).number,
      ...ids,
    }),
    timestamp: String(event === 'connect' ? start : Math.floor(at / 1000)),
    ...(event === 'connect' ? { session: { sdp_type: 'answer', sdp: 'v=0' } } : {}),
    // An unanswered call is completed as well; only one that was picked up has a duration.
    ...(event === 'terminate' ? { status: 'COMPLETED' } : {}),
    ...(event === 'terminate' && call.connected
      ? {
          start_time: String(start),
          end_time: String(start + call.durationS),
          duration: call.durationS,
        }
      : {}),
  };
  return {
    ...headOf(pair, 'calls', `call ${event}`),
    render: () => ({ list: 'calls', item, contact: contactOf(world, waId, names) }),
  };
}

function callStatus(
  world: World,
  pair: Pair,
  id: string,
  status: string,
  at: number,
): WebhookUpdate {
  const names = namesOf(world, world.webhooks.book.waIdAt(pair.waId, at));
  const item: Json = {
    id,
    type: 'call',
    status,
    timestamp: String(Math.floor(at / 1000)),
    ...given({
      recipient_id: names.waId,
      recipient_user_id: names.userId,
      recipient_parent_user_id: names.parentUserId,
    }),
  };
  return { ...headOf(pair, 'calls', `call ${status}`), render: () => ({ list: 'statuses', item }) };
}
