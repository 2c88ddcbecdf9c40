/**
 * Whom each number asked and what became of it: the side of a run that a ledger of permissions is
 * compared with. Kept once webhooks or answers are set: 0.5 KB a person, and
 * 1.5 KB while statuses and answers wait (measured with 300,000).
 */
import type { PeopleBook } from '../people.ts';
import type { Sender } from '../senders.ts';
import { parentUserIdOf, userIdOf } from './user-id.ts';

/** How far a message came, as the simulator told it. */
export type Delivery = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

/** What a person last said to a number. */
export type AnswerStatus = 'none' | 'temporary' | 'permanent' | 'declined' | 'revoked';

/** A message to a person. */
export interface SentMessage {
  readonly pair: Pair;
  readonly wamid: string;
  /** As it was posted. */
  readonly to: string;
  readonly isToUserId: boolean;
  readonly callbackData: string | null;
  readonly category: string;
  /** Read without delivered: the price comes with `read`. */
  isReadOnly: boolean;
  delivery: Delivery;
  code: number | null;
}

/** A business number and a person. */
export interface Pair {
  readonly sender: Sender;
  /** As asked. */
  readonly waId: string;
  /** Messages accepted. */
  asked: number;
  message: SentMessage | undefined;
  answer: AnswerStatus;
  until: number | null;
  answeredAt: number | null;
  /** When the latest answer is or will be: Meta's times are in seconds, so two are never in the same one. */
  spokenUntil: number;
  replies: number;
  /** Business calls in a row that were not answered. */
  unanswered: number;
}

/** One person as `/_sim/people` shows them; times are ISO 8601. */
export interface PersonStanding {
  readonly phoneNumberId: string;
  /** As it was posted last; `null`: nobody asked. */
  readonly to: string | null;
  readonly waId: string;
  readonly userId: string;
  readonly parentUserId: string;
  /** Their `wa_id` of now where it is another. */
  readonly movedTo: string | null;
  readonly asked: number;
  readonly wamid: string | null;
  readonly callbackData: string | null;
  readonly delivery: Delivery | null;
  readonly code: number | null;
  readonly answer: {
    /** A temporary permission that ran out is still `temporary`, with its `until`. */
    readonly status: AnswerStatus;
    readonly until: string | null;
    readonly at: string | null;
  };
}

/** The pairs. */
export class AskedBook {
  readonly #pairs = new Map<string, Pair>();
  readonly #moved = new Map<string, { readonly to: string; readonly at: number }>();
  readonly #people: PeopleBook;

  constructor(people: PeopleBook) {
    this.#people = people;
  }

  /** The pair, made if it is not there. */
  pair(sender: Sender, waId: string): Pair {
    const key = `${sender.phoneNumberId}|${waId}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const pair: Pair = {
      sender,
      waId,
      asked: 0,
      message: undefined,
      answer: 'none',
      until: null,
      answeredAt: null,
      spokenUntil: 0,
      replies: 0,
      unanswered: 0,
    };
    this.#pairs.set(key, pair);
    return pair;
  }

  /** The pair of this sender if it is there. */
  known(phoneNumberId: string, waId: string): Pair | undefined {
    return this.#pairs.get(`${phoneNumberId}|${waId}`);
  }

  /** The person's `wa_id` at a time, of now where none is given. */
  waIdAt(waId: string, at = Number.POSITIVE_INFINITY): string {
    const moved = this.#moved.get(waId);
    return moved !== undefined && moved.at <= at ? moved.to : waId;
  }

  /** A person has another number; answers to what the old one was asked come from the new one. */
  move(waId: string, to: string, at: number): void {
    this.#moved.set(waId, { to, at });
    this.#people.move(waId);
  }

  /** Books an answer that is newer than the last; what it allows, it allows the number of then. */
  answer(pair: Pair, answer: AnswerStatus, at: number, until: number | null): void {
    if (at < (pair.answeredAt ?? 0)) return;
    pair.answer = answer;
    pair.until = until;
    pair.answeredAt = at;
    const permission = answer === 'revoked' ? 'declined' : answer;
    this.#people.say(
      pair.sender.phoneNumberId,
      this.waIdAt(pair.waId, at),
      permission,
      until ?? undefined,
    );
  }

  get size(): number {
    return this.#pairs.size;
  }

  /** Everybody, in the order of the first message. */
  *standings(): Generator<PersonStanding> {
    for (const pair of this.#pairs.values()) yield this.#standing(pair);
  }

  #standing(pair: Pair): PersonStanding {
    const { message } = pair;
    const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
    return {
      phoneNumberId: pair.sender.phoneNumberId,
      to: message?.to ?? null,
      waId: pair.waId,
      userId: userIdOf(pair.waId),
      parentUserId: parentUserIdOf(pair.waId),
      movedTo: this.#moved.get(pair.waId)?.to ?? null,
      asked: pair.asked,
      wamid: message?.wamid ?? null,
      callbackData: message?.callbackData ?? null,
      delivery: message?.delivery ?? null,
      code: message?.code ?? null,
      answer: { status: pair.answer, until: iso(pair.until), at: iso(pair.answeredAt) },
    };
  }
}
