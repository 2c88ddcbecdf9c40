/** One thing that is told: small while it waits, JSON only when it is posted. */

/** JSON in the making. */
export type Json = Readonly<Record<string, unknown>>;

/** An update that stands in a list of `value`, with the contact that goes beside it. */
export interface ListedPart {
  readonly list: 'messages' | 'statuses' | 'calls' | 'user_preferences';
  readonly item: Json;
  readonly contact?: Json | undefined;
}

/** An update that is the whole `value` of a change; `time` of its entry in seconds. */
export interface WholePart {
  readonly value: Json;
  readonly time?: number;
}

/** One update. */
export interface WebhookUpdate {
  /** For the counts, e.g. `status read`. */
  readonly kind: string;
  readonly field: string;
  readonly account: string;
  readonly phoneNumberId: string | undefined;
  /** The number as `metadata` shows it. */
  readonly displayNumber: string | undefined;
  /** Takes effect in the simulator's own books, right before it is told. */
  happen?(): void;
  /** The same whenever it is called: a repeated POST has the same bytes. */
  render(): ListedPart | WholePart;
}
