/**
 * The last gate before a line is written. Callers pass secrets as `Secret` objects and numbers
 * masked; this catches what reaches a log in another way: an error's message, a URL, Meta's message.
 * It works on the finished line, so that no nesting escapes it.
 */
import { maskPhone } from '../core/people/mask-phone.ts';
import { withoutSecrets } from '../core/secret-text.ts';
import { maskNumbers } from './mask-numbers.ts';

/** Field names that hold a phone number, with or without the plus. */
const PHONE_FIELDS = new Set(['to', 'from', 'phone', 'waId', 'wa_id', 'recipient']);

/** Field names that never hold anything fit for a log. */
const SECRET_FIELDS = new Set([
  'token',
  'authorization',
  'password',
  'secret',
  'apiKey',
  'accessToken',
]);

/** Field names whose digits are ids of ours or of Meta's, and no person's number. */
const ID_FIELDS = new Set([
  'sender',
  'senders',
  'senderId',
  'campaign',
  'campaigns',
  'campaignId',
  'request',
  'id',
  'ids',
  'job',
  'queue',
  'template',
  'code',
  'hostname',
  'worker',
]);

/** What stays in a line. */
export interface Shown {
  /** Digits that stay: ids of senders. */
  readonly ids: ReadonlySet<string>;
  /** Phone numbers stay too. */
  readonly numbers: boolean;
}

/** Takes tokens, passwords in URLs, and phone numbers out of one line of JSON. */
export function redact(line: string, shown: Shown): string {
  return `${JSON.stringify(redacted(JSON.parse(line), shown))}\n`;
}

function redacted(value: unknown, shown: Shown, field = ''): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (SECRET_FIELDS.has(field)) return '[secret]';
  if (PHONE_FIELDS.has(field) && typeof value !== 'object' && !shown.numbers)
    return maskPhone(String(value));
  if (typeof value === 'string') {
    const text = withoutSecrets(value);
    const isId = ID_FIELDS.has(field) && /^[\d.-]+$/.test(text);
    return isId || shown.numbers ? text : maskNumbers(text, shown.ids);
  }
  if (Array.isArray(value)) return value.map((item) => redacted(item, shown, field));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [key, redacted(v, shown, key)]),
  );
}
