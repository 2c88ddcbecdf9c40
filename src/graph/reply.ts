/**
 * From a reply to an outcome. The one assumption of the whole promise lives here: an answer that
 * carries a Graph error object means that Meta did not take the message (docs/guarantees.md, "What is
 * assumed").
 * Anything else that is not a readable acceptance leaves the outcome open.
 */

import { given } from '../core/given.ts';
import {
  isInt4,
  isWaId,
  MESSAGE_CHARS,
  outsideError,
  outsideId,
  outsideRaw,
  outsideText,
  outsideWaitMs,
  STATUS_CHARS,
} from '../core/outside-text.ts';
import { samePerson } from '../core/people/spellings.ts';
import { userIdOf } from '../core/people/user-id.ts';
import type {
  Accepted,
  GraphError,
  Outcome,
  Uncertain,
  UncertainCause,
  Usage,
} from '../core/verdicts/outcome.ts';
import type { ExchangeError, Reply } from './exchange.ts';
import { asList, asNumber, asRecord, asText, readBody, readJson } from './json.ts';
import { readUsage } from './usage.ts';

/** Takes a secret out of a text that comes from outside; Meta's error 190 quotes the token. */
export type Redact = (text: string) => string;

/** Hides `token`, and anything that looks like a Meta token. */
export function redactor(token: string): Redact {
  return (text) => text.replaceAll(token, '[token]').replace(/\bEAA[0-9A-Za-z]{16,}/g, '[token]');
}

type Filled<T> = { -readonly [K in keyof T]: T[K] };

/** What an answer is read for. */
export interface Question {
  /** Who was asked; an acceptance that names somebody else is not ours. */
  readonly to: string;
  readonly redact: Redact;
}

/** What a whole answer to a send means. */
export function readSendReply(reply: Reply, question: Question): Outcome {
  const json = readJson(reply);
  const settled = readSettled(reply, json, question);
  if (settled !== undefined) return settled;
  if (reply.status >= 200 && reply.status < 300) {
    const why = json === undefined ? 'a body that is no JSON' : 'no message id';
    return uncertain('unreadable-success', `HTTP ${reply.status} with ${why}`);
  }
  return uncertain('server-error', `HTTP ${reply.status} without a Graph error object`);
}

/** What it means that no whole answer came. A cut answer that already says it all counts. */
export function readSendLoss(error: ExchangeError, question: Question): Outcome {
  const message = outsideText(error.message, MESSAGE_CHARS);
  if (!error.written) return { kind: 'unsent', detail: message };
  if (error.partial !== undefined) {
    const settled = readSettled(error.partial, readJson(error.partial), question);
    if (settled !== undefined) return settled;
  }
  switch (error.reason) {
    case 'timeout':
      return uncertain('timeout', message);
    case 'too-large': {
      const status = error.partial?.status ?? 0;
      const cause = status >= 200 && status < 300 ? 'unreadable-success' : 'server-error';
      return uncertain(cause, `HTTP ${status} with a body beyond 1 MB`);
    }
    default:
      return uncertain('connection-lost', `the connection ended before the answer: ${message}`);
  }
}

/**
 * The Graph error object of an answer, of any HTTP status; `undefined` when there is none. Gateways
 * have objects named `error` of their own. Meta's has a `code`, or at least `type` or `fbtrace_id`;
 * a bare code that merely repeats the HTTP status is a gateway's.
 */
export function readGraphError(
  reply: Reply,
  json: unknown,
  redact: Redact,
): GraphError | undefined {
  const error = asRecord(asRecord(json)?.error);
  if (error === undefined) return undefined;
  const code = asNumber(error.code);
  const metas = asText(error.type) !== undefined || asText(error.fbtrace_id) !== undefined;
  if (!metas && (code === undefined || code === reply.status)) return undefined;

  const text = (value: unknown): string | undefined => {
    const found = asText(value);
    return found === undefined ? undefined : redact(found);
  };
  const data = asRecord(error.error_data);
  const subcode = asNumber(error.error_subcode);
  const optional = {
    subcode: subcode !== undefined && isInt4(subcode) ? subcode : undefined,
    type: text(error.type),
    details: text(data === undefined ? error.error_data : data.details),
    userTitle: text(error.error_user_title),
    userMessage: text(error.error_user_msg),
    isTransient: typeof error.is_transient === 'boolean' ? error.is_transient : undefined,
    traceId: text(error.fbtrace_id) ?? text(reply.headers['x-fb-trace-id']),
    httpStatus: reply.status,
  };
  return {
    ...outsideError({ code: code ?? -1, message: text(error.message) ?? 'no message' }),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<GraphError>),
  };
}

/** `Retry-After` in ms: seconds, or a date measured against the answer's own `Date` where it has one. */
export function readRetryAfter(headers: Reply['headers']): number | undefined {
  const value = headers['retry-after'];
  const seconds = asNumber(value);
  if (seconds !== undefined) return seconds >= 0 ? outsideWaitMs(seconds * 1000) : undefined;
  if (typeof value !== 'string') return undefined;
  const sent = Date.parse(String(headers.date ?? ''));
  const ms = Date.parse(value) - (Number.isNaN(sent) ? Date.now() : sent);
  return Number.isNaN(ms) ? undefined : outsideWaitMs(ms);
}

/** Accepted or refused, where the answer says so; a message id outweighs anything beside it. */
function readSettled(reply: Reply, json: unknown, question: Question): Outcome | undefined {
  const usage = readUsage(reply.headers);
  return (
    readAcceptance(reply, json, question, usage) ?? readRefusal(reply, json, question.redact, usage)
  );
}

function readAcceptance(
  reply: Reply,
  json: unknown,
  { to, redact }: Question,
  usage: Usage | undefined,
): Outcome | undefined {
  if (reply.status < 200 || reply.status >= 300) return undefined;
  const body = asRecord(json);
  const message = asRecord(asList(body?.messages)[0]);
  const id = typeof message?.id === 'string' ? message.id : asText(message?.id);
  if (id === undefined || id.trim() === '') return undefined;
  const contact = asRecord(asList(body?.contacts)[0]);
  if (isSomebodyElse(contact, to)) {
    const detail = `HTTP ${reply.status} with an answer to somebody else`;
    return { ...uncertain('foreign-answer', detail), raw: rawOf(reply, redact) };
  }
  const wamid = outsideId(id);
  const status = asText(message?.message_status, STATUS_CHARS);
  const waId = asText(contact?.wa_id)?.replace(/^\+/, '');
  const accepted: Filled<Accepted> = { kind: 'accepted', messageStatus: status ?? 'accepted' };
  if (wamid !== undefined) accepted.wamid = wamid;
  if (waId !== undefined && isWaId(waId)) accepted.waId = waId;
  if (usage !== undefined) accepted.usage = usage;
  if (wamid === undefined || !isUntouched(message?.message_status, STATUS_CHARS))
    accepted.raw = rawOf(reply, redact);
  return accepted;
}

/** Whether the answer names somebody who was not asked. */
function isSomebodyElse(contact: Record<string, unknown> | undefined, to: string): boolean {
  const input = asText(contact?.input) ?? '';
  const userId = userIdOf(to);
  if (userId !== undefined) return input !== '' && input !== userId;
  const named = input.replace(/\D/g, '');
  return named !== '' && !samePerson(named, to);
}

function readRefusal(
  reply: Reply,
  json: unknown,
  redact: Redact,
  usage: Usage | undefined,
): Outcome | undefined {
  const error = readGraphError(reply, json, redact);
  if (error === undefined) return undefined;
  const said = asRecord(asRecord(json)?.error);
  const isWhole =
    isUntouched(said?.message, MESSAGE_CHARS) &&
    isUntouched(asRecord(said?.error_data)?.details ?? said?.error_data, MESSAGE_CHARS) &&
    isInt4(asNumber(said?.code) ?? -1);
  const retryAfterMs = readRetryAfter(reply.headers);
  return {
    kind: 'refused',
    error,
    ...given({ retryAfterMs, usage }),
    ...(isWhole ? {} : { raw: rawOf(reply, redact) }),
  };
}

function isUntouched(value: unknown, most: number): boolean {
  return typeof value !== 'string' || outsideText(value, most) === value;
}

/** Secrets go before the text is escaped and cut, and from inside JSON too, where they may be escaped. */
function rawOf(reply: Reply, redact: Redact): string {
  const text = redact(readBody(reply));
  const json = readJson({ ...reply, headers: {}, body: Buffer.from(text) });
  const clean = JSON.stringify(json, (_name, value: unknown) =>
    typeof value === 'string' ? redact(value) : value,
  );
  return outsideRaw(clean === JSON.stringify(json) ? text : clean);
}

function uncertain(cause: UncertainCause, detail: string): Uncertain {
  return { kind: 'uncertain', cause, detail };
}
