/** What is gathered while one delivery is read. */
import { createHash } from 'node:crypto';
import { outsideRaw } from '../core/outside-text.ts';
import type {
  NamesTogether,
  PersonNames,
  ReadDelivery,
  ShownNumber,
  Update,
} from '../core/webhook/update.ts';
import { type KnownObject, knownKeys } from './known-keys.ts';
import type { Json } from './values.ts';
import { valueWord } from './words.ts';

/** The most different entries of what is not known; the last of them is `more`. */
const UNKNOWN_ENTRIES = 200;
/** Above what `outsideRaw` keeps of a part, so that it can see that it cuts. */
const RAW_CHARS = 8_200;

/**
 * How far Meta's clock may be ahead of the receiver's. What is told of a later time is as of when it was received: it would
 * beat all that is said until then. A delivery that comes again has another time of receipt, and its facts do not: of a word,
 * a call or a change the first delivery counts by its id, and a body that came before is not applied at all.
 */
const AHEAD_MS = 300_000;

/** Where in a delivery something is read, and what holds for all that stands there. */
export interface Place {
  readonly reading: Reading;
  /** `entry[0].changes[1].value`. */
  readonly where: string;
  /** Of the entry; else when the delivery was received. */
  readonly at: Date;
  readonly account?: string | undefined;
  readonly senderId?: string | undefined;
}

/** Updates, counts and names of one delivery. */
export class Reading {
  readonly receivedAt: Date;
  readonly #updates: Update[] = [];
  readonly #fields = new Set<string>();
  readonly #numbers = new Map<string, ShownNumber>();
  readonly #unknown = new Map<string, number>();
  readonly #together = new Map<string, NamesTogether>();

  readonly #body: string;

  constructor(receivedAt: Date, body: string) {
    this.receivedAt = receivedAt;
    this.#body = body;
  }

  /** An id of a part that has none: the same in the same delivery, however often that is applied. */
  idOf(part: Json): string {
    return `sha256.${createHash('sha256').update(this.#body).update(rawOf(part)).digest('hex')}`;
  }

  add(update: Update): void {
    this.#updates.push('at' in update ? { ...update, at: this.#notAhead(update.at) } : update);
  }

  addField(name: string): void {
    this.#fields.add(name);
  }

  addNumber(senderId: string, shown: string): void {
    if (!this.#numbers.has(senderId)) this.#numbers.set(senderId, { senderId, shown });
  }

  /** A part that is nothing to us, in a few words without anybody's data. */
  ignore({ account, senderId }: Partial<Place>, why: string): void {
    this.#updates.push({ kind: 'ignored', ...whose(account, senderId), why });
  }

  /** A part that could not be read, with its JSON. */
  keep({ account, senderId }: Partial<Place>, where: string, why: string, part: unknown): void {
    const raw = outsideRaw(rawOf(part).slice(0, RAW_CHARS));
    this.#updates.push({ kind: 'unreadable', ...whose(account, senderId), where, why, raw });
  }

  /** Names of one person that stand together, the first time of each set of them. */
  addTogether(senderId: string, names: PersonNames, told: Date): void {
    const at = this.#notAhead(told);
    const { waId, userId, parentUserId } = names;
    if (isOne(waId) + isOne(userId) + isOne(parentUserId) < 2) return;
    const key = `${senderId} ${waId} ${userId} ${parentUserId}`;
    const before = this.#together.get(key);
    if (before === undefined || at < before.at) this.#together.set(key, { senderId, names, at });
  }

  /** Counts the keys of an object that are not known, by the name of the object. */
  countKeys(object: Json, name: KnownObject): void {
    const known = knownKeys(name);
    for (const key in object) {
      if (!known.has(key)) this.#count(`key ${name}.${valueWord(key)}`);
    }
  }

  /** Counts a value that is not known. */
  countValue(name: string, value: unknown): void {
    this.#count(`value ${name} ${valueWord(value)}`);
  }

  /** All that was gathered. */
  done(): ReadDelivery {
    return {
      updates: this.#updates,
      together: [...this.#together.values()],
      numbers: [...this.#numbers.values()],
      fields: [...this.#fields],
      unknown: this.#unknown,
    };
  }

  #notAhead(at: Date): Date {
    return at.getTime() > this.receivedAt.getTime() + AHEAD_MS ? this.receivedAt : at;
  }

  #count(what: string): void {
    const isRoom = this.#unknown.has(what) || this.#unknown.size < UNKNOWN_ENTRIES - 1;
    const entry = isRoom ? what : 'more';
    this.#unknown.set(entry, (this.#unknown.get(entry) ?? 0) + 1);
  }
}

function isOne(name: string | undefined): number {
  return name === undefined ? 0 : 1;
}

function whose(account: string | undefined, senderId: string | undefined) {
  return {
    ...(account === undefined ? {} : { account }),
    ...(senderId === undefined ? {} : { senderId }),
  };
}

function rawOf(part: unknown): string {
  if (typeof part === 'string') return part;
  try {
    return JSON.stringify(part) ?? '';
  } catch {
    // JSON may be nested deeper than calls may: it was read, and cannot be written.
    return '';
  }
}
