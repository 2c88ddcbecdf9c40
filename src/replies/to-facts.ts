/**
 * Updates of a delivery as facts that the ledger books: which word a reply is, which names stand together. Pure, so that
 * each shape of Meta's is a line in a test.
 */
import { given } from '../core/given.ts';
import type {
  Answer,
  CallFact,
  LinkedNames,
  NameChange,
  StatusEvent,
} from '../core/ports/index.ts';
import type {
  CallUpdate,
  IdentityUpdate,
  NamesTogether,
  PersonNames,
  Pricing,
  ReplyUpdate,
  StatusUpdate,
} from '../core/webhook/update.ts';

/**
 * The name by which a word is of somebody: the user id where it is told. It is one person's for ever, and a number is passed on.
 */
export function nameOf(who: PersonNames): string | undefined {
  return who.userId ?? who.parentUserId ?? who.waId;
}

/** All names that are told. */
function namesIn({ waId, userId, parentUserId }: PersonNames): readonly string[] {
  return [waId, userId, parentUserId].filter((name) => name !== undefined);
}

/** Pairs of names of one person; each with the first of number, user id, parent's user id. */
export function linksOf({ senderId, names, at }: NamesTogether): readonly LinkedNames[] {
  const [first, ...others] = namesIn(names);
  return first === undefined ? [] : others.map((a) => ({ a, b: first, at, senderId }));
}

/** A status as the ledger takes it. */
export function toStatus(update: StatusUpdate): StatusEvent {
  const { senderId, at, wamid, request, fence, status, who, errors, pricing } = update;
  return {
    ...{ senderId, at, status },
    ...given({ wamid, request, fence, waId: who.waId, userId: who.userId }),
    ...given({ error: errors[0] && told(errors[0]), pricing: pricing && priceOf(pricing) }),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

function told({ code, message, details }: { code: number; message: string; details?: string }) {
  return { code, message: details === undefined ? message : `${message}: ${details}` };
}

function priceOf({ billable, category, type }: Pricing): string {
  return [type ?? 'unknown', category ?? 'unknown', ...(billable === false ? ['free'] : [])].join(
    ' ',
  );
}

/**
 * The word that a reply is (docs/meta.md, "Answers of people"): by what it answers and by whose doing it came.
 * @returns `undefined` where it names nobody
 */
export function toAnswer(reply: ReplyUpdate): Answer | undefined {
  const { senderId, at, id, context } = reply;
  const person = nameOf(reply.who);
  if (person === undefined) return undefined;
  const number = reply.who.waId === person ? undefined : reply.who.waId;
  const same = { senderId, at, key: id, person, ...given({ number, context }) };
  const answersRequest = context !== undefined && !context.startsWith('wacid');
  if (reply.response === 'reject') {
    if (answersRequest) return { ...same, status: 'declined', source: 'answer' };
    return { ...same, status: 'revoked', source: reply.isAutomatic ? 'automatic' : 'person' };
  }
  const source = answersRequest
    ? 'answer'
    : reply.isAutomatic || context !== undefined
      ? 'callback'
      : 'profile';
  return reply.isPermanent
    ? { ...same, source, status: 'permanent' }
    : { ...same, source, status: 'temporary', ...given({ expiresAt: reply.expiresAt }) };
}

/** A call as the ledger takes it; `undefined` where it names nobody. */
export function toCall(call: CallUpdate): CallFact | undefined {
  const { senderId, id, at, isConnected, isOver, durationS } = call;
  const person = nameOf(call.who);
  if (person === undefined) return undefined;
  const byBusiness = call.direction === 'business';
  return { senderId, id, at, person, byBusiness, isConnected, isOver, ...given({ durationS }) };
}

/** Names that a person left for others; `undefined` where one side is not told. */
export function toNameChange(update: IdentityUpdate): NameChange | undefined {
  const after = namesIn(update.after);
  // Where only the user id changed, the number is none that was left.
  const before = namesIn(update.before).filter((name) => !after.includes(name));
  const { id: key, what, at, senderId } = update;
  const same = { key, what, at, senderId };
  if (before.length > 0 && after.length > 0) return { ...same, before, after };
  // Who keeps the number has the new user id, whichever was the old one.
  const { waId } = update.after;
  const ids = after.filter((name) => name !== waId);
  const isKept = what === 'user-id' && waId !== undefined && waId === update.before.waId;
  return isKept && ids.length > 0 ? { ...same, before: [waId], after: ids } : undefined;
}
