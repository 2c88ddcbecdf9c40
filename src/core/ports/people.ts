/** What is known of people over all campaigns: opt-outs, permissions, connected calls. */

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

/** What a person allowed a sender. */
export interface Permission {
  readonly senderId: string;
  /** Digits of the wa_id once known, else of the number. */
  readonly person: string;
  readonly status: 'temporary' | 'permanent' | 'declined' | 'revoked';
  /** Of a temporary one. */
  readonly expiresAt: Date | null;
  /** When the person said so. */
  readonly at: Date;
  readonly source: 'webhook' | 'refusal' | 'operator';
}

/** Opt-outs, permissions and connected calls; all of it is looked at by every claim. */
export interface PeopleStore {
  /** Puts people on the suppression list; gives how many were not on it. From the next claim on. */
  suppress(p: {
    people: readonly { readonly to: string; readonly reason?: string }[];
    source: SuppressionSource;
  }): Promise<number>;
  /** Takes people off it; gives how many were on it. */
  unsuppress(to: readonly string[]): Promise<number>;
  suppressions(p?: { to?: string }): AsyncIterable<Suppression>;
  /** Books a permission or its end; an older answer does not undo a newer one. */
  bookPermission(p: {
    senderId: string;
    /** Number with plus, or wa_id. */
    to: string;
    status: Permission['status'];
    expiresAt?: Date;
    at: Date;
    source: Permission['source'];
  }): Promise<boolean>;
  permissions(p?: { to?: string }): AsyncIterable<Permission>;
  /** A connected call: the person may be asked again. Gives whether the person had been asked. */
  connectedCall(p: { senderId: string; to: string; at: Date }): Promise<boolean>;
}
