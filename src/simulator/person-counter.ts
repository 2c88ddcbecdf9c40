/** POSTs and acceptances by person (`wa_id`): the figures "asked twice" is read from. */

/** One person's figures. */
export interface PersonFigures {
  posts: number;
  accepted: number;
}

/** Who was asked more often than once, and more often than allowed. */
export interface AskedTwice {
  /** Persons with more acceptances than the pair limit allows, enforced or not. */
  readonly overAllowance: number;
  readonly acceptedMoreThanOnce: number;
  readonly postedMoreThanOnce: number;
  /** `wa_id`s of the first hundred that were accepted more than once. */
  readonly persons: readonly string[];
}

/** Counts by person. */
export class PersonCounter {
  readonly #figures = new Map<string, PersonFigures>();
  readonly #overAllowance = new Set<string>();

  count(waId: string, accepted: boolean, overAllowance: boolean): void {
    let figures = this.#figures.get(waId);
    if (figures === undefined) {
      figures = { posts: 0, accepted: 0 };
      this.#figures.set(waId, figures);
    }
    figures.posts += 1;
    if (accepted) figures.accepted += 1;
    if (overAllowance) this.#overAllowance.add(waId);
  }

  get size(): number {
    return this.#figures.size;
  }

  /** Every person's figures by `wa_id`. */
  all(): Readonly<Record<string, Readonly<PersonFigures>>> {
    return Object.fromEntries([...this.#figures].map(([waId, f]) => [waId, { ...f }]));
  }

  askedTwice(): AskedTwice {
    const persons: string[] = [];
    let acceptedMoreThanOnce = 0;
    let postedMoreThanOnce = 0;
    for (const [waId, figures] of this.#figures) {
      if (figures.posts > 1) postedMoreThanOnce += 1;
      if (figures.accepted <= 1) continue;
      acceptedMoreThanOnce += 1;
      if (persons.length < 100) persons.push(waId);
    }
    return {
      overAllowance: this.#overAllowance.size,
      acceptedMoreThanOnce,
      postedMoreThanOnce,
      persons,
    };
  }
}
