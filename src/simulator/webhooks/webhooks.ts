/** All that the simulator tells: where to, what waits, and the book of whom it is about. */
import type { SimClock } from '../clock.ts';
import type { PeopleBook } from '../people.ts';
import { createRandom } from '../prng.ts';
import type { SimulatorProfile } from '../profile.ts';
import { AskedBook } from './book.ts';
import { Outbox } from './outbox.ts';
import { Targets } from './targets.ts';

/** The talking half of a world. */
export class Webhooks {
  readonly targets: Targets;
  readonly outbox: Outbox;
  readonly book: AskedBook;
  readonly #hasAnswers: boolean;

  constructor(profile: SimulatorProfile, clock: SimClock, people: PeopleBook) {
    this.targets = new Targets(profile.webhooks);
    // A stream of its own: what travels twice does not shift the faults of the run.
    const random = createRandom(profile.seed + 2);
    this.outbox = new Outbox(clock, profile.webhooks, this.targets, random);
    this.book = new AskedBook(people);
    this.#hasAnswers =
      profile.answers !== undefined || profile.people.some((p) => p.answer !== undefined);
  }

  /** Whether messages have a fate at all; without it they cost nothing here. */
  get isActive(): boolean {
    return this.#hasAnswers || this.targets.any;
  }
}
