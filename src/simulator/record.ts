/**
 * The server's own book: every POST to `/messages` and what became of it. This is what a run's
 * ledger is compared with, so it counts at arrival and knows what the client never heard.
 */
import { PersonCounter } from './person-counter.ts';

/** One parameter as it was posted. */
export interface PostedParameter {
  /** The component it stood in, e.g. `body`. */
  readonly component: string;
  readonly name?: string;
  readonly text?: string;
}

/** How the client was answered. `client-gone`: it had hung up by then. */
export type Answered =
  | 'json'
  | 'html'
  | 'empty'
  | 'truncated'
  | 'none'
  | 'reset'
  | 'waiting'
  | 'client-gone';

/** One POST to `/messages`. */
export interface RequestRecord {
  /** Ordinal over all senders, from 1. */
  readonly n: number;
  /** ISO 8601, by the simulator's calendar. */
  readonly at: string;
  /** Milliseconds since the simulator started, monotonic. */
  readonly monotonicMs: number;
  readonly phoneNumberId: string;
  /** As sent; `null` where the body named nobody. */
  readonly to: string | null;
  /** The user id it was sent to, where there was no `to`. */
  readonly recipient?: string;
  /** `to` was digits without a plus: taken, but Meta may read it as another number. */
  readonly withoutPlus: boolean;
  readonly waId: string | null;
  /** Fingerprint of the token, never the token. */
  readonly authorization: string | null;
  readonly callbackData: string | null;
  readonly template: string | null;
  readonly language: string | null;
  readonly parameters: readonly PostedParameter[];
  readonly outcome: 'accepted' | 'refused' | 'dropped';
  /** Meta's code where it was refused. */
  readonly code: number | null;
  readonly httpStatus: number | null;
  readonly wamid: string | null;
  answered: Answered;
  /** The kinds of the faults that struck: what the client was told may not be what stands here. */
  readonly faults: readonly string[];
}

/** What callers may ask of the records. */
export interface RecordFilter {
  /** Digits with or without plus: matched against `to` and `waId`. */
  readonly to?: string;
  readonly outcome?: RequestRecord['outcome'];
}

/** Totals over all records, also of those no longer kept. */
export interface Totals {
  readonly posts: number;
  readonly accepted: number;
  readonly refused: number;
  readonly dropped: number;
  /** Refusals by code. */
  readonly codes: Readonly<Record<string, number>>;
}

/** Where records are kept beside memory; `record-file.ts` is one. */
interface RecordSink {
  append(record: RequestRecord): void;
}

/** The records and their totals. */
export class RequestLog {
  readonly people = new PersonCounter();
  readonly #limit: number;
  readonly #file: RecordSink | undefined;
  #records: RequestRecord[] = [];
  #forgotten = 0;
  #arrived = 0;
  readonly #outcomes = { accepted: 0, refused: 0, dropped: 0 };
  readonly #codes = new Map<number, number>();

  constructor(limit: number, file: RecordSink | undefined) {
    this.#limit = limit;
    this.#file = file;
  }

  /** Ordinal of the POST that arrives now. */
  arrive(): number {
    this.#arrived += 1;
    return this.#arrived;
  }

  /** Ordinal of the latest POST. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Books a POST; `overAllowance`: it was accepted although the pair's allowance was used up. */
  add(record: RequestRecord, overAllowance: boolean): void {
    this.#file?.append(record);
    this.restore(record, overAllowance);
  }

  /** Books a POST that stood in the record file already. */
  restore(record: RequestRecord, overAllowance: boolean): void {
    this.#arrived = Math.max(this.#arrived, record.n);
    this.#records.push(record);
    // An eighth at a time: cutting one by one would copy the list at every POST.
    if (this.#records.length > this.#limit * 1.125) {
      this.#forgotten += this.#records.length - this.#limit;
      this.#records = this.#records.slice(-this.#limit);
    }
    this.#outcomes[record.outcome] += 1;
    if (record.code !== null) {
      this.#codes.set(record.code, (this.#codes.get(record.code) ?? 0) + 1);
    }
    if (record.waId !== null) {
      this.people.count(record.waId, record.outcome === 'accepted', overAllowance);
    }
  }

  /** The kept records that fit, oldest first. */
  *records(filter: RecordFilter = {}): Generator<RequestRecord> {
    const digits = filter.to?.replace(/\D/g, '');
    for (const record of this.#records) {
      if (filter.outcome !== undefined && record.outcome !== filter.outcome) continue;
      if (
        digits !== undefined &&
        record.waId !== digits &&
        record.to?.replace(/\D/g, '') !== digits
      ) {
        continue;
      }
      yield record;
    }
  }

  /** Records dropped because of `recordLimit`. */
  get forgotten(): number {
    return this.#forgotten;
  }

  totals(): Totals {
    const { accepted, refused, dropped } = this.#outcomes;
    return {
      posts: accepted + refused + dropped,
      accepted,
      refused,
      dropped,
      codes: Object.fromEntries(this.#codes),
    };
  }
}
