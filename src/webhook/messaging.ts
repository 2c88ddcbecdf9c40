/**
 * The value of a field that is about one number: `messages`, `calls`, `user_preferences` and the like. Its lists say
 * what stands in it, so all of them are read, whichever field it is.
 */
import { readCall } from './calls.ts';
import { Contacts } from './contacts.ts';
import { readMessage } from './messages.ts';
import { type Line, readList } from './part.ts';
import { readPreference } from './preferences.ts';
import type { Place } from './reading.ts';
import { readStatus } from './statuses.ts';
import { readUserIdUpdate } from './system.ts';
import { idOf, type Json, recordOf, shownDigits } from './values.ts';
import { valueWord } from './words.ts';

/** The lists of such a value and who reads their parts. */
const LISTS = [
  ['statuses', readStatus],
  ['messages', readMessage],
  ['calls', readCall],
  ['user_preferences', readPreference],
  ['user_id_update', readUserIdUpdate],
] as const;

/** True where such a value has something that is read. */
export function isMessaging(value: Json): boolean {
  return (
    LISTS.some(([name]) => value[name] !== undefined) ||
    value.errors !== undefined ||
    value.standby !== undefined
  );
}

/** Reads all that stands in a value; one in which nothing is that we read is kept raw. */
export function readMessaging(place: Place, value: Json): void {
  const { reading, where } = place;
  if (!isMessaging(value)) {
    reading.keep(place, where, 'nothing that is read', value);
    return;
  }
  if (value.standby === undefined) {
    readLists(place, value);
    return;
  }
  const { standby, ...here } = value;
  // With other lists beside it, or with what holds for those in it.
  if (isMessaging(here)) readLists(place, here);
  readStandby({ ...place, where: `${where}.standby` }, here, standby);
}

/**
 * Reads what reaches a number while Meta's own agent answers for it, one level deeper. A person's word counts,
 * whoever is to answer it; echoes of what the agent says are nothing to us.
 */
function readStandby(place: Place, { metadata, contacts }: Json, standby: unknown): void {
  const { reading } = place;
  reading.addField('standby');
  const inner = recordOf(standby);
  if (inner === undefined) {
    reading.keep(place, place.where, 'no object', standby);
    return;
  }
  reading.countKeys(inner, 'standby');
  if (inner.message_echoes !== undefined) reading.ignore(place, 'field message_echoes');
  if (!isMessaging(inner)) return;
  reading.addField('messages');
  readLists(place, { metadata, contacts, ...inner });
}

/** Reads all lists of a value; without a number that they are for, it is kept raw. */
function readLists(place: Place, value: Json): void {
  const { reading, where, at, account } = place;
  const metadata = recordOf(value.metadata);
  if (metadata !== undefined) reading.countKeys(metadata, 'metadata');
  const senderId = idOf(metadata?.phone_number_id);
  if (senderId === undefined) {
    reading.keep(place, where, 'no phone_number_id', value);
    return;
  }
  const ownNumber = shownDigits(metadata?.display_phone_number);
  if (ownNumber !== undefined) reading.addNumber(senderId, ownNumber);
  const contacts = new Contacts({
    reading,
    senderId,
    contacts: Array.isArray(value.contacts) ? value.contacts : [],
    parts: partsOf(value),
    ownNumber,
  });
  // By its fields: to spread costs a delivery of one status a tenth of its time.
  const line: Line = { reading, where, at, account, senderId, ownNumber, contacts };
  for (const [name, read] of LISTS) {
    readList(line, name, value[name], (part) => read(line, part));
  }
  contacts.tellOthers(at);
  ignoreErrors(line, value.errors);
}

// Errors of the number or a call: there is nobody to whom they could be put down.
function ignoreErrors(line: Line, errors: unknown): void {
  if (!Array.isArray(errors) || errors.length === 0) return;
  const code = idOf(recordOf(errors[0])?.code);
  const digits = code !== undefined && /^\d{1,10}$/.test(code) ? code : valueWord(code);
  line.reading.ignore(line, `errors ${errors.length} ${digits}`);
}

function partsOf(value: Json): number {
  let parts = 0;
  for (const [name] of LISTS) parts += lengthOf(value[name]);
  return parts;
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
