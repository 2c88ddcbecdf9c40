/**
 * A delivery of Meta's, read: everything that stands in it as an update, or counted. Nothing in it makes this throw,
 * and a part that cannot be read is kept raw and takes no other with it.
 */
import type { ReadDelivery } from '../core/webhook/update.ts';
import { fieldOf } from './fields.ts';
import { readObject } from './read-json.ts';
import { type Place, Reading } from './reading.ts';
import { idOf, type Json, recordOf, timeOf } from './values.ts';
import { nameWord } from './words.ts';

const OBJECT = 'whatsapp_business_account';

/** Reads the body of a delivery, which came at that time: the time of what has none of its own. */
export function readDelivery(body: string, receivedAt: Date): ReadDelivery {
  const reading = new Reading(receivedAt, body);
  const delivery = readObject(body);
  if (delivery === undefined) reading.keep({}, 'body', 'no JSON object', body);
  else if (delivery.object !== OBJECT) reading.ignore({}, `object ${nameWord(delivery.object)}`);
  else readEntries(reading, delivery);
  return reading.done();
}

function readEntries(reading: Reading, delivery: Json): void {
  reading.countKeys(delivery, 'delivery');
  const { entry } = delivery;
  if (entry === undefined || entry === null) return;
  if (!Array.isArray(entry)) {
    reading.keep({}, 'entry', 'no list', entry);
    return;
  }
  for (const [index, part] of entry.entries()) {
    const where = `entry[${index}]`;
    const json = recordOf(part);
    if (json === undefined) reading.keep({}, where, 'no object', part);
    else readEntry(reading, where, json);
  }
}

function readEntry(reading: Reading, where: string, entry: Json): void {
  reading.countKeys(entry, 'entry');
  const account = idOf(entry.id);
  const at = timeOf(entry.time) ?? reading.receivedAt;
  const place = { reading, where, at, account };
  const { changes } = entry;
  if (!Array.isArray(changes)) {
    reading.keep(place, where, 'no list of changes', entry);
    return;
  }
  for (const [index, part] of changes.entries()) {
    readChange({ reading, where: `${where}.changes[${index}]`, at, account }, part);
  }
}

function readChange(place: Place, part: unknown): void {
  const { reading, at, account } = place;
  const change = recordOf(part);
  if (change === undefined) {
    reading.keep(place, place.where, 'no object', part);
    return;
  }
  reading.countKeys(change, 'changes');
  const value = recordOf(change.value) ?? {};
  const field = fieldOf(change.field, value);
  if (field === undefined) {
    const name = nameWord(change.field);
    reading.addField(name);
    reading.ignore(place, `field ${name}`);
    return;
  }
  reading.addField(field.name);
  if (field.name !== change.field) reading.countValue('field', change.field);
  const where = `${place.where}.value`;
  if (recordOf(change.value) === undefined) {
    reading.keep(place, where, 'no object', change);
    return;
  }
  reading.countKeys(value, field.keys);
  field.read({ reading, where, at, account }, value, field.name);
}
