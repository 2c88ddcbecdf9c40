/** What people send: their answers, words, preferences and new numbers, and the calls between them and us. */
import { given } from '../../core/given.ts';
import { randomOf } from '../prng.ts';
import type { World } from '../world.ts';
import type { AnswerStatus, Pair } from './book.ts';
import { contactOf, type Names, namesOf } from './names.ts';
import type { Json, ListedPart, WebhookUpdate } from './update.ts';
import { parentUserIdOf, userIdOf } from './user-id.ts';

/** One answer; what it is follows from these, as in Meta's seven cases. */
export interface Reply {
  readonly says: Exclude<AnswerStatus, 'none'>;
  /** Of a temporary permission, from the answer on. */
  readonly expiresInMs?: number;
  /** The message or call it refers to; absent: the profile, or Meta by itself. */
  readonly context?: string;
  readonly isAutomatic?: boolean;
}

/** A time at which this pair has said nothing yet: at least a second after its last answer. */
export function timeToSpeak(pair: Pair, wish: number): number {
  const at = Math.max(Math.floor(wish / 1000), Math.floor(pair.spokenUntil / 1000) + 1) * 1000;
  pair.spokenUntil = at;
  return at;
}

/** The update of an answer given at `at` (from {@link timeToSpeak}). */
export function replyUpdate(world: World, pair: Pair, reply: Reply, at: number): WebhookUpdate {
  const { webhooks, seed } = world.profile;
  const id = nextId(world, pair);
  const until = reply.says === 'temporary' ? at + wholeSeconds(reply.expiresInMs ?? 0) : null;
  const random = randomOf(seed + 15, id);
  const isBare = webhooks.bare > 0 && random() < webhooks.bare && reply.says !== 'permanent';
  const isNumber = webhooks.expiry === 'mixed' ? random() < 0.5 : webhooks.expiry === 'number';
  const isAccept = reply.says === 'temporary' || reply.says === 'permanent';
  const seconds = until === null ? undefined : until / 1000;
  const words = {
    response: isAccept ? 'accept' : 'reject',
    ...(isAccept && !isBare ? { is_permanent: reply.says === 'permanent' } : {}),
    ...given({
      expiration_timestamp: seconds === undefined || isNumber ? seconds : String(seconds),
    }),
    response_source: reply.isAutomatic === true ? 'automatic' : 'user_action',
  };
  const happen = (): void => world.webhooks.book.answer(pair, reply.says, at, until);
  return incoming(world, pair, { kind: 'reply', at, happen }, (names) => ({
    ...fromOf(names),
    id,
    timestamp: String(at / 1000),
    ...(reply.context === undefined
      ? {}
      : { context: { from: pair.sender.number, id: reply.context } }),
    ...(isBare ? {} : { type: 'interactive' }),
    interactive: { type: 'call_permission_reply', call_permission_reply: words },
  }));
}

/** A text a person writes. */
export function textUpdate(world: World, pair: Pair, text: string, at: number): WebhookUpdate {
  const id = nextId(world, pair);
  return incoming(world, pair, { kind: 'text', at }, (names) => ({
    ...fromOf(names),
    id,
    timestamp: seconds(at),
    type: 'text',
    text: { body: text },
  }));
}

/** A person's number becomes another one. */
export function numberUpdate(world: World, pair: Pair, to: string, at: number): WebhookUpdate {
  const id = nextId(world, pair);
  const from = world.webhooks.book.waIdAt(pair.waId, at);
  const { userIds, parentUserIds } = world.profile.webhooks;
  const hasIds = userIds !== 'none';
  const old = namesOf(world, from);
  const { seed, webhooks } = world.profile;
  const hasPrevious = webhooks.previousIds >= 1 || randomOf(seed + 17, id)() < webhooks.previousIds;
  const [parent, previousParent] = [parentUserIdOf(to), parentUserIdOf(from)];
  const previous = {
    previous_user_id: userIdOf(from),
    ...(parentUserIds ? { previous_parent_user_id: previousParent } : {}),
  };
  // Before August 2026 the text was the only place of the ids of before.
  const [was, is] = hasIds ? [userIdOf(from), userIdOf(to)] : [from, to];
  return {
    ...headOf(pair, 'messages', 'system'),
    happen: () => world.webhooks.book.move(pair.waId, to, at),
    render: () => ({
      list: 'messages',
      item: {
        ...fromOf(old),
        id,
        timestamp: seconds(at),
        type: 'system',
        system: {
          type: 'user_changed_number',
          body: `User changed from ${was} to ${is}`,
          wa_id: to,
          ...(hasIds ? { user_id: userIdOf(to) } : {}),
          ...(hasIds && parentUserIds ? { parent_user_id: parent } : {}),
          ...(hasIds && hasPrevious ? previous : {}),
        },
      },
    }),
  };
}

/** What a person sets for the business's marketing messages. */
export function preferenceUpdate(
  world: World,
  pair: Pair,
  preference: { readonly value: string; readonly category: string },
  at: number,
): WebhookUpdate {
  const waId = world.webhooks.book.waIdAt(pair.waId, at);
  const names = namesOf(world, waId);
  return {
    ...headOf(pair, 'user_preferences', 'preference'),
    render: () => ({
      list: 'user_preferences',
      item: {
        ...given({ wa_id: names.waId, user_id: names.userId, parent_user_id: names.parentUserId }),
        category: preference.category,
        value: preference.value,
        detail: `The person chose ${preference.value}.`,
        timestamp: Math.floor(at / 1000),
      },
      contact: contactOf(world, waId, names),
    }),
  };
}

/** An update of an incoming message; its names are those the person had then. */
function incoming(
  world: World,
  pair: Pair,
  what: { readonly kind: string; readonly at: number; readonly happen?: () => void },
  itemOf: (names: Names) => Json,
): WebhookUpdate {
  let waId = pair.waId;
  return {
    ...headOf(pair, 'messages', what.kind),
    happen: () => {
      waId = world.webhooks.book.waIdAt(pair.waId, what.at);
      what.happen?.();
    },
    render: (): ListedPart => {
      const names = namesOf(world, waId);
      return { list: 'messages', item: itemOf(names), contact: contactOf(world, waId, names) };
    },
  };
}

/** Whose number and account an update is about. */
export function headOf(
  { sender }: Pair,
  field: string,
  kind: string,
): Omit<WebhookUpdate, 'happen' | 'render'> {
  return {
    kind,
    field,
    account: sender.businessAccountId,
    phoneNumberId: sender.phoneNumberId,
    displayNumber: sender.number,
  };
}

function fromOf(names: Names): Json {
  return given({
    from: names.waId,
    from_user_id: names.userId,
    from_parent_user_id: names.parentUserId,
  });
}

/** The same in a run that starts over from its record file, so that a receiver knows it again. */
function nextId(world: World, pair: Pair): string {
  pair.replies += 1;
  const text = `${pair.sender.phoneNumberId}.${pair.waId}.${pair.message?.wamid.slice(-16) ?? ''}.${pair.replies}`;
  return world.profile.reply.idPrefix + Buffer.from(text).toString('base64');
}

function seconds(at: number): string {
  return String(Math.floor(at / 1000));
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
