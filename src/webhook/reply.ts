/** `call_permission_reply`: a person's word on being phoned, or Meta's on their behalf. */
import { headOf } from './message-head.ts';
import type { Line, Part } from './part.ts';
import { flagOf, idOf, type Json, recordOf, smallWordOf, timeOf } from './values.ts';

const RESPONSES = new Map<string | undefined, 'accept' | 'reject'>([
  ['accept', 'accept'],
  ['reject', 'reject'],
]);

/** Reads a reply; one without an answer that is known, and a yes without an id, is kept raw. */
export function readReply(line: Line, part: Part, interactive: Json): void {
  const { reading, senderId } = line;
  reading.countKeys(interactive, 'interactive');
  const reply = recordOf(interactive.call_permission_reply);
  if (reply === undefined) {
    part.keep('no call_permission_reply');
    return;
  }
  reading.countKeys(reply, 'call_permission_reply');
  const response = RESPONSES.get(smallWordOf(reply.response));
  if (response === undefined) {
    if (reply.response !== undefined) reading.countValue('response', reply.response);
    part.keep('no response that is known');
    return;
  }
  const head = headOf(line, part, response === 'reject');
  if (head === undefined) return;
  const context = contextOf(line, part.json);
  const expiresAt = timeOf(reply.expiration_timestamp);
  if (expiresAt === undefined && isThere(reply.expiration_timestamp)) {
    reading.countValue('expiration_timestamp', 'other');
  }
  reading.add({
    kind: 'reply',
    senderId,
    ...head,
    ...(context === undefined ? {} : { context }),
    response,
    isPermanent: flagOf(reply.is_permanent) ?? false,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    isAutomatic: isAutomatic(line, reply),
  });
}

/** The message or the call that is answered. A reply without one is from the profile, or Meta's. */
function contextOf(line: Line, json: Json): string | undefined {
  const context = recordOf(json.context);
  if (context === undefined) return undefined;
  line.reading.countKeys(context, 'context');
  return idOf(context.id);
}

// What is not known is taken as the person's word: their "no" then holds longest.
function isAutomatic(line: Line, reply: Json): boolean {
  const source = smallWordOf(reply.response_source);
  if (source === 'automatic') return true;
  if (source !== 'user_action' && isThere(reply.response_source)) {
    line.reading.countValue('response_source', reply.response_source);
  }
  return false;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== 0 && value !== '';
}
