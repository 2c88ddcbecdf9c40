/**
 * What becomes of a message that was accepted: its statuses, and the answer. All of it is drawn at
 * once from the seed, the person and how often they were asked, so that no order of a run changes it.
 */
import { drawLatency } from '../latency.ts';
import { type Random, randomOf } from '../prng.ts';
import type { RequestRecord } from '../record.ts';
import { isCallPermissionTemplate, type StoredTemplate } from '../template-store.ts';
import type { World } from '../world.ts';
import type { Pair, SentMessage } from './book.ts';
import { makeCall } from './calls.ts';
import { numberUpdate, type Reply, replyUpdate, timeToSpeak } from './replies.ts';
import type { AnswerWord } from './settings.ts';
import { StatusUpdate } from './statuses.ts';
import type { WebhookUpdate } from './update.ts';

/** Something that happens to a message, and when. */
interface Step {
  readonly at: number;
  readonly update: WebhookUpdate;
}

/**
 * Lets an accepted message have its fate. What comes back is there when its `sent` is to be told
 * before the answer, and is waited for; of a message of an earlier process the answer is long gone.
 */
export function letHappen(
  world: World,
  record: RequestRecord,
  template: StoredTemplate | undefined,
  isRestored = false,
): Promise<void> | undefined {
  const { profile, webhooks } = world;
  const sender = world.senders.get(record.phoneNumberId);
  if (sender === undefined || record.waId === null || record.wamid === null) return undefined;
  const pair = webhooks.book.pair(sender, record.waId);
  pair.asked += 1;
  const message: SentMessage = {
    pair,
    wamid: record.wamid,
    to: record.to ?? record.recipient ?? '',
    isToUserId: record.to === null,
    callbackData: record.callbackData,
    category: (template?.category ?? 'UTILITY').toLowerCase(),
    isReadOnly: false,
    delivery: 'accepted',
    code: null,
  };
  pair.message = message;

  const random = randomOf(profile.seed + 10, `${record.waId}#${pair.asked}`);
  const [isReordered, isBefore] = [
    random() < profile.webhooks.reorder,
    random() < profile.webhooks.beforeAnswer,
  ];
  const at = Date.parse(record.at);
  const statuses = statusesOf(world, message, at, random);
  const last = statuses.at(-1);
  const isAnswerable = template === undefined || isCallPermissionTemplate(template);
  const answers =
    isAnswerable && last?.isDelivered === true
      ? answersOf(world, pair, message, last.at, random)
      : [];
  const steps: Step[] = [...statuses, ...answers];
  const first = statuses[0];
  const before = isBefore && !isRestored ? first : undefined;
  const rest = before === undefined ? steps : steps.slice(1);
  const order = isReordered ? rest.toReversed() : rest;
  for (const [i, { update }] of order.entries()) {
    // The times of telling stay, what is told at them changes places.
    webhooks.outbox.plan(rest[i]?.at ?? at, update);
  }
  return before === undefined ? undefined : webhooks.outbox.before(before.update);
}

function statusesOf(
  world: World,
  message: SentMessage,
  acceptedAt: number,
  random: Random,
): (Step & { readonly isDelivered: boolean })[] {
  const { webhooks, deliveries } = world.profile;
  const habits = world.people.find(message.pair.waId).habits;
  const sentAt = acceptedAt + drawLatency(webhooks.delayMs, random);
  const deliveredAt = sentAt + webhooks.spreadMs * random();
  const readAt = deliveredAt + webhooks.spreadMs * random();
  const [failure, isDelivered, isRead, isReadOnly, failsToo] = [
    failureOf(deliveries.failed, random()),
    random() < deliveries.delivered,
    random() < deliveries.read,
    random() < deliveries.readOnly,
    random() < deliveries.deliveredAndFailed,
  ];
  const step = (status: 'sent' | 'delivered' | 'read' | 'failed', at: number, code?: number) => ({
    at,
    isDelivered: status === 'delivered' || status === 'read',
    update: new StatusUpdate(world, message, status, at, code),
  });
  const upTo = habits?.delivery;
  if (upTo === 'accepted') return [];
  const code = habits?.failsWith ?? (upTo === undefined ? failure : undefined);
  // What cannot be delivered at all is never sent; what Meta holds back was.
  if (code !== undefined) {
    return code === 131026
      ? [step('failed', deliveredAt, code)]
      : [step('sent', sentAt), step('failed', deliveredAt, code)];
  }
  if (upTo === 'sent' || (upTo === undefined && !isDelivered)) return [step('sent', sentAt)];
  const reads = upTo === 'read' || (upTo === undefined && isRead);
  message.isReadOnly = reads && isReadOnly;
  return [
    step('sent', sentAt),
    ...(message.isReadOnly ? [] : [step('delivered', deliveredAt)]),
    ...(failsToo ? [{ ...step('failed', deliveredAt, 131026), isDelivered: true }] : []),
    ...(reads ? [step('read', readAt)] : []),
  ];
}

function failureOf(shares: Readonly<Record<string, number>>, drawn: number): number | undefined {
  let edge = 0;
  for (const [code, share] of Object.entries(shares)) {
    edge += share;
    if (drawn < edge) return Number(code);
  }
  return undefined;
}

function answersOf(
  world: World,
  pair: Pair,
  message: SentMessage,
  deliveredAt: number,
  random: Random,
): readonly Step[] {
  const { answers } = world.profile;
  const habits = world.people.find(pair.waId).habits;
  const drawn = random();
  const word = habits?.answer ?? wordOf(answers, drawn);
  const [isOpposite, movesBy] = [random() < 0.5, random()];
  const after = (): number =>
    habits?.answerAfterMs ?? (answers === undefined ? 0 : drawLatency(answers.afterMs, random));
  const steps: Step[] = [];
  let at = deliveredAt;
  for (const reply of repliesOf(world, pair, word, message.wamid, isOpposite, deliveredAt)) {
    const wish = at + after();
    at = timeToSpeak(pair, wish);
    steps.push({ at: Math.max(at, wish), update: replyUpdate(world, pair, reply, at) });
  }
  const moves =
    habits?.changesNumberTo ?? (steps.length > 0 && movesBy < (answers?.changeNumber ?? 0));
  if (moves !== false) {
    const wish = at + after();
    at = timeToSpeak(pair, wish);
    const to = typeof moves === 'string' ? moves : newNumberOf(pair.waId, random);
    steps.push({ at: Math.max(at, wish), update: numberUpdate(world, pair, to, at) });
  }
  return steps;
}

/** The answers that a word stands for, in their order. */
export function repliesOf(
  world: World,
  pair: Pair,
  word: AnswerWord,
  context: string | undefined,
  isOpposite: boolean,
  at: number,
): readonly Reply[] {
  const about = context === undefined ? {} : { context };
  const expiresInMs = world.profile.answers?.expiresInMs ?? WEEK;
  const accept: Reply = { says: 'temporary', expiresInMs, ...about };
  const decline: Reply = { says: 'declined', ...about };
  switch (word) {
    case 'accept':
      return [accept];
    case 'acceptForGood':
      return [{ says: 'permanent', ...about }];
    case 'decline':
      return [decline];
    case 'changeMind':
      return isOpposite ? [accept, decline] : [decline, accept];
    case 'revoke':
      return [accept, { says: 'revoked' }];
    case 'callBack': {
      const call = { direction: 'user', connected: false, durationS: 0 } as const;
      const id = makeCall(world, pair, call, at);
      return [{ says: 'temporary', expiresInMs, context: id, isAutomatic: true }];
    }
    case 'profileGrant':
      return [{ says: 'permanent' }];
    case 'ignore':
      return [];
  }
}

const WEEK = 7 * 86_400_000;

const WORDS = [
  'accept',
  'acceptForGood',
  'decline',
  'changeMind',
  'revoke',
  'callBack',
  'profileGrant',
] as const;

function wordOf(answers: World['profile']['answers'], drawn: number): AnswerWord {
  let edge = answers?.ignore ?? 0;
  if (answers === undefined || drawn < edge) return 'ignore';
  for (const word of WORDS) {
    edge += answers[word];
    if (drawn < edge) return word;
  }
  return 'ignore';
}

/** The same number with seven other digits at its end. */
function newNumberOf(waId: string, random: Random): string {
  return waId.slice(0, -7) + String(Math.floor(random() * 10_000_000)).padStart(7, '0');
}
