/** `calls[]`: what happened in a call between the sender and a person. */
import { isInt4, STATUS_CHARS } from '../core/outside-text.ts';
import type { CallUpdate, PersonNames } from '../core/webhook/update.ts';
import { isNamed, namesOf } from './names.ts';
import type { Line, Part } from './part.ts';
import {
  idOf,
  type Json,
  numberOf,
  shownDigits,
  smallWordOf,
  textOf,
  timeOf,
  wordOf,
} from './values.ts';

const EVENTS: ReadonlySet<string> = new Set(['connect', 'terminate', 'call_created']);
const DIRECTIONS = new Map<string, CallUpdate['direction']>([
  ['BUSINESS_INITIATED', 'business'],
  ['USER_INITIATED', 'user'],
]);

/** Reads one event of a call; one of nobody is counted only. */
export function readCall(line: Line, { json, keep }: Part): void {
  const { reading, senderId } = line;
  const id = idOf(json.id);
  const event = textOf(json.event, STATUS_CHARS);
  if (id === undefined) {
    keep('no id of a call');
    return;
  }
  if (event === undefined) {
    keep('no event');
    return;
  }
  const direction = directionOf(line, json);
  if (direction === undefined) {
    keep('no direction');
    return;
  }
  const at = timeOf(json.timestamp) ?? line.at;
  const who = line.contacts.personOf(personIn(line, json, direction), at);
  if (!isNamed(who)) {
    reading.ignore(line, 'call without a person');
    return;
  }
  const word = smallWordOf(event) ?? '';
  if (!EVENTS.has(word)) reading.countValue('event', event);
  const isOver = word === 'terminate';
  const durationS = durationOf(json);
  reading.add({
    kind: 'call',
    senderId,
    at,
    id,
    who,
    direction,
    event,
    isConnected: isOver && didSpeak(json, durationS),
    isOver,
    ...(durationS === undefined ? {} : { durationS }),
  });
}

// Only calls that were picked up have either; `status: COMPLETED` others have too.
function didSpeak(json: Json, durationS: number | undefined): boolean {
  return durationS === undefined ? timeOf(json.start_time) !== undefined : durationS > 0;
}

function durationOf(json: Json): number | undefined {
  const seconds = numberOf(json.duration);
  if (seconds === undefined || seconds < 0) return undefined;
  // Less than a second is not nothing.
  const whole = Math.ceil(seconds);
  return isInt4(whole) ? whole : undefined;
}

function directionOf(line: Line, json: Json): CallUpdate['direction'] | undefined {
  const word = wordOf(json.direction);
  const direction = DIRECTIONS.get(word ?? '');
  if (direction !== undefined) return direction;
  if (word !== undefined) line.reading.countValue('direction', json.direction);
  // Else by the side on which the business stands, or the person.
  if (isOwn(line, json.from) || has(json.to_user_id)) return 'business';
  if (isOwn(line, json.to) || has(json.from_user_id)) return 'user';
  return undefined;
}

/** The side that is not the business: where `to` is its own number, the person is `from`, whatever the direction. */
function personIn(line: Line, json: Json, direction: CallUpdate['direction']): PersonNames {
  const [there, here] = direction === 'business' ? [json.to, json.from] : [json.from, json.to];
  const [userId, parentUserId] =
    direction === 'business'
      ? [json.to_user_id, json.to_parent_user_id]
      : [json.from_user_id, json.from_parent_user_id];
  const number = isOwn(line, there) ? here : there;
  return namesOf({ number, userId, parentUserId, notNumber: line.ownNumber });
}

function isOwn(line: Line, number: unknown): boolean {
  return line.ownNumber !== undefined && shownDigits(number) === line.ownNumber;
}

function has(value: unknown): boolean {
  return idOf(value) !== undefined;
}
