/** The counts of what was told, for `/_sim/webhooks`. */
import type { PostOutcome } from './post.ts';
import type { WebhookUpdate } from './update.ts';

/** What became of the webhooks so far. */
export interface WebhookStats {
  /** POSTs, repeated ones included; those with a wrong signature are counted apart. */
  readonly sent: number;
  readonly answered200: number;
  /** POSTs that were not answered with 200, by status; `timeout` and `unreachable` beside them. */
  readonly refused: Readonly<Record<string, number>>;
  /** POSTs with a wrong signature, by how they were answered. */
  readonly forged: Readonly<Record<string, number>>;
  /** POSTs of another object, without entries or with half a body, by how they were answered. */
  readonly strange: Readonly<Record<string, number>>;
  /** Updates whose time has not come or that were not answered with 200 yet. */
  readonly waiting: number;
  /** Updates that found no room in the queue. */
  readonly dropped: number;
  /** Updates that were repeated for too long. */
  readonly givenUp: number;
  /** Updates for which there was no URL. */
  readonly untold: number;
  /** Updates that were answered with 200, doubles included. */
  readonly byKind: Readonly<Record<string, number>>;
}

/** The counts while they grow. */
export class WebhookCounts {
  dropped = 0;
  givenUp = 0;
  untold = 0;
  #sent = 0;
  #answered = 0;
  readonly #refused = new Map<string, number>();
  readonly #forged = new Map<string, number>();
  readonly #strange = new Map<string, number>();
  readonly #byKind = new Map<string, number>();

  forged(outcome: PostOutcome): void {
    increase(this.#forged, String(outcome));
  }

  strange(outcome: PostOutcome): void {
    increase(this.#strange, String(outcome));
  }

  posted(outcome: PostOutcome, updates: readonly WebhookUpdate[]): void {
    this.#sent += 1;
    if (outcome !== 200) {
      increase(this.#refused, String(outcome));
      return;
    }
    this.#answered += 1;
    for (const { kind } of updates) increase(this.#byKind, kind);
  }

  stats(waiting: number): WebhookStats {
    return {
      sent: this.#sent,
      answered200: this.#answered,
      refused: Object.fromEntries(this.#refused),
      forged: Object.fromEntries(this.#forged),
      strange: Object.fromEntries(this.#strange),
      waiting,
      dropped: this.dropped,
      givenUp: this.givenUp,
      untold: this.untold,
      byKind: Object.fromEntries(this.#byKind),
    };
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
