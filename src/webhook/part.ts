/** Parts of a value that is about one number: a status, a message, a call, each in a list of its own. */
import type { Contacts } from './contacts.ts';
import type { KnownObject } from './known-keys.ts';
import type { Place } from './reading.ts';
import { type Json, recordOf } from './values.ts';

/** The value of a field of a number. */
export interface Line extends Place {
  readonly senderId: string;
  readonly contacts: Contacts;
  /** The number that the business shows, in digits: it is never a person. */
  readonly ownNumber: string | undefined;
}

/** One part, and what is done with one that cannot be read. */
export interface Part {
  readonly json: Json;
  /** Keeps it raw; where the path is written, since few come to this. */
  readonly keep: (why: string) => void;
}

/** Reads each part of a list of a value; what is no list, and no object in it, is kept. */
export function readList(
  place: Place,
  name: KnownObject,
  list: unknown,
  read: (part: Part) => void,
): void {
  if (list === undefined || list === null) return;
  const { reading } = place;
  const where = `${place.where}.${name}`;
  if (!Array.isArray(list)) {
    reading.keep(place, where, 'no list', list);
    return;
  }
  for (const [index, part] of list.entries()) {
    const keep = (why: string) => reading.keep(place, `${where}[${index}]`, why, part);
    const json = recordOf(part);
    if (json === undefined) {
      keep('no object');
      continue;
    }
    reading.countKeys(json, name);
    read({ json, keep });
  }
}
