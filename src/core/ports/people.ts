/** Who is not to be asked, over all campaigns. */

/** Where an opt-out came from. */
export type SuppressionSource =
  | 'operator'
  | 'import'
  | 'meta'
  | 'api'
  /** Their own setting for marketing messages. */
  | 'preference'
  /** They wrote a word for it. */
  | 'typed'
  /** Of somebody who was forgotten, and is on a list again. */
  | 'forgotten';

/** One person who is not to be asked. */
export interface Suppression {
  /** Digits of the number, or of the wa_id. */
  readonly person: string;
  readonly reason: string | null;
  readonly source: SuppressionSource;
  readonly addedAt: Date;
}

/** Opt-outs; every claim looks at them. */
export interface PeopleStore {
  /** Puts people on the opt-out list; gives how many were not on it. From the next claim on. */
  suppress(p: {
    people: readonly {
      readonly to: string;
      readonly reason?: string;
      /** When they said so themselves, by a name that may be somebody else's since. */
      readonly at?: Date;
    }[];
    source: 'operator' | 'import' | 'api' | 'typed';
  }): Promise<number>;
  /** Takes people off it; gives how many were on it. */
  unsuppress(to: readonly string[]): Promise<number>;
  suppressions(p?: { to?: string }): AsyncIterable<Suppression>;
  /** Some of them, by person. @param p.after the last one of the page before @param p.ends how the number ends */
  suppressionPage(p: {
    readonly after: string;
    readonly limit: number;
    readonly ends?: string | undefined;
  }): Promise<readonly Suppression[]>;
}
