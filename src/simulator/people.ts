/** The people of WhatsApp: who has an account, under which `wa_id`, and what they said about calls. */
import { given } from '../core/given.ts';
import type { SimClock } from './clock.ts';
import { WEEK_MS } from './clock.ts';
import { shareOf } from './prng.ts';
import type { PersonProfile, SimulatorProfile } from './profile.ts';
import type { Permission } from './schemas.ts';
import { waIdOf } from './wa-id.ts';

/** One person as they stand. */
export interface Person {
  readonly permission: Permission;
  /** Of a temporary permission, milliseconds since the epoch. */
  readonly permissionUntil?: number;
  readonly onWhatsApp: boolean;
  readonly usageLagMs?: number;
  readonly usageCounts?: boolean;
  readonly habits?: Habits;
}

/** What somebody named does when a message comes. */
export type Habits = Pick<
  PersonProfile,
  'answer' | 'answerAfterMs' | 'delivery' | 'failsWith' | 'withheld' | 'changesNumberTo'
>;

/** What a person told one business number; permissions are per number. */
interface Said {
  readonly permission: Permission;
  readonly permissionUntil?: number;
}

/** Everybody: named ones, patterns, and the rest by shares. */
export class PeopleBook {
  readonly #clock: SimClock;
  readonly #profile: SimulatorProfile;
  readonly #bornAt: number;
  readonly #waIds = new Map<string, string>();
  readonly #named = new Map<string, Person>();
  readonly #said = new Map<string, Said>();
  readonly #patterns: { readonly pattern: RegExp; readonly person: Person }[] = [];

  constructor(profile: SimulatorProfile, clock: SimClock) {
    this.#clock = clock;
    this.#profile = profile;
    this.#bornAt = clock.now();
    for (const profiled of profile.people) {
      const person = personOf(profiled, clock.now());
      if (profiled.pattern !== undefined) {
        this.#patterns.push({ pattern: new RegExp(profiled.pattern, 'u'), person });
      }
      if (profiled.number === undefined) continue;
      if (profiled.waId !== undefined) this.#waIds.set(profiled.number, profiled.waId);
      this.#named.set(this.waId(profiled.number), person);
    }
  }

  /** The `wa_id` behind a number given in digits. */
  waId(digits: string): string {
    return this.#waIds.get(digits) ?? waIdOf(digits);
  }

  /** The person with this `wa_id` as one sender knows them. */
  findFor(senderId: string, waId: string): Person {
    const person = this.find(waId);
    const said = this.#said.size === 0 ? undefined : this.#said.get(`${senderId}|${waId}`);
    if (said === undefined) return person;
    const { permissionUntil: _, ...rest } = person;
    return { ...rest, ...said };
  }

  /** Books what a person told one sender; `until` in milliseconds since the epoch. */
  say(senderId: string, waId: string, permission: Permission, until?: number): void {
    const said = { permission, ...given({ permissionUntil: until }) };
    this.#said.set(`${senderId}|${waId}`, said);
  }

  /** A person has another number: the new one is as it is, the old one has no account any more. */
  move(from: string): void {
    this.#named.set(from, { ...this.find(from), onWhatsApp: false });
  }

  /** The person with this `wa_id`; everybody exists, though not all have WhatsApp. */
  find(waId: string): Person {
    const named = this.#named.get(waId);
    if (named !== undefined) return named;
    for (const { pattern, person } of this.#patterns) {
      if (pattern.test(waId)) return person;
    }
    return this.#byShare(waId);
  }

  /** Sets what a person said; a temporary permission lasts 168 h unless told otherwise. */
  setPermission(digits: string, permission: Permission, expiresInMs = WEEK_MS): void {
    const waId = this.waId(digits);
    for (const { phoneNumberId } of this.#profile.senders) {
      this.#said.delete(`${phoneNumberId}|${waId}`);
    }
    const { permissionUntil: _, ...rest } = this.find(waId);
    const until =
      permission === 'temporary' ? { permissionUntil: this.#clock.now() + expiresInMs } : {};
    this.#named.set(waId, { ...rest, permission, ...until });
  }

  /** What a permission is worth now: a temporary one that ran out is `expired`. */
  permissionOf(person: Person): Permission | 'expired' {
    const { permission, permissionUntil } = person;
    if (permission !== 'temporary') return permission;
    return (permissionUntil ?? 0) > this.#clock.now() ? 'temporary' : 'expired';
  }

  #byShare(waId: string): Person {
    const { shares, seed } = this.#profile;
    if (shares.notOnWhatsApp + shares.permanent + shares.temporary + shares.declined === 0) {
      return NOBODY_SPECIAL;
    }
    const at = shareOf(seed, waId);
    let edge = shares.notOnWhatsApp;
    if (at < edge) return { permission: 'none', onWhatsApp: false };
    edge += shares.permanent;
    if (at < edge) return { permission: 'permanent', onWhatsApp: true };
    edge += shares.temporary;
    if (at < edge) {
      // Spread over the week, so that such a crowd does not run out at one instant.
      const left = WEEK_MS * shareOf(seed + 1, waId);
      return { permission: 'temporary', permissionUntil: this.#bornAt + left, onWhatsApp: true };
    }
    edge += shares.declined;
    return at < edge ? { permission: 'declined', onWhatsApp: true } : NOBODY_SPECIAL;
  }
}

const NOBODY_SPECIAL: Person = { permission: 'none', onWhatsApp: true };

function personOf(profiled: PersonProfile, now: number): Person {
  return {
    permission: profiled.permission,
    onWhatsApp: profiled.onWhatsApp,
    ...(profiled.permission === 'temporary'
      ? { permissionUntil: now + (profiled.permissionExpiresInMs ?? WEEK_MS) }
      : {}),
    ...given({ usageLagMs: profiled.usageLagMs, usageCounts: profiled.usageCounts }),
    habits: profiled,
  };
}
