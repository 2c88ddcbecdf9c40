/** `messages[]`: what people write, press and answer. */
import { ID_CHARS } from '../core/outside-text.ts';
import { headOf, writerOf } from './message-head.ts';
import type { Line, Part } from './part.ts';
import { readReply } from './reply.ts';
import { readSystem } from './system.ts';
import { type Json, recordOf, smallWordOf, textOf, timeOf } from './values.ts';
import { nameWord } from './words.ts';

/** Kinds of messages that Meta names; others are counted as not known. */
const KINDS: ReadonlySet<string> = new Set(
  'text image audio video document sticker location contacts reaction button interactive order system unsupported unknown ephemeral request_welcome edit revoke'.split(
    ' ',
  ),
);
const INTERACTIVE_KINDS: ReadonlySet<string> = new Set(
  'call_permission_reply button_reply list_reply nfm_reply'.split(' '),
);

/** Reads one message of a person. */
export function readMessage(line: Line, part: Part): void {
  const { json } = part;
  if (json.group_id !== undefined || json.recipient_type === 'group') {
    line.reading.ignore(line, 'message of a group');
    return;
  }
  const interactive = recordOf(json.interactive);
  // Whatever `type` says: Meta's own samples of this one leave it out.
  if (interactive !== undefined && isReply(interactive)) {
    readReply(line, part, interactive);
    return;
  }
  if (json.type === 'system' || recordOf(json.system) !== undefined) {
    readSystem(line, part);
    return;
  }
  const text = textIn(line, json, interactive);
  if (text === undefined) {
    ignoreMessage(line, part, interactive);
    return;
  }
  // It may be a "stop".
  const head = headOf(line, part, true);
  if (head !== undefined) {
    line.reading.add({ kind: 'text', senderId: line.senderId, ...head, text });
  }
}

function isReply(interactive: Json): boolean {
  return (
    interactive.type === 'call_permission_reply' ||
    recordOf(interactive.call_permission_reply) !== undefined
  );
}

/** What was written, or stood on the button that was pressed. */
function textIn(line: Line, json: Json, interactive: Json | undefined): string | undefined {
  const text = recordOf(json.text);
  if (text !== undefined) {
    line.reading.countKeys(text, 'text');
    return textOf(text.body, ID_CHARS);
  }
  const button = recordOf(json.button);
  if (button !== undefined) {
    line.reading.countKeys(button, 'button');
    return textOf(button.text, ID_CHARS);
  }
  const pressed = recordOf(interactive?.button_reply);
  if (pressed === undefined) return undefined;
  line.reading.countKeys(pressed, 'button_reply');
  return textOf(pressed.title, ID_CHARS);
}

function ignoreMessage(line: Line, { json, keep }: Part, interactive: Json | undefined): void {
  const { reading } = line;
  const kind = smallWordOf(json.type);
  // It may have been a "stop".
  if (kind === 'text') {
    keep('no text');
    return;
  }
  if (kind !== undefined && !KINDS.has(kind)) reading.countValue('type', json.type);
  // Who wrote it is worth knowing all the same.
  line.contacts.personOf(writerOf(line, json), timeOf(json.timestamp) ?? line.at);
  const inner = smallWordOf(interactive?.type);
  if (inner !== undefined && !INTERACTIVE_KINDS.has(inner)) {
    reading.countValue('interactive', interactive?.type);
  }
  const words = [kind ?? 'missing', ...(interactive === undefined ? [] : [inner ?? 'missing'])];
  reading.ignore(line, `message type ${words.map(nameWord).join(' ')}`);
}
