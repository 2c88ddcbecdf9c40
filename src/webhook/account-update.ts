/** `account_update`: one event each, with an object of its own that says more. */
import { addAccount } from './account.ts';
import type { FieldReader } from './field-reader.ts';
import type { KnownObject } from './known-keys.ts';
import type { Place } from './reading.ts';
import { type Json, recordOf, shownDigits, textOf, timeOf, wordOf } from './values.ts';

/** The events that are known by their object where their word is missing. */
const BY_OBJECT = [
  ['restriction_info', 'ACCOUNT_RESTRICTION'],
  ['violation_info', 'ACCOUNT_VIOLATION'],
  ['ban_info', 'DISABLED_UPDATE'],
] as const;

/** Reads an event; each restriction of a list is an update. */
export const readAccountUpdate: FieldReader = (place, value) => {
  const event = wordOf(value.event) ?? BY_OBJECT.find(([key]) => isThere(value[key]))?.[1];
  const displayNumber = shownDigits(value.phone_number);
  switch (event) {
    case 'ACCOUNT_RESTRICTION':
      return readRestrictions(place, value, displayNumber);
    case 'ACCOUNT_VIOLATION': {
      const info = objectIn(place, value, 'violation_info');
      return addAccount(place, value, place.where, {
        what: 'violation',
        value: wordOf(info?.violation_type) ?? event,
        detail: textOf(info?.remediation),
        displayNumber,
      });
    }
    case 'DISABLED_UPDATE': {
      const info = objectIn(place, value, 'ban_info');
      return addAccount(place, value, place.where, {
        what: 'ban',
        value: wordOf(info?.waba_ban_state) ?? event,
        detail: textOf(info?.waba_ban_date),
        displayNumber,
      });
    }
    default:
      return addAccount(place, value, place.where, { what: 'other', value: event, displayNumber });
  }
};

function readRestrictions(place: Place, value: Json, displayNumber: string | undefined): void {
  const info = value.restriction_info;
  const list: readonly unknown[] = Array.isArray(info) ? info : [info];
  for (const [index, part] of list.entries()) {
    const where = `${place.where}.restriction_info[${index}]`;
    const json = recordOf(part);
    if (json === undefined) {
      place.reading.keep(place, where, 'no object', value);
      continue;
    }
    place.reading.countKeys(json, 'restriction_info');
    addAccount(place, value, where, {
      what: 'restriction',
      value: wordOf(json.restriction_type),
      detail: textOf(json.remediation),
      until: timeOf(json.expiration),
      displayNumber,
    });
  }
}

function objectIn(place: Place, value: Json, name: KnownObject): Json | undefined {
  const json = recordOf(value[name]);
  if (json !== undefined) place.reading.countKeys(json, name);
  return json;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
