/**
 * The people in `contacts[]` of one value. The list is gathered for all of its messages, so a contact is found by a
 * name that both have, and not by its place.
 */
import type { PersonNames } from '../core/webhook/update.ts';
import { isContrary, isNamed, namesOf } from './names.ts';
import type { Reading } from './reading.ts';
import { type Json, recordOf } from './values.ts';

/** The contacts of a value, and which of them were told with an update. */
export class Contacts {
  readonly #reading: Reading;
  readonly #senderId: string;
  readonly #all: readonly PersonNames[];
  readonly #byName = new Map<string, PersonNames>();
  /** Names of contacts that contradict each other: a number that was passed on says not whose message it is. */
  readonly #ofSeveral = new Set<string>();
  readonly #told = new Set<PersonNames>();
  readonly #isOneAndOne: boolean;
  #latest: Date | undefined;

  constructor(p: {
    readonly reading: Reading;
    readonly senderId: string;
    readonly contacts: readonly unknown[];
    /** Messages and the like of the value: one and one contact belong together. */
    readonly parts: number;
    readonly ownNumber: string | undefined;
  }) {
    this.#reading = p.reading;
    this.#senderId = p.senderId;
    const all: PersonNames[] = [];
    for (const contact of p.contacts) {
      const json = recordOf(contact);
      if (json === undefined) continue;
      const names = namesOfContact(p.reading, json, p.ownNumber);
      if (!isNamed(names)) continue;
      all.push(names);
      for (const name of [names.waId, names.userId, names.parentUserId]) {
        if (name === undefined) continue;
        const other = this.#byName.get(name);
        if (other !== undefined && isContrary(other, names)) this.#ofSeveral.add(name);
        this.#byName.set(name, names);
      }
    }
    this.#all = all;
    this.#isOneAndOne = p.contacts.length === 1 && p.parts === 1;
  }

  /** All names of the person of an update; notes that they stand together. */
  personOf(own: PersonNames, at: Date): PersonNames {
    if (this.#latest === undefined || this.#latest < at) this.#latest = at;
    const contact = this.#find(own);
    const names = contact === undefined ? own : { ...contact, ...own };
    this.#reading.addTogether(this.#senderId, names, at);
    if (contact !== undefined && !isContrary(contact, own)) this.#told.add(contact);
    return names;
  }

  /** Notes the contacts that no update was about, at the time of the newest update of the value. */
  tellOthers(at: Date): void {
    for (const names of this.#all) {
      if (this.#told.has(names)) continue;
      this.#reading.addTogether(this.#senderId, names, this.#latest ?? at);
    }
  }

  #find(own: PersonNames): PersonNames | undefined {
    if (this.#all.length === 0) return undefined;
    const found = this.#named(own.waId) ?? this.#named(own.userId) ?? this.#named(own.parentUserId);
    if (found !== undefined || !this.#isOneAndOne) return found;
    const [only] = this.#all;
    return only === undefined || isContrary(only, own) ? undefined : only;
  }

  #named(name: string | undefined): PersonNames | undefined {
    return name === undefined || this.#ofSeveral.has(name) ? undefined : this.#byName.get(name);
  }
}

function namesOfContact(
  reading: Reading,
  contact: Json,
  notNumber: string | undefined,
): PersonNames {
  reading.countKeys(contact, 'contacts');
  const profile = recordOf(contact.profile);
  if (profile !== undefined) reading.countKeys(profile, 'profile');
  return namesOf({
    number: contact.wa_id,
    userId: contact.user_id,
    parentUserId: contact.parent_user_id,
    notNumber,
  });
}
