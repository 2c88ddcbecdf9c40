/**
 * `POST /<PHONE_NUMBER_ID>/messages`: one decision, booked before it is answered. What a fault makes
 * of the answer comes last, so a message is taken or not taken quite apart from what its client hears.
 */

import { randomUUID } from 'node:crypto';
import { given } from '../core/given.ts';
import { type Answer, json } from './answer.ts';
import {
  delayOf,
  distort,
  type NotTaken,
  notTaken,
  poisoned,
  type SecondAnswer,
  secondOf,
} from './fault-effects.ts';
import type { FaultEffect } from './faults.ts';
import { checkContent, checkSender, checkThroughput, isRefusal } from './message-checks.ts';
import { checkShape, type Envelope, readEnvelope } from './message-shape.ts';
import { mayAsk } from './pair-book.ts';
import { createRandom } from './prng.ts';
import type { RequestRecord } from './record.ts';
import { type Sender, usageHeaders } from './senders.ts';
import { errorAnswer, type Refusal, refuse } from './sim-errors.ts';
import { isCallPermissionTemplate, type StoredTemplate } from './template-store.ts';
import { fingerprint } from './tokens.ts';
import { digitsOf } from './wa-id.ts';
import { letHappen } from './webhooks/fate.ts';
import { waIdOfUserId } from './webhooks/user-id.ts';
import type { World } from './world.ts';

/** One POST as it came. */
export interface SendRequest {
  readonly phoneNumberId: string;
  /** Ordinal and time of its arrival, from `RequestLog.arrive` and the clock. */
  readonly n: number;
  readonly arrivedMs: number;
  readonly tokenHash: string | undefined;
  /** `undefined`: it was no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** The path was already wrong, so nothing else is looked at. */
  readonly refusal?: Refusal;
}

/** What goes back, and what fault effects delay it by. */
export interface SendDecision {
  readonly answer: Answer;
  readonly delayMs: number;
  /** Follows on the same connection. */
  readonly second?: SecondAnswer;
  /** The answer waits for this: a webhook that is to come before it. */
  readonly before?: Promise<void>;
  readonly record: RequestRecord;
}

type Verdict =
  | NotTaken
  | { readonly kind: 'accepted'; readonly template: StoredTemplate; readonly wamid: string };

/** Decides and books one POST. */
export function decideSend(world: World, request: SendRequest): SendDecision {
  const envelope = readEnvelope(request.body ?? {});
  const { digits, waId } = personMeant(world, envelope);
  const sender = world.senders.get(request.phoneNumberId);
  const effects: FaultEffect[] = [];
  const verdict = judge(world, request, envelope, digits, waId ?? '', effects);
  const headers = sender === undefined ? undefined : usageHeaders(sender, world.clock.elapsedMs());

  let overAllowance = false;
  if (verdict.kind === 'accepted' && sender !== undefined && waId !== null) {
    overAllowance = bookPair(world, sender, verdict.template, waId);
  }
  const random = createRandom(world.profile.seed ^ request.n);
  const told = poisoned(
    answerOf(world, verdict, envelope, waId, effects, headers),
    effects,
    random,
  );
  const answer = verdict.kind === 'accepted' ? distort(told, effects.at(-1)) : told;
  const second = secondOf(effects, answer);
  const record: RequestRecord = {
    n: request.n,
    at: new Date(world.clock.now()).toISOString(),
    monotonicMs: request.arrivedMs,
    phoneNumberId: request.phoneNumberId,
    to: envelope.to,
    ...(envelope.recipient === null ? {} : { recipient: envelope.recipient }),
    withoutPlus: envelope.to !== null && !envelope.to.trim().startsWith('+'),
    waId,
    authorization: request.tokenHash === undefined ? null : fingerprint(request.tokenHash),
    callbackData: envelope.callbackData,
    template: envelope.template,
    language: envelope.language,
    parameters: envelope.parameters,
    outcome: verdict.kind,
    code: verdict.kind === 'refused' ? verdict.refusal.code : null,
    httpStatus: 'status' in answer ? answer.status : null,
    wamid: verdict.kind === 'accepted' ? verdict.wamid : null,
    answered: 'waiting',
    faults: effects.map((effect) => effect.kind),
  };
  world.log.add(record, overAllowance);
  const delayMs = delayOf(effects);
  const before =
    verdict.kind === 'accepted' && world.webhooks.isActive
      ? letHappen(world, record, verdict.template)
      : undefined;
  return { answer, delayMs, record, ...given({ second, before }) };
}

/** Whom a message is to: `to` counts before `recipient`; digits are empty where it is nobody. */
function personMeant(
  world: World,
  { to, recipient }: Envelope,
): { readonly digits: string; readonly waId: string | null } {
  if (recipient !== null) {
    const waId = waIdOfUserId(recipient);
    return { digits: waId ?? '', waId: waId ?? null };
  }
  const digits = digitsOf(to ?? '');
  return { digits, waId: digits === '' ? null : world.people.waId(digits) };
}

function judge(
  world: World,
  request: SendRequest,
  envelope: Envelope,
  digits: string,
  waId: string,
  effects: FaultEffect[],
): Verdict {
  if (request.refusal !== undefined) return { kind: 'refused', refusal: request.refusal };
  const token = world.tokens.check(request.tokenHash, world.clock.now());
  if ('code' in token) return { kind: 'refused', refusal: token };
  const stranger = checkSender(world, request.phoneNumberId, token, 'whatsapp_business_messaging');
  const sender = world.senders.get(request.phoneNumberId);
  if (stranger !== undefined) return { kind: 'refused', refusal: stranger };
  if (sender === undefined) throw new Error('Expected a checked sender to exist');
  const slowed = checkThroughput(world, sender);
  if (slowed !== undefined) return { kind: 'refused', refusal: slowed };
  effects.push(
    ...world.faults.strike({
      on: 'messages',
      ...(digits === '' ? {} : { to: digits }),
      phoneNumberId: request.phoneNumberId,
      ...(envelope.template === null ? {} : { template: envelope.template }),
      nth: request.n,
      elapsedMs: request.arrivedMs,
    }),
  );
  const struck = notTaken(effects.at(-1));
  if (struck !== undefined) return struck;
  const misshapen =
    request.body === undefined
      ? refuse(100, undefined, { message: 'The body is not a JSON object' })
      : checkShape(envelope);
  if (misshapen !== undefined) return { kind: 'refused', refusal: misshapen };
  if (digits === '') {
    const refusal = refuse(131026, 'The user ID is not known to this business.');
    return { kind: 'refused', refusal };
  }
  const content = checkContent(world, sender, envelope, digits, waId);
  if (isRefusal(content)) return { kind: 'refused', refusal: content };
  return { kind: 'accepted', template: content, wamid: makeId(world, waId, effects) };
}

/** Books the request with the pair; says whether it went beyond the pair's allowance. */
function bookPair(world: World, sender: Sender, template: StoredTemplate, waId: string): boolean {
  if (!isCallPermissionTemplate(template)) return false;
  const now = world.clock.now();
  const usages = world.pairs.usages(sender.phoneNumberId, waId, sender.pairLimit, now);
  world.pairs.ask(sender.phoneNumberId, waId, now);
  return !mayAsk(usages);
}

function makeId(world: World, waId: string, effects: readonly FaultEffect[]): string {
  const prefix = effects.some((e) => e.kind === 'id-without-prefix')
    ? ''
    : world.profile.reply.idPrefix;
  return prefix + Buffer.from(`${waId}.${randomUUID()}`).toString('base64');
}

function answerOf(
  world: World,
  verdict: Verdict,
  envelope: Envelope,
  waId: string | null,
  effects: readonly FaultEffect[],
  headers: Readonly<Record<string, string>> | undefined,
): Answer {
  const mismatched = effects.find((e) => e.kind === 'foreign-answer');
  if (verdict.kind === 'dropped' && mismatched === undefined) return verdict.answer;
  if (verdict.kind === 'refused') return errorAnswer(verdict.refusal, headers);
  const { reply } = world.profile;
  const status = effects.find((e) => e.kind === 'message-status');
  const messageStatus = status === undefined ? reply.messageStatus : status.status;
  const withWaId = reply.waId && !effects.some((e) => e.kind === 'no-wa-id');
  const other = mismatched?.to ?? someoneElse(digitsOf(envelope.to ?? ''));
  const named =
    mismatched === undefined
      ? envelope.recipient === null
        ? { input: envelope.to, ...(withWaId ? { wa_id: waId } : {}) }
        : { input: envelope.recipient, user_id: envelope.recipient }
      : { ...(mismatched.input ? { input: `+${other}` } : {}), wa_id: other };
  const isOwn = mismatched === undefined && verdict.kind === 'accepted';
  return json(
    200,
    {
      messaging_product: 'whatsapp',
      contacts: [named],
      messages: [
        {
          id: isOwn ? verdict.wamid : makeId(world, other, effects),
          ...(messageStatus === null ? {} : { message_status: messageStatus }),
        },
      ],
    },
    headers,
  );
}

/** A neighbour's number: lists in tests are mostly in sequence, so it is likely somebody on them. */
function someoneElse(digits: string): string {
  return `${digits.slice(0, -1)}${(Number(digits.slice(-1)) + 1) % 10}`;
}
