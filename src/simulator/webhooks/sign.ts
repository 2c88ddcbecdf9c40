/** The bytes of a webhook and their signature, as Meta writes both. */
import { createHmac } from 'node:crypto';

/** Template ids are JSON numbers and may pass 2^53, which no number of JavaScript holds. */
const QUOTED_TEMPLATE_ID = /"message_template_id":"(\d+)"/g;
// Code units, not characters: Meta writes a surrogate pair as two escapes.
const NOT_ASCII = /[\u0080-\uffff]/g;

/** `payload` as JSON text, with Meta's escapes or without. */
export function writePayload(payload: unknown, escapes: boolean): string {
  const text = JSON.stringify(payload).replaceAll(QUOTED_TEMPLATE_ID, '"message_template_id":$1');
  if (!escapes) return text;
  // A slash stands in strings only, so that every one of them may be escaped.
  return text
    .replaceAll('/', '\\/')
    .replaceAll(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The value of `X-Hub-Signature-256` for these bytes. */
export function signatureOf(body: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}
