/**
 * What the ports promise, where a promise has been another: which of two rules the model goes by. The face
 * of the ports (`ports.ts`) says it; nothing else in the simulation knows of more than one face.
 */
export interface Rules {
  /** What a claim reads beside its rows: as of its start, or as of when it holds the sender's lock. */
  readonly claimReads: 'as-of-its-start' | 'as-of-its-lock';
  /** A proof of acceptance that carries an older fence of the same epoch. */
  readonly olderProof: 'kept-as-evidence' | 'settles';
  /** A row that goes back to waiting in a campaign that was completed meanwhile. */
  readonly backInCompleted: 'stays' | 'reopens';
  /** A second list under one key, while the first is being read. */
  readonly lists: 'compared-by-row' | 'one-loader-and-bound-at-the-end';
}
