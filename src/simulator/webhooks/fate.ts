/**
 * What becomes of a message that was accepted: its statuses, and the answer. All of it is drawn at
 * once from the seed, the person and how often they were asked, so that no order of a run changes it.
 */
import { drawLatency } from '../latency.ts';
import { type Random, randomOf } from '../prng.ts';
import type { RequestRecord } from '../record.ts';
import { isCallPermissionTemplate, type StoredTemplate } from '../template-store.ts';
import type { World } from '../world.ts';
import type { SentMessage } from './book.ts';
import { answersOf, type Step } from './people-answer.ts';
import { StatusUpdate } from './statuses.ts';

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
    isAnswerable && last?.isDelivered === true ? answersOf(world, message, last.at, random) : [];
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
