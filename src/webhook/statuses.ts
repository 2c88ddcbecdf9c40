/** `statuses[]`: what became of messages, and of calls while they ring. */
import { isInt4, STATUS_CHARS } from '../core/outside-text.ts';
import type { DeliveryStatus } from '../core/ports/evidence.ts';
import type { PersonNames, Pricing } from '../core/webhook/update.ts';
import { readErrors } from './errors.ts';
import { isNamed, namesOf } from './names.ts';
import type { Line, Part } from './part.ts';
import type { Reading } from './reading.ts';
import {
  flagOf,
  idOf,
  type Json,
  recordOf,
  smallWordOf,
  textOf,
  timeOf,
  wordOf,
} from './values.ts';
import { valueWord } from './words.ts';

const STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['failed', 'failed'],
]);
const RINGING: ReadonlySet<string> = new Set(['RINGING', 'ACCEPTED', 'REJECTED']);
const NONE: readonly never[] = [];

/** Reads one status, of a message or of a call. */
export function readStatus(line: Line, part: Part): void {
  const { json } = part;
  // Calls have `type: call`; their ids begin like this all the same.
  const isCall = json.type === 'call' || idOf(json.id)?.startsWith('wacid.') === true;
  if (isCall) readCallStatus(line, part);
  else if (json.recipient_type === 'group') line.reading.ignore(line, 'status of a group');
  else readMessageStatus(line, part);
}

function readMessageStatus(line: Line, { json, keep }: Part): void {
  const { reading, senderId } = line;
  const status = STATUSES.get(smallWordOf(json.status) ?? '');
  if (status === undefined) {
    if (textOf(json.status) === undefined) {
      keep('no status');
      return;
    }
    line.contacts.personOf(recipientOf(line, json), timeOf(json.timestamp) ?? line.at);
    reading.countValue('status', json.status);
    reading.ignore(line, `status ${valueWord(json.status)}`);
    return;
  }
  const wamid = idOf(json.id);
  const ours = ourRequest(json.biz_opaque_callback_data);
  if (wamid === undefined && ours === undefined) {
    keep('no id of a message');
    return;
  }
  const at = timeOf(json.timestamp) ?? line.at;
  const pricing = readPricing(reading, recordOf(json.pricing));
  countConversation(reading, json);
  reading.add({
    kind: 'status',
    senderId,
    at,
    ...(wamid === undefined ? {} : { wamid }),
    ...ours,
    status,
    // Nobody may be named: the message is, then.
    who: line.contacts.personOf(recipientOf(line, json), at),
    errors: json.errors === undefined ? NONE : readErrors(reading, json.errors),
    ...(pricing === undefined ? {} : { pricing }),
  });
}

function readCallStatus(line: Line, { json, keep }: Part): void {
  const { reading, senderId } = line;
  const id = idOf(json.id);
  const event = textOf(json.status, STATUS_CHARS);
  if (id === undefined) {
    keep('no id of a call');
    return;
  }
  if (event === undefined) {
    keep('no status');
    return;
  }
  const at = timeOf(json.timestamp) ?? line.at;
  const who = line.contacts.personOf(recipientOf(line, json), at);
  if (!isNamed(who)) {
    reading.ignore(line, 'call without a person');
    return;
  }
  if (!RINGING.has(wordOf(event) ?? '')) reading.countValue('call status', event);
  reading.add({
    kind: 'call',
    senderId,
    at,
    id,
    who,
    // Only the person's phone rings; a call of theirs has events and no status.
    direction: 'business',
    event,
    isConnected: false,
    isOver: false,
  });
}

function recipientOf(line: Line, json: Json): PersonNames {
  return namesOf({
    number: json.recipient_id,
    userId: json.recipient_user_id,
    parentUserId: json.recipient_parent_user_id ?? json.parent_recipient_user_id,
    notNumber: line.ownNumber,
  });
}

/** `<request>.<fence>` as we sent it. As a number it would have lost the zeros at its end. */
function ourRequest(
  data: unknown,
): { readonly request: string; readonly fence: number } | undefined {
  if (typeof data !== 'string') return undefined;
  const [, request, digits] = /^(\d{1,18})\.(\d{1,10})$/.exec(data) ?? [];
  const fence = Number(digits);
  return request !== undefined && isInt4(fence) ? { request, fence } : undefined;
}

function readPricing(reading: Reading, json: Json | undefined): Pricing | undefined {
  if (json === undefined) return undefined;
  reading.countKeys(json, 'pricing');
  const pricing: { -readonly [K in keyof Pricing]: Pricing[K] } = {};
  const billable = flagOf(json.billable);
  const category = textOf(json.category, STATUS_CHARS);
  const type = textOf(json.type, STATUS_CHARS);
  const model = textOf(json.pricing_model, STATUS_CHARS);
  // Set one by one: to spread four parts is a tenth of what a status costs.
  if (billable !== undefined) pricing.billable = billable;
  if (category !== undefined) pricing.category = category;
  if (type !== undefined) pricing.type = type;
  if (model !== undefined) pricing.model = model;
  return pricing;
}

// Nothing is read of it but what is new in it.
function countConversation(reading: Reading, json: Json): void {
  const conversation = recordOf(json.conversation);
  if (conversation === undefined) return;
  reading.countKeys(conversation, 'conversation');
  const origin = recordOf(conversation.origin);
  if (origin !== undefined) reading.countKeys(origin, 'origin');
}
